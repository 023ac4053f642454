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
#define PL011_FR_RXFE ((uint32_t)1 << 4) /* receive FIFO empty */
#define PL011_FR_TXFF ((uint32_t)1 << 5) /* transmit FIFO full */
#define PL011_FR_TXFE ((uint32_t)1 << 7) /* transmit FIFO empty */

#define PL011_FIFO_DEPTH 16

/* Later revisions receive into twice that (DDI 0183G section 2.4.2). */
#define PL011_RECEIVE_MAX 32

/* Do the identification registers say that this is a PL011? */
K_MUST_USE bool pl011_is_there(kernel_addr registers);

/*
 * 8 bits, no parity, FIFOs on, receiver and transmitter on, all interrupts masked. Keeps the line speed. What has been
 * received until then would be lost when the FIFOs go on: it goes to early[PL011_RECEIVE_MAX]; returns how many bytes.
 */
size_t pl011_set_up(kernel_addr registers, uint8_t *early);

/* Polls the flag register until (flags & mask) == wanted, a bounded number of times. Returns whether it came to that.
 */
K_MUST_USE bool pl011_wait(kernel_addr registers, uint32_t mask, uint32_t wanted);

/*
 * From now on received bytes raise the UART's interrupt: enough of them, or any once the line is quiet for as long as
 * 32 bits take (DDI 0183G section 2.8.3).
 */
void pl011_listen(kernel_addr registers);

/*
 * Takes at most `capacity` characters out of the receive FIFO. Returns how many bytes were without error; adds the
 * others, and those that found the FIFO full, to `lost`. The interrupt is withdrawn when the FIFO is empty.
 */
size_t pl011_read(kernel_addr registers, uint8_t *bytes, size_t capacity, uint64_t *lost);

/* Sends the bytes; waits for room a bounded time each. Returns how many were dropped because none came. */
size_t pl011_write(kernel_addr registers, const uint8_t *bytes, size_t size);

K_MUST_USE K_ALWAYS_INLINE uint32_t pl011_flags(kernel_addr registers)
{
	return mmio_read32(mmio_register(registers, PL011_FR));
}

/* An empty FIFO takes as many bytes as it is deep: one poll for sixteen. */
K_ALWAYS_INLINE void pl011_send_sixteen(kernel_addr data, const uint8_t *bytes)
{
	mmio_write8_eight(data, read_le64(bytes));
	mmio_write8_eight(data, read_le64(bytes + 8));
}

/* Sends bytes as long as there is room at once. Returns how many are left: pl011_write's business. Calls nothing. */
K_MUST_USE K_ALWAYS_INLINE size_t pl011_write_now(kernel_addr registers, const uint8_t *bytes, size_t size)
{
	kernel_addr data = mmio_register(registers, PL011_DR);

	for (; size >= PL011_FIFO_DEPTH; size -= PL011_FIFO_DEPTH, bytes += PL011_FIFO_DEPTH) {
		if ((pl011_flags(registers) & PL011_FR_TXFE) == 0) {
			return size;
		}
		pl011_send_sixteen(data, bytes);
	}
	for (; size != 0 && (pl011_flags(registers) & PL011_FR_TXFF) == 0; size--, bytes++) {
		mmio_write8(data, *bytes);
	}
	return size;
}

#endif
