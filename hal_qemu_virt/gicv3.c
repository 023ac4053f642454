#include "hal_qemu_virt/gicv3.h"

#include "hal/interrupt.h"
#include "hal_qemu_virt/gic_block.h"

/* Distributor, IHI 0069G section 12.9. GICD_PIDR2 is on the last of its sixteen pages: offset 0xffe8. */
#define GICD_CTLR 0x000
#define CTLR_ENABLE_GROUP_1 ((uint32_t)1 << 1)
#define CTLR_ARE ((uint32_t)1 << 4)
#define CTLR_RWP ((uint32_t)1 << 31)
#define PIDR2_IN_PAGE 0xfe8

/*
 * GICD_IROUTER, from offset 0x6000: 64 bits an interrupt, the affinity of the CPU that gets it. A page has
 * those of 512 interrupts; the first 32 are no SPIs and have none.
 */
#define ROUTES_IN_PAGE 512
#define MPIDR_AFFINITY 0xff00ffffffULL

/* Redistributor, section 12.11: RD_base. */
#define GICR_CTLR 0x000
#define GICR_CTLR_RWP ((uint32_t)1 << 3)
#define GICR_TYPER 0x008 /* affinity in bits [63:32] */
#define GICR_WAKER 0x014
#define WAKER_PROCESSOR_SLEEP ((uint32_t)1 << 1)
#define WAKER_CHILDREN_ASLEEP ((uint32_t)1 << 2)

#define ICC_SRE_SRE 1
#define ICC_CTLR_EOI_MODE_0 0
#define PRIORITY_LOWEST 0xff

/* All in group 1. Where the Secure state decides on groups, the write is ignored. */
#define GROUP_1 ((uint32_t)0xffffffff)

/* A register write in the GIC takes some clocks of its own; a poll of a real one takes over 10 ns. */
#define POLLS_MAX 1000000

static bool wait_until_clear(kernel_addr address, uint32_t bit)
{
	for (unsigned polls = 0; polls < POLLS_MAX; polls++) {
		if ((mmio_read32(address) & bit) == 0) {
			return true;
		}
	}
	return false;
}

static bool distributor_is_done(const struct hal_interrupt_controller *gic)
{
	return wait_until_clear(mmio_register(gic->distributor, GICD_CTLR), CTLR_RWP);
}

static bool redistributor_is_done(const struct hal_interrupt_controller *gic)
{
	return wait_until_clear(mmio_register(gic->redistributor, GICR_CTLR), GICR_CTLR_RWP);
}

/* GICR_TYPER has the four parts of an affinity side by side; MPIDR_EL1 has the highest one apart. */
static bool is_own_redistributor(kernel_addr redistributor)
{
	uint64_t affinity = mmio_read64(mmio_register(redistributor, GICR_TYPER)) >> 32;
	uint64_t mpidr = icc_mpidr_read();

	return affinity == ((mpidr >> 32 & 0xff) << 24 | (mpidr & 0xffffff));
}

/* GICD_PIDR2.ArchRev: 3, or 4, which has all of 3. */
static bool is_there(const struct hal_interrupt_controller *gic)
{
	uint32_t revision = mmio_read32(mmio_register(gic->identification, PIDR2_IN_PAGE)) >> 4 & 0xf;

	return (revision == 3 || revision == 4) && icc_is_there() && is_own_redistributor(gic->redistributor);
}

static bool wake(kernel_addr redistributor)
{
	kernel_addr waker = mmio_register(redistributor, GICR_WAKER);

	mmio_write32(waker, mmio_read32(waker) & ~WAKER_PROCESSOR_SLEEP);
	return wait_until_clear(waker, WAKER_CHILDREN_ASLEEP);
}

/* Affinity routing may be switched on only while no group is enabled, and never off again (section 12.9, GICD_CTLR). */
static bool close_distributor(const struct hal_interrupt_controller *gic)
{
	kernel_addr control = mmio_register(gic->distributor, GICD_CTLR);

	mmio_write32(control, mmio_read32(control) & CTLR_ARE);
	if (!distributor_is_done(gic)) {
		return false;
	}
	mmio_write32(control, CTLR_ARE);
	return distributor_is_done(gic);
}

