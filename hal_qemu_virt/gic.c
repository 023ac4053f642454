#include "hal_qemu_virt/gic.h"

#include "hal/interrupt.h"
#include "hal_qemu_virt/backend.h"
#include "hal_qemu_virt/gic_block.h"

kernel_addr gic_cpu_interface;

static struct hal_interrupt_controller attached K_SEALED;

static bool attach(const struct hal_interrupt_controller *controller)
{
	switch (controller->version) {
	case 2:
		return gicv2_attach(controller);
	case 3:
		return gicv3_attach(controller);
	default:
		return false;
	}
}

bool hal_interrupts_attach(const struct hal_interrupt_controller *controller)
{
	if (!attach(controller)) {
		return false;
	}
	timer_start();
	attached = *controller;
	gic_cpu_interface = controller->version == 2 ? controller->cpu_interface : (kernel_addr){0};
	return true;
}

void hal_interrupt_enable(uint32_t number)
{
	if (attached.version == 2) {
		gic_block_enable_one(attached.distributor, number);
	} else {
		gicv3_enable(&attached, number);
	}
}

void hal_interrupt_disable(uint32_t number)
{
	if (attached.version == 2) {
		gic_block_disable_one(attached.distributor, number);
	} else {
		gicv3_disable(&attached, number);
	}
}
