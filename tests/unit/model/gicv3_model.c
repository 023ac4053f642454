#include "hal_qemu_virt/icc.h"
#include "tests/unit/cmocka_test.h"
#include "tests/unit/model/gic_model.h"

/* Arm IHI 0069G, 12.9 and 12.11. */
#define GICD_CTLR 0x000
#define GICD_TYPER 0x004
#define PIDR2_IN_PAGE 0xfe8
#define GICR_CTLR 0x000
#define GICR_TYPER 0x008
#define GICR_WAKER 0x014
#define ICENABLER 0x180
#define ISENABLER 0x100
#define BITS 0x80

#define CTLR_GROUP_0 0x01
#define CTLR_GROUP_1 0x02
#define CTLR_ARE 0x10
#define CTLR_DS 0x40
#define CTLR_RWP 0x80000000
#define GICR_CTLR_RWP 0x08
#define WAKER_PROCESSOR_SLEEP 2
#define WAKER_CHILDREN_ASLEEP 4
#define ICC_CTLR_EOIMODE 2

/* MPIDR_EL1 as GICD_IROUTER has it. */
static uint64_t own_route(void)
{
	return gic_model.mpidr & 0xff00ffffff;
}

static bool is_awake(void)
{
	return gic_model.has_two_states || (gic_model.waker & (WAKER_PROCESSOR_SLEEP | WAKER_CHILDREN_ASLEEP)) == 0;
}

/* Group 0 comes as FIQ, and not by ICC_IAR1_EL1. */
bool gicv3_model_reaches(const struct gic_model_interrupt *interrupt, uint32_t number)
{
	uint32_t on = CTLR_ARE | CTLR_GROUP_1;
	bool is_ours = number < 32 || interrupt->route == own_route();

	return is_ours && is_awake() && (gic_model.has_two_states || interrupt->is_group_1) &&
	       (gic_model.distributor_control & on) == on && gic_model.registers_on &&
	       (gic_model.group_enable & 1) != 0;
}

bool gicv3_model_signals(void)
{
	return gic_model_highest() != GIC_MODEL_NONE;
}

static uint32_t poll(uint64_t *left, uint32_t bit)
{
	gic_model.polls++;
	if (*left == 0) {
		return 0;
	}
	(*left)--;
	return bit;
}

static uint32_t read_waker(void)
{
	if (gic_model.has_two_states) {
		return 0;
	}
	gic_model.waker &= ~(uint32_t)WAKER_CHILDREN_ASLEEP;
	if ((gic_model.waker & WAKER_PROCESSOR_SLEEP) != 0 || poll(&gic_model.wake_polls, WAKER_CHILDREN_ASLEEP) != 0) {
		gic_model.waker |= WAKER_CHILDREN_ASLEEP;
	}
	return gic_model.waker;
}

static uint32_t read_distributor(uint64_t offset)
{
	switch (offset) {
	case GICD_CTLR:
		return gic_model.distributor_control | (gic_model.has_two_states ? 0 : CTLR_DS) |
		       poll(&gic_model.distributor_polls, CTLR_RWP);
	case GICD_TYPER:
		return 0x37a0000 | (gic_model.blocks - 1);
	default:
		fail_msg("a read of register 0x%03lx", (unsigned long)offset);
		return 0;
	}
}

static uint32_t read_redistributor(uint64_t offset)
{
	switch (offset) {
	case GICR_CTLR:
		return poll(&gic_model.redistributor_polls, GICR_CTLR_RWP);
	case GICR_WAKER:
		return read_waker();
	default:
		fail_msg("a read of register 0x%03lx of the redistributor", (unsigned long)offset);
		return 0;
	}
}

uint32_t gicv3_model_read(enum gic_model_page page, uint64_t offset)
{
	if (page == GIC_MODEL_DISTRIBUTOR) {
		return read_distributor(offset);
	}
	if (page == GIC_MODEL_REDISTRIBUTOR) {
		return read_redistributor(offset);
	}
	assert_int_equal(page, GIC_MODEL_IDENTIFICATION);
	assert_int_equal(offset, PIDR2_IN_PAGE);
	return gic_model.pidr2;
}

/* Affinity routing changes only while no group is on, and never back (GICD_CTLR.ARE). */
static void write_control(uint32_t value)
{
	uint32_t changed = gic_model.distributor_control ^ value;
	uint32_t groups = CTLR_GROUP_0 | CTLR_GROUP_1;

	if ((changed & CTLR_ARE) != 0 &&
	    ((value & CTLR_ARE) == 0 || (gic_model.distributor_control & groups) != 0 || gic_model.distributor_polls)) {
		fail_msg("affinity routing is changed while it must not");
	}
	if ((value & ~(uint32_t)(CTLR_ARE | groups)) != 0) {
		fail_msg("reserved bits are written to GICD_CTLR: 0x%x", (unsigned)value);
	}
	gic_model.distributor_control = value;
	gic_model.distributor_polls = gic_model.polls_to_write;
	gic_model.control_is_pending = true;
}

/* An interrupt that was just disabled is so when RWP is 0: until then it must not be configured. */
static void write_blocks(uint64_t offset, uint32_t value, uint32_t first, uint32_t limit, uint64_t *polls)
{
	bool disables = offset >= ICENABLER && offset < ICENABLER + BITS;
	bool enables = offset >= ISENABLER && offset < ISENABLER + BITS;

	if (!disables && !enables && *polls != 0) {
		fail_msg("register 0x%03lx is written while another write is pending", (unsigned long)offset);
	}
	gic_model_block_write(offset, value, first, limit);
	if (disables) {
		*polls = gic_model.polls_to_write;
	}
}

