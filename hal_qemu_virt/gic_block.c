#include "hal_qemu_virt/gic_block.h"

/*
 * Registers of one bit an interrupt, a word a block: IHI 0048B sections 4.3.4 to 4.3.10; IHI 0069G sections 12.9
 * (GICD_) and 12.11 (GICR_). Enable, pending and active have a register to set bits and one to clear them.
 */
#define IGROUPR 0x080
#define ISENABLER 0x100
#define ICENABLER 0x180
#define ICPENDR 0x280
#define ICACTIVER 0x380
#define ALL ((uint32_t)0xffffffff)

/*
 * IPRIORITYR, a byte an interrupt (IHI 0048B 4.3.11). 0x80 is what every GIC can tell from the lowest priority: four
 * bits at least are there, seen from the Non-secure state too (3.5).
 */
#define IPRIORITYR 0x400
#define PRIORITIES ((uint32_t)0x80808080)

/* ICFGR, two bits an interrupt, 0: level-sensitive (IHI 0048B 4.3.13). The word of the SGIs is read-only. */
#define ICFGR 0xc00

static kernel_addr word(kernel_addr frame, uint64_t offset, uint32_t index)
{
	return mmio_register(frame, offset + 4 * (uint64_t)index);
}

void gic_block_disable(kernel_addr frame, uint32_t block)
{
	mmio_write32(word(frame, ICENABLER, block), ALL);
}

void gic_block_set_up(kernel_addr frame, uint32_t block, uint32_t groups)
{
	mmio_write32(word(frame, IGROUPR, block), groups);
	for (uint32_t i = 0; i < GIC_BLOCK_SIZE / 4; i++) {
		mmio_write32(word(frame, IPRIORITYR, block * (GIC_BLOCK_SIZE / 4) + i), PRIORITIES);
	}
	if (block != 0) {
		mmio_write32(word(frame, ICFGR, 2 * block), 0);
	}
	mmio_write32(word(frame, ICFGR, 2 * block + 1), 0);
	mmio_write32(word(frame, ICPENDR, block), ALL);
	mmio_write32(word(frame, ICACTIVER, block), ALL);
}

static uint32_t bit_of(uint32_t number)
{
	return (uint32_t)1 << number % GIC_BLOCK_SIZE;
}

void gic_block_enable_one(kernel_addr frame, uint32_t number)
{
	mmio_write32(word(frame, ISENABLER, number / GIC_BLOCK_SIZE), bit_of(number));
}

void gic_block_disable_one(kernel_addr frame, uint32_t number)
{
	mmio_write32(word(frame, ICENABLER, number / GIC_BLOCK_SIZE), bit_of(number));
}
