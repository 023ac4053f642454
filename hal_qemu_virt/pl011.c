#include "hal_qemu_virt/pl011.h"

#include <stdbool.h>

#include "hal_qemu_virt/mmio.h"
#include "lib/endian.h"

/* Register offsets and bits, Arm DDI 0183G section 3.3. */
#define UARTDR 0x000
#define UARTFR 0x018
#define UARTLCR_H 0x02c
#define UARTCR 0x030
#define UARTIMSC 0x038
#define UARTICR 0x044

#define FR_TXFF ((uint32_t)1 << 5)	/* transmit FIFO full */
#define FR_TXFE ((uint32_t)1 << 7)	/* transmit FIFO empty */
#define LCR_H_FEN ((uint32_t)1 << 4)	/* FIFOs on */
#define LCR_H_WLEN_8 ((uint32_t)3 << 5) /* 8 bits */
#define CR_UARTEN ((uint32_t)1 << 0)
#define CR_TXE ((uint32_t)1 << 8)
#define CR_RXE ((uint32_t)1 << 9)
#define ICR_ALL ((uint32_t)0x7ff)

#define FIFO_DEPTH 16

/* Polls before a byte is given up. A byte takes under 100 us at 115200 baud; a poll of a real device takes over 10 ns. */
#define POLLS_MAX 100000

static kernel_addr register_at(kernel_addr registers, uint64_t offset)
{
	return (kernel_addr){registers.value + offset};
}

void pl011_set_up(kernel_addr registers)
{
	mmio_write32(register_at(registers, UARTCR), 0);
	mmio_write32(register_at(registers, UARTIMSC), 0);
	mmio_write32(register_at(registers, UARTICR), ICR_ALL);
	mmio_write32(register_at(registers, UARTLCR_H), LCR_H_WLEN_8 | LCR_H_FEN);
	mmio_write32(register_at(registers, UARTCR), CR_UARTEN | CR_TXE | CR_RXE);
}

static bool wait_for(kernel_addr flags, uint32_t mask, uint32_t wanted)
{
	for (unsigned polls = 0; polls < POLLS_MAX; polls++) {
		if ((mmio_read32(flags) & mask) == wanted) {
			return true;
		}
	}
	return false;
}

static void send_fifo(kernel_addr data, const uint8_t *bytes)
{
	mmio_write8_eight(data, read_le64(bytes));
	mmio_write8_eight(data, read_le64(bytes + 8));
}

size_t pl011_write(kernel_addr registers, const uint8_t *bytes, size_t size)
{
	kernel_addr data = register_at(registers, UARTDR);
	kernel_addr flags = register_at(registers, UARTFR);
	size_t sent = 0;

	/* An empty FIFO takes as many bytes as it is deep: one poll for sixteen. */
	while (size - sent >= FIFO_DEPTH && wait_for(flags, FR_TXFE, FR_TXFE)) {
		send_fifo(data, bytes + sent);
		sent += FIFO_DEPTH;
	}
	while (sent < size && wait_for(flags, FR_TXFF, 0)) {
		mmio_write8(data, bytes[sent]);
		sent++;
	}
	return size - sent;
}
