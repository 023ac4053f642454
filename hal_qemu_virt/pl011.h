/*
 * The PL011 UART (Arm DDI 0183). Knows no state but the registers' address.
 */
#ifndef HAL_QEMU_VIRT_PL011_H
#define HAL_QEMU_VIRT_PL011_H

#include <stddef.h>
#include <stdint.h>

#include "hal/address.h"

/* 8 bits, no parity, FIFOs on, receiver and transmitter on, all interrupts masked. Keeps the line speed. */
void pl011_set_up(kernel_addr registers);

/* Sends the bytes; waits for room a bounded time each. Returns how many were dropped because none came. */
size_t pl011_write(kernel_addr registers, const uint8_t *bytes, size_t size);

#endif
