/*
 * What boot sets up in this backend before the kernel runs.
 */
#ifndef HAL_QEMU_VIRT_EARLY_H
#define HAL_QEMU_VIRT_EARLY_H

#include "hal/address.h"

/* The physical address that lies at KERNEL_IMAGE_BASE. Called once, first. */
void physical_image_base_set(phys_addr base);

/* Makes the UART that boot assembly mapped the console, until the kernel attaches another. */
void console_start(void);

#endif
