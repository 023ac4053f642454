#include "hal_qemu_virt/gicv2.h"

#include "hal/interrupt.h"
#include "hal_qemu_virt/gic_block.h"

/* Distributor, IHI 0048B section 4.3. */
#define GICD_CTLR 0x000	     /* 4.3.1 */
#define GICD_IIDR 0x008	     /* 4.3.3: the implementer in bits [11:0] */
#define GICD_ITARGETSR 0x800 /* 4.3.12: a byte an interrupt, a bit a CPU */
#define GICD_CPENDSGIR 0xf10 /* 4.3.16: four words of SGIs to withdraw, by sender */
#define GICD_ICPIDR2 0xfe8   /* 4.3.18: ArchRev in bits [7:4] */

/* CPU interface, section 4.4. */
#define GICC_CTLR 0x000 /* 4.4.1 */
#define GICC_PMR 0x004	/* 4.4.2 */
#define GICC_APR 0x0d0	/* 4.4.12: four words */
#define GICC_IIDR 0x0fc /* 4.4.14: the architecture's version in bits [19:16] */

#define PRIORITY_LOWEST 0xff

/*
 * Bit 0 of GICD_CTLR and of GICC_CTLR is the group that this kernel's interrupts are in, whichever that is: seen from
 * the Non-secure state it enables group 1, and IGROUPR belongs to the Secure state; without Security Extensions it
 * enables group 0, which IGROUPR 0 puts all in. GICC_CTLR's other bits are 0: group 0 comes as IRQ (FIQEn), and
 * GICC_EOIR ends an interrupt whole (EOImode).
 */
#define ENABLE ((uint32_t)1)
#define GROUP_OF_BIT_0 0

/* An Arm design has this code as its implementer (JEP106). */
#define IMPLEMENTER_ARM 0x43b

/* QEMU's distributor has no implementer, KVM's no version: each says one of them. */
static bool distributor_is_there(kernel_addr distributor)
{
	uint32_t version = mmio_read32(mmio_register(distributor, GICD_ICPIDR2)) >> 4 & 0xf;
	uint32_t implementer = mmio_read32(mmio_register(distributor, GICD_IIDR)) & 0xfff;

	return version == 2 || (version == 0 && implementer == IMPLEMENTER_ARM);
}

static bool is_there(const struct hal_interrupt_controller *gic)
{
	uint32_t interface = mmio_read32(mmio_register(gic->cpu_interface, GICC_IIDR)) >> 16 & 0xf;

	return distributor_is_there(gic->distributor) && interface == 2;
}

/* The bytes of GICD_ITARGETSR0 read as the bit of the CPU that reads them. (With one CPU they read as 0, and
 * writes to the others are ignored.) */
static uint32_t own_target(kernel_addr distributor)
{
	return (mmio_read32(mmio_register(distributor, GICD_ITARGETSR)) & 0xff) * 0x01010101U;
}

static void target(kernel_addr distributor, uint32_t block, uint32_t targets)
{
	for (uint64_t i = 0; i < GIC_BLOCK_SIZE; i += 4) {
		mmio_write32(mmio_register(distributor, GICD_ITARGETSR + (uint64_t)block * GIC_BLOCK_SIZE + i),
			     targets);
	}
}

static void withdraw_sgis(kernel_addr distributor)
{
	for (uint64_t i = 0; i < 4; i++) {
		mmio_write32(mmio_register(distributor, GICD_CPENDSGIR + 4 * i), 0xffffffff);
	}
}

static void set_up_distributor(kernel_addr distributor)
{
	uint32_t count = gic_block_count(distributor);
	uint32_t targets = own_target(distributor);

	mmio_write32(mmio_register(distributor, GICD_CTLR), 0);
	for (uint32_t block = 0; block < count; block++) {
		gic_block_disable(distributor, block);
		gic_block_set_up(distributor, block, GROUP_OF_BIT_0);
		if (block != 0) {
			target(distributor, block, targets);
		}
	}
	withdraw_sgis(distributor);
	mmio_write32(mmio_register(distributor, GICD_CTLR), ENABLE);
}

/* What firmware took and never completed would hold back everything of its priority and below. */
static void open_cpu_interface(kernel_addr cpu_interface)
{
	mmio_write32(mmio_register(cpu_interface, GICC_CTLR), 0);
	for (uint64_t i = 0; i < 4; i++) {
		mmio_write32(mmio_register(cpu_interface, GICC_APR + 4 * i), 0);
	}
	mmio_write32(mmio_register(cpu_interface, GICC_PMR), PRIORITY_LOWEST);
	mmio_write32(mmio_register(cpu_interface, GICC_CTLR), ENABLE);
}

bool gicv2_attach(const struct hal_interrupt_controller *gic)
{
	if (!is_there(gic)) {
		return false;
	}
	set_up_distributor(gic->distributor);
	open_cpu_interface(gic->cpu_interface);
	return true;
}
