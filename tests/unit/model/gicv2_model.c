#include "tests/unit/cmocka_test.h"
#include "tests/unit/model/gic_model.h"

/* Arm IHI 0048B, 4.3 and 4.4. */
#define GICD_CTLR 0x000
#define GICD_TYPER 0x004
#define ISENABLER 0x100
#define IPRIORITYR 0x400
#define GICD_ITARGETSR 0x800
#define GICD_ITARGETSR_END 0xc00
#define GICD_CPENDSGIR 0xf10
#define GICD_CPENDSGIR_END 0xf20
#define GICD_IIDR 0x008
#define GICD_ICPIDR2 0xfe8
#define GICC_CTLR 0x000
#define GICC_PMR 0x004
#define GICC_IAR 0x00c
#define GICC_EOIR 0x010
#define GICC_APR 0x0d0
#define GICC_APR_END 0x0e0
#define GICC_IIDR 0x0fc

#define CTLR_GROUP_0 1
#define CTLR_GROUP_1 2
#define CTLR_FIQEN 0x008
#define CTLR_EOIMODE 0x200

/* With two Security states the Non-secure one has group 1 only, and its enable is bit 0. */
static bool group_is_on(uint32_t control, bool is_group_1)
{
	if (gic_model.has_two_states) {
		return (control & CTLR_GROUP_0) != 0;
	}
	return (control & (is_group_1 ? CTLR_GROUP_1 : CTLR_GROUP_0)) != 0;
}

bool gicv2_model_reaches(const struct gic_model_interrupt *interrupt, uint32_t number)
{
	bool is_ours = number < 32 || gic_model.is_uniprocessor || (interrupt->targets & gic_model.own_target) != 0;
	bool is_group_1 = interrupt->is_group_1;

	return is_ours && group_is_on(gic_model.distributor_control, is_group_1) &&
	       group_is_on(gic_model.interface_control, is_group_1);
}

/* Group 0 comes as FIQ if FIQEn says so. */
bool gicv2_model_signals(void)
{
	uint32_t number = gic_model_highest();

	return number != GIC_MODEL_NONE && (gic_model.has_two_states || gic_model.interrupts[number].is_group_1 ||
					    (gic_model.interface_control & CTLR_FIQEN) == 0);
}

/* Without Security Extensions, IAR gives no interrupt of group 1 unless AckCtl is set: 1022 (4.4.4). */
static uint32_t claim(void)
{
	uint32_t number = gic_model_highest();

	if (number == GIC_MODEL_NONE || gic_model.has_two_states || !gic_model.interrupts[number].is_group_1) {
		number = gic_model_claim();
		return number < 16 ? number | 5 << 10 : number;
	}
	return 1022;
}

static uint32_t read_targets(uint64_t offset)
{
	uint32_t value = 0;

	if (offset >= GICD_ITARGETSR + 32) {
		fail_msg("a read of register 0x%03lx", (unsigned long)offset);
	}
	for (uint32_t i = 0; i < 4 && !gic_model.is_uniprocessor; i++) {
		value |= (uint32_t)gic_model.own_target << 8 * i;
	}
	return value;
}

static uint32_t read_distributor(uint64_t offset)
{
	switch (offset) {
	case GICD_TYPER:
		return 0xfce0 | (gic_model.blocks - 1);
	case GICD_IIDR:
		return gic_model.distributor_iidr;
	case GICD_ICPIDR2:
		return gic_model.pidr2;
	default:
		assert_true(offset >= GICD_ITARGETSR && offset < GICD_ITARGETSR_END && offset % 4 == 0);
		return read_targets(offset);
	}
}

static uint32_t read_interface(uint64_t offset)
{
	switch (offset) {
	case GICC_IAR:
		return claim();
	case GICC_IIDR:
		return gic_model.interface_iidr;
	default:
		fail_msg("a read of register 0x%03lx of the CPU interface", (unsigned long)offset);
		return 0;
	}
}

