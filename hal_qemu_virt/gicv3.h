/*
 * GICv3 (Arm IHI 0069G), affinity routing on, this CPU only. Knows no state but where its registers are.
 */
#ifndef HAL_QEMU_VIRT_GICV3_H
#define HAL_QEMU_VIRT_GICV3_H

#include <stdbool.h>
#include <stdint.h>

#include "hal_qemu_virt/icc.h"
#include "lib/compiler.h"

/* Reading takes the highest pending interrupt of group 1. */
K_ALWAYS_INLINE uint32_t gicv3_claim(void)
{
	return (uint32_t)icc_iar1_read();
}

/* With EOImode 0: drops the priority and deactivates. */
K_ALWAYS_INLINE void gicv3_complete(uint32_t number)
{
	icc_eoir1_write(number);
}

struct hal_interrupt_controller;

K_MUST_USE bool gicv3_attach(const struct hal_interrupt_controller *gic);
void gicv3_enable(const struct hal_interrupt_controller *gic, uint32_t number);
void gicv3_disable(const struct hal_interrupt_controller *gic, uint32_t number);

#endif
