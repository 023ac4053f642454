/*
 * Device registers, for drivers that are compiled natively: the same functions as in hal_qemu_virt/mmio.h, which is
 * hidden by this file on the include path, on a model of the device (pl011_model.c, gic_model.c).
 */
#ifndef HAL_QEMU_VIRT_MMIO_H
#define HAL_QEMU_VIRT_MMIO_H

#include <stdint.h>

#include "hal/address.h"
#include "lib/compiler.h"

uint32_t mmio_read32(kernel_addr address);
void mmio_write32(kernel_addr address, uint32_t value);
uint64_t mmio_read64(kernel_addr address);
void mmio_write64(kernel_addr address, uint64_t value);
void mmio_write8(kernel_addr address, uint8_t value);
void mmio_write8_eight(kernel_addr address, uint64_t bytes);

K_ALWAYS_INLINE kernel_addr mmio_register(kernel_addr page, uint64_t offset)
{
	return (kernel_addr){page.value + offset};
}

#endif
