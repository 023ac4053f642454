/*
 * Blocks of a GIC: the 32 interrupts that share a register of one bit each. GICv2's distributor, GICv3's distributor
 * and GICv3's SGI_base frame have these registers at the same offsets.
 */
#ifndef HAL_QEMU_VIRT_GIC_BLOCK_H
#define HAL_QEMU_VIRT_GIC_BLOCK_H

#include <stdint.h>

#include "hal/address.h"
#include "hal_qemu_virt/mmio.h"
#include "lib/compiler.h"

#define GIC_BLOCK_SIZE 32

/* INTIDs from here on are none (Arm IHI 0048B section 2.2.1, IHI 0069G section 2.2). */
#define GIC_INTERRUPT_LIMIT 1020

/* GICD_TYPER.ITLinesNumber, bits [4:0]: blocks that are there, less one (IHI 0048B 4.3.2, IHI 0069G section 12.9). */
#define GICD_TYPER 0x004

K_ALWAYS_INLINE uint32_t gic_block_count(kernel_addr distributor)
{
	return (mmio_read32(mmio_register(distributor, GICD_TYPER)) & 0x1f) + 1;
}

/* No interrupt of the block reaches a CPU any more. */
void gic_block_disable(kernel_addr frame, uint32_t block);

/*
 * For a block that is disabled: nothing pending, nothing active, one priority, level-sensitive, and in the groups that
 * `groups` says, a bit each.
 */
void gic_block_set_up(kernel_addr frame, uint32_t block, uint32_t groups);

/* `number` is the INTID: below 32 in an SGI_base frame. */
void gic_block_enable_one(kernel_addr frame, uint32_t number);
void gic_block_disable_one(kernel_addr frame, uint32_t number);

#endif
