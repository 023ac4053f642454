/*
 * What the parts of this backend want of each other.
 */
#ifndef HAL_QEMU_VIRT_BACKEND_H
#define HAL_QEMU_VIRT_BACKEND_H

#include "hal/address.h"

/* The physical address that the image lies at. Called once, first. */
void physical_image_base_set(phys_addr base);

/* Makes the UART with these registers the console, until the kernel attaches another. */
void console_start(kernel_addr registers);

/* Lets the console send what it was given, for a bounded time. */
void console_drain(void);

/* Switches the virtual timer on, for a time that never comes: hal_timer_set moves it. */
void timer_start(void);

#endif
