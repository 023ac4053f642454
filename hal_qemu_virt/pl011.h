/*
 * The PL011 UART (Arm DDI 0183). Knows no state but the registers' address.
 * Sending is inline: it is a third of what a one-byte write call costs.
 */
#ifndef HAL_QEMU_VIRT_PL011_H
#define HAL_QEMU_VIRT_PL011_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hal/address.h"
#include "hal_qemu_virt/mmio.h"
#include "lib/compiler.h"
#include "lib/endian.h"

/* Register offsets and bits, Arm DDI 0183G section 3.3. */
#define PL011_DR 0x000
#define PL011_FR 0x018
#define PL011_FR_BUSY ((uint32_t)1 << 3) /* a character is being sent */
#define PL011_FR_TXFF ((uint32_t)1 << 5) /* transmit FIFO full */
#define PL011_FR_TXFE ((uint32_t)1 << 7) /* transmit FIFO empty */

#define PL011_FIFO_DEPTH 16

K_ALWAYS_INLINE kernel_addr pl011_register(kernel_addr registers, uint64_t offset)
{
	return (kernel_addr){registers.value + offset};
}

/* Do the identification registers say that this is a PL011? */
K_MUST_USE bool pl011_is_there(kernel_addr registers);

/* 8 bits, no parity, FIFOs on, receiver and transmitter on, all interrupts masked. Keeps the line speed. */
void pl011_set_up(kernel_addr registers);

/* Polls the flag register until (flags & mask) == wanted, a bounded number of times. Returns whether it came to that.
 */
K_MUST_USE bool pl011_wait(kernel_addr registers, uint32_t mask, uint32_t wanted);

K_MUST_USE K_ALWAYS_INLINE bool pl011_ready(kernel_addr registers, uint32_t mask, uint32_t wanted)
{
	return (mmio_read32(pl011_register(registers, PL011_FR)) & mask) == wanted ||
	       pl011_wait(registers, mask, wanted);
}

/* Sends the bytes; waits for room a bounded time each. Returns how many were dropped because none came. */
K_ALWAYS_INLINE size_t pl011_write(kernel_addr registers, const uint8_t *bytes, size_t size)
{
	kernel_addr data = pl011_register(registers, PL011_DR);
	size_t sent = 0;

	/* An empty FIFO takes as many bytes as it is deep: one poll for sixteen. */
	while (size - sent >= PL011_FIFO_DEPTH && pl011_ready(registers, PL011_FR_TXFE, PL011_FR_TXFE)) {
		mmio_write8_eight(data, read_le64(bytes + sent));
		mmio_write8_eight(data, read_le64(bytes + sent + 8));
		sent += PL011_FIFO_DEPTH;
	}
	while (sent < size && pl011_ready(registers, PL011_FR_TXFF, 0)) {
		mmio_write8(data, bytes[sent]);
		sent++;
	}
	return size - sent;
}

#endif