/* The frame with the registers of an interrupt of this block. */
static kernel_addr frame_of(const struct hal_interrupt_controller *gic, uint32_t block)
{
	return block == 0 ? gic->redistributor_sgi : gic->distributor;
}

static bool disable_all(const struct hal_interrupt_controller *gic, uint32_t count)
{
	for (uint32_t block = 0; block < count; block++) {
		gic_block_disable(frame_of(gic, block), block);
	}
	return distributor_is_done(gic) && redistributor_is_done(gic);
}

static void route(const struct hal_interrupt_controller *gic, uint32_t number, uint64_t affinity)
{
	kernel_addr page = number < ROUTES_IN_PAGE ? gic->routing : gic->routing_upper;

	mmio_write64(mmio_register(page, 8 * (uint64_t)(number % ROUTES_IN_PAGE)), affinity);
}

static void route_all(const struct hal_interrupt_controller *gic, uint32_t count)
{
	uint64_t affinity = icc_mpidr_read() & MPIDR_AFFINITY;

	for (uint32_t number = GIC_BLOCK_SIZE; number < count * GIC_BLOCK_SIZE && number < GIC_INTERRUPT_LIMIT;
	     number++) {
		route(gic, number, affinity);
	}
}

static bool set_up_interrupts(const struct hal_interrupt_controller *gic)
{
	uint32_t count = gic_block_count(gic->distributor);

	if (!disable_all(gic, count)) {
		return false;
	}
	for (uint32_t block = 0; block < count; block++) {
		gic_block_set_up(frame_of(gic, block), block, GROUP_1);
	}
	route_all(gic, count);
	mmio_write32(mmio_register(gic->distributor, GICD_CTLR), CTLR_ARE | CTLR_ENABLE_GROUP_1);
	return distributor_is_done(gic);
}

/*
 * What firmware took and never completed would hold back everything of its priority and below. There are 1, 2 or 4
 * registers, as ICC_CTLR_EL1.PRIbits (bits [10:8]: priority bits, less one) says (section 12.2, ICC_AP1R<n>_EL1).
 */
static void forget_active_priorities(void)
{
	uint64_t bits = (icc_ctlr_read() >> 8 & 7) + 1;

	icc_ap1r0_write(0);
	if (bits >= 6) {
		icc_ap1r1_write(0);
	}
	if (bits >= 7) {
		icc_ap1r2_write(0);
		icc_ap1r3_write(0);
	}
}

/* If the registers stay switched off (ICC_SRE_EL1.SRE), EL2 or EL3 keeps them to itself. */
static bool open_cpu_interface(void)
{
	icc_sre_write(ICC_SRE_SRE);
	if ((icc_sre_read() & ICC_SRE_SRE) == 0) {
		return false;
	}
	icc_ctlr_write(ICC_CTLR_EOI_MODE_0);
	forget_active_priorities();
	icc_pmr_write(PRIORITY_LOWEST);
	icc_igrpen1_write(1);
	return true;
}

bool gicv3_attach(const struct hal_interrupt_controller *gic)
{
	return is_there(gic) && wake(gic->redistributor) && close_distributor(gic) && set_up_interrupts(gic) &&
	       open_cpu_interface();
}

void gicv3_enable(const struct hal_interrupt_controller *gic, uint32_t number)
{
	gic_block_enable_one(frame_of(gic, number / GIC_BLOCK_SIZE), number);
}

/* Waits until it is so. A GIC that never says so has disabled it all the same, some time. */
void gicv3_disable(const struct hal_interrupt_controller *gic, uint32_t number)
{
	uint32_t block = number / GIC_BLOCK_SIZE;

	gic_block_disable_one(frame_of(gic, block), number);
	(void)(block == 0 ? redistributor_is_done(gic) : distributor_is_done(gic));
}
