/*
 * The interrupt controller: a GICv2 or a GICv3. Taking and completing are inline: every interrupt passes there.
 */
#ifndef HAL_QEMU_VIRT_GIC_H
#define HAL_QEMU_VIRT_GIC_H

#include <stdint.h>

#include "hal/address.h"
#include "hal_qemu_virt/gicv2.h"
#include "hal_qemu_virt/gicv3.h"
#include "lib/compiler.h"

/* Where an attached GICv2 has its CPU interface; 0: it is a GICv3, which has none in memory. */
extern kernel_addr gic_cpu_interface K_SEALED;

K_ALWAYS_INLINE uint32_t gic_claim(void)
{
	kernel_addr cpu_interface = gic_cpu_interface;

	return cpu_interface.value != 0 ? gicv2_claim(cpu_interface) : gicv3_claim();
}

K_ALWAYS_INLINE void gic_complete(uint32_t number)
{
	kernel_addr cpu_interface = gic_cpu_interface;

	if (cpu_interface.value != 0) {
		gicv2_complete(cpu_interface, number);
	} else {
		gicv3_complete(number);
	}
}

#endif