uint32_t gicv2_model_read(enum gic_model_page page, uint64_t offset)
{
	assert_in_range(page, GIC_MODEL_DISTRIBUTOR, GIC_MODEL_CPU_INTERFACE);
	return page == GIC_MODEL_DISTRIBUTOR ? read_distributor(offset) : read_interface(offset);
}

static void write_targets(uint64_t offset, uint32_t value)
{
	uint32_t first = (uint32_t)(offset - GICD_ITARGETSR);

	if (first < 32 || first >= 32 * gic_model.blocks || offset % 4 != 0) {
		fail_msg("a write to register 0x%03lx", (unsigned long)offset);
	}
	for (uint32_t i = 0; i < 4 && !gic_model.is_uniprocessor; i++) {
		gic_model.interrupts[first + i].targets = (uint8_t)(value >> 8 * i & 0xff);
	}
}

/* SGIs are pending by their sender, and ICPENDR does not reach them. */
static void withdraw_sgis(uint64_t offset, uint32_t value)
{
	uint32_t first = (uint32_t)(offset - GICD_CPENDSGIR);

	for (uint32_t i = 0; i < 4; i++) {
		gic_model.interrupts[first + i].is_latched &= (value >> 8 * i & 0xff) != 0xff;
	}
}

static void write_blocks(uint64_t offset, uint32_t value)
{
	bool sgis[16];

	for (uint32_t i = 0; i < 16; i++) {
		sgis[i] = gic_model.interrupts[i].is_latched;
	}
	gic_model_block_write(offset, value, 0, 32 * gic_model.blocks);
	for (uint32_t i = 0; i < 16; i++) {
		gic_model.interrupts[i].is_latched = sgis[i];
	}
}

/* What an interrupt is and where it goes is decided while the distributor forwards nothing; enabling is not. */
static void check_closed(uint64_t offset)
{
	bool configures = offset < ISENABLER || offset >= IPRIORITYR;

	if (configures && offset != GICD_CTLR && gic_model.distributor_control != 0) {
		fail_msg("register 0x%03lx is written while the distributor is on", (unsigned long)offset);
	}
}

static void write_distributor(uint64_t offset, uint32_t value)
{
	check_closed(offset);
	if (offset == GICD_CTLR) {
		gic_model.distributor_control = value;
	} else if (offset >= GICD_ITARGETSR && offset < GICD_ITARGETSR_END) {
		write_targets(offset, value);
	} else if (offset >= GICD_CPENDSGIR && offset < GICD_CPENDSGIR_END && offset % 4 == 0) {
		withdraw_sgis(offset, value);
	} else {
		write_blocks(offset, value);
	}
}

static void complete(uint32_t value)
{
	if ((value & 0x3ff) >= HAL_INTERRUPT_LIMIT) {
		fail_msg("a spurious interrupt is completed");
	}
	gic_model_complete(value & 0x3ff, (gic_model.interface_control & CTLR_EOIMODE) == 0);
}

static void write_interface(uint64_t offset, uint32_t value)
{
	switch (offset) {
	case GICC_CTLR:
		gic_model.interface_control = value;
		break;
	case GICC_PMR:
		gic_model.mask = (uint8_t)(gic_model.has_two_states ? (value & 0xff) >> 1 | 0x80 : value & 0xf0);
		break;
	case GICC_EOIR:
		complete(value);
		break;
	default:
		if (offset < GICC_APR || offset >= GICC_APR_END || offset % 4 != 0 ||
		    gic_model.interface_control != 0) {
			fail_msg("a write to register 0x%03lx of the CPU interface", (unsigned long)offset);
		}
		gic_model.active_priorities[(offset - GICC_APR) / 4] = value;
		break;
	}
}

void gicv2_model_write(enum gic_model_page page, uint64_t offset, uint32_t value)
{
	assert_in_range(page, GIC_MODEL_DISTRIBUTOR, GIC_MODEL_CPU_INTERFACE);
	if (page == GIC_MODEL_DISTRIBUTOR) {
		write_distributor(offset, value);
	} else {
		write_interface(offset, value);
	}
}
