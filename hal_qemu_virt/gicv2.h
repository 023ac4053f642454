/*
 * GICv2 (Arm IHI 0048B). Knows no state but where its registers are.
 */
#ifndef HAL_QEMU_VIRT_GICV2_H
#define HAL_QEMU_VIRT_GICV2_H

#include <stdbool.h>
#include <stdint.h>

#include "hal/address.h"
#include "hal_qemu_virt/mmio.h"
#include "lib/compiler.h"

#define GICC_IAR 0x00c	/* 4.4.4: reading it takes the highest pending interrupt */
#define GICC_EOIR 0x010 /* 4.4.5: with EOImode 0, drops the priority and deactivates */

/* Of GICC_IAR. The bits above name the CPU that sent an SGI, and are 0 for all others; this kernel sends none. */
#define GICC_IAR_INTERRUPT 0x3ff

K_ALWAYS_INLINE uint32_t gicv2_claim(kernel_addr cpu_interface)
{
	return mmio_read32(mmio_register(cpu_interface, GICC_IAR)) & GICC_IAR_INTERRUPT;
}

K_ALWAYS_INLINE void gicv2_complete(kernel_addr cpu_interface, uint32_t number)
{
	mmio_write32(mmio_register(cpu_interface, GICC_EOIR), number);
}

struct hal_interrupt_controller;

K_MUST_USE bool gicv2_attach(const struct hal_interrupt_controller *gic);

#endif