static void write_redistributor(uint64_t offset, uint32_t value)
{
	if (offset != GICR_WAKER || (value & ~(uint32_t)(WAKER_PROCESSOR_SLEEP | WAKER_CHILDREN_ASLEEP)) != 0) {
		fail_msg("0x%x is written to register 0x%03lx of the redistributor", (unsigned)value,
			 (unsigned long)offset);
	}
	if ((gic_model.waker & WAKER_PROCESSOR_SLEEP) != 0 && (value & WAKER_PROCESSOR_SLEEP) == 0) {
		gic_model.wake_polls = gic_model.polls_to_wake;
	}
	gic_model.waker = (gic_model.waker & WAKER_CHILDREN_ASLEEP) | (value & WAKER_PROCESSOR_SLEEP);
}

void gicv3_model_write(enum gic_model_page page, uint64_t offset, uint32_t value)
{
	if (page == GIC_MODEL_DISTRIBUTOR && offset == GICD_CTLR) {
		write_control(value);
	} else if (page == GIC_MODEL_DISTRIBUTOR) {
		if (gic_model.control_is_pending && gic_model.distributor_polls != 0) {
			fail_msg("register 0x%03lx is written before GICD_CTLR is", (unsigned long)offset);
		}
		gic_model.control_is_pending = false;
		/* With affinity routing the first block is the redistributor's. */
		write_blocks(offset, value, 32, 32 * gic_model.blocks, &gic_model.distributor_polls);
	} else if (page == GIC_MODEL_SGI) {
		write_blocks(offset, value, 0, 32, &gic_model.redistributor_polls);
	} else {
		assert_int_equal(page, GIC_MODEL_REDISTRIBUTOR);
		write_redistributor(offset, value);
	}
}

uint64_t gicv3_model_read64(enum gic_model_page page, uint64_t offset)
{
	assert_int_equal(page, GIC_MODEL_REDISTRIBUTOR);
	assert_int_equal(offset, GICR_TYPER);
	return gic_model.redistributor_affinity << 32 | 0x10;
}

void gicv3_model_write64(enum gic_model_page page, uint64_t offset, uint64_t value)
{
	uint64_t number = offset / 8 + (page == GIC_MODEL_ROUTING_UPPER ? GIC_MODEL_ROUTES_PAGE : 0);

	assert_true(page == GIC_MODEL_ROUTING || page == GIC_MODEL_ROUTING_UPPER);
	if (offset % 8 != 0 || number < 32 || number >= HAL_INTERRUPT_LIMIT || number >= 32 * gic_model.blocks) {
		fail_msg("a write to the route of interrupt %lu, which has none", (unsigned long)number);
	}
	if ((gic_model.distributor_control & CTLR_ARE) != 0) {
		gic_model.interrupts[number].route = value;
	}
}

/* ICC_ registers are UNDEFINED where the CPU has none, and trap where they are off. */
static void check_registers(void)
{
	if (!gic_model.has_registers || !gic_model.registers_on) {
		fail_msg("a register of the CPU interface is used that is not there");
	}
}

bool icc_is_there(void)
{
	return gic_model.has_registers;
}

uint64_t icc_mpidr_read(void)
{
	return gic_model.mpidr;
}

uint64_t icc_sre_read(void)
{
	assert_true(gic_model.has_registers);
	return gic_model.registers_on ? 7 : 6;
}

void icc_sre_write(uint64_t value)
{
	assert_true(gic_model.has_registers);
	gic_model.writes++;
	gic_model.registers_on = (value & 1) != 0 && !gic_model.keeps_registers_off;
}

uint64_t icc_ctlr_read(void)
{
	check_registers();
	return (gic_model.interface_control & 0xff) | (uint64_t)(gic_model.priority_bits - 1) << 8;
}

void icc_ctlr_write(uint64_t value)
{
	check_registers();
	gic_model.interface_control = (uint32_t)value;
}

void icc_pmr_write(uint64_t value)
{
	check_registers();
	gic_model.mask = (uint8_t)(gic_model.has_two_states ? (value & 0xff) >> 1 | 0x80 : value & 0xf8);
}

static void write_active(size_t index, unsigned least_bits, uint64_t value)
{
	check_registers();
	if (gic_model.priority_bits < least_bits) {
		fail_msg("ICC_AP1R%zu_EL1 is not there with %u priority bits", index, gic_model.priority_bits);
	}
	gic_model.active_priorities[index] = (uint32_t)value;
}

void icc_ap1r0_write(uint64_t value)
{
	write_active(0, 5, value);
}

void icc_ap1r1_write(uint64_t value)
{
	write_active(1, 6, value);
}

void icc_ap1r2_write(uint64_t value)
{
	write_active(2, 7, value);
}

void icc_ap1r3_write(uint64_t value)
{
	write_active(3, 7, value);
}

void icc_igrpen1_write(uint64_t value)
{
	check_registers();
	gic_model.group_enable = (uint32_t)value;
}

uint64_t icc_iar1_read(void)
{
	check_registers();
	return gic_model_claim();
}

void icc_eoir1_write(uint64_t value)
{
	check_registers();
	if (value >= HAL_INTERRUPT_LIMIT) {
		fail_msg("a spurious interrupt is completed");
	}
	gic_model_complete((uint32_t)value, (gic_model.interface_control & ICC_CTLR_EOIMODE) == 0);
}
