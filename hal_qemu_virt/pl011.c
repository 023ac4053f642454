#include "hal_qemu_virt/pl011.h"

/* Further registers and bits, Arm DDI 0183G section 3.3. */
#define PL011_LCR_H 0x02c
#define PL011_CR 0x030
#define PL011_IFLS 0x034
#define PL011_IMSC 0x038
#define PL011_ICR 0x044

#define LCR_H_FEN ((uint32_t)1 << 4)	/* FIFOs on */
#define LCR_H_WLEN_8 ((uint32_t)3 << 5) /* 8 bits */
#define CR_UARTEN ((uint32_t)1 << 0)
#define CR_TXE ((uint32_t)1 << 8)
#define CR_RXE ((uint32_t)1 << 9)

/* Interrupts: bits of IMSC and ICR. */
#define INTERRUPT_RX ((uint32_t)1 << 4) /* as many bytes as IFLS says */
#define INTERRUPT_RT ((uint32_t)1 << 6) /* receive timeout: some bytes, and a quiet line */
#define INTERRUPT_ALL ((uint32_t)0x7ff)

#define IFLS_LOWEST 0 /* an eighth full, both ways */

/*
 * Error bits of DR (section 3.3.1). Framing, parity and break are about the byte itself. Overrun means that there was
 * no room for bytes that came before this one (table 2-3).
 */
#define DR_FE ((uint32_t)1 << 8)
#define DR_PE ((uint32_t)1 << 9)
#define DR_BE ((uint32_t)1 << 10)
#define DR_OE ((uint32_t)1 << 11)

/* A byte takes under 100 us at 115200 baud, a poll of a real device over 10 ns: ten times what 16 bytes take. */
#define POLLS_MAX 1600000

/*
 * UARTPeriphID0 and 1 hold the part number, 0x011, in bits [11:0]; UARTPCellID0 to 3 what every PrimeCell has
 * (sections 3.3.20 and 3.3.21).
 */
#define PL011_PERIPH_ID0 0xfe0
#define PL011_CELL_ID0 0xff0
#define PART_NUMBER 0x011
#define PRIME_CELL 0xb105f00d

/* Four registers a word apart, of which each holds a byte. */
static uint32_t read_id(kernel_addr registers, uint64_t offset)
{
	uint32_t id = 0;

	for (unsigned i = 0; i < 4; i++) {
		id |= (mmio_read32(mmio_register(registers, offset + 4 * (uint64_t)i)) & 0xff) << (8 * i);
	}
	return id;
}

bool pl011_is_there(kernel_addr registers)
{
	return read_id(registers, PL011_CELL_ID0) == PRIME_CELL &&
	       (read_id(registers, PL011_PERIPH_ID0) & 0xfff) == PART_NUMBER;
}

bool pl011_wait(kernel_addr registers, uint32_t mask, uint32_t wanted)
{
	for (unsigned polls = 0; polls < POLLS_MAX; polls++) {
		if ((mmio_read32(mmio_register(registers, PL011_FR)) & mask) == wanted) {
			return true;
		}
	}
	return false;
}

struct received {
	uint8_t *bytes;
	size_t count;
	uint64_t lost;
};

static bool has_received(kernel_addr registers)
{
	return (pl011_flags(registers) & PL011_FR_RXFE) == 0;
}

static void receive_one(kernel_addr registers, struct received *received)
{
	uint32_t data = mmio_read32(mmio_register(registers, PL011_DR));

	received->lost += (data & DR_OE) != 0;
	if ((data & (DR_FE | DR_PE | DR_BE)) != 0) {
		received->lost++;
	} else {
		received->bytes[received->count++] = (uint8_t)(data & 0xff);
	}
}

/* Empties the FIFO, as far as `max` characters do. */
static void receive(kernel_addr registers, struct received *received, size_t max)
{
	for (size_t taken = 0; taken < max && has_received(registers); taken++) {
		receive_one(registers, received);
	}
}

/*
 * The character being sent comes first (section 3.3.7: off, then wait, then change); a stuck one is given up.
 *
 * While the FIFOs are off, a received character lies where the receive FIFO has its first (section 3.3.1), but a FIFO
 * that goes on counts as empty: whether there is one must be asked before, and it can be taken afterwards. Taking it
 * before would let a second one come, which would be lost.
 */
size_t pl011_set_up(kernel_addr registers, uint8_t *early)
{
	struct received received = {.bytes = early};
	bool is_waiting;

	(void)pl011_wait(registers, PL011_FR_BUSY, 0);
	mmio_write32(mmio_register(registers, PL011_CR), 0);
	mmio_write32(mmio_register(registers, PL011_IMSC), 0);
	mmio_write32(mmio_register(registers, PL011_ICR), INTERRUPT_ALL);
	mmio_write32(mmio_register(registers, PL011_IFLS), IFLS_LOWEST);
	is_waiting = has_received(registers);
	mmio_write32(mmio_register(registers, PL011_LCR_H), LCR_H_WLEN_8 | LCR_H_FEN);
	if (is_waiting) {
		receive_one(registers, &received);
	}
	receive(registers, &received, PL011_RECEIVE_MAX - 1);
	mmio_write32(mmio_register(registers, PL011_CR), CR_UARTEN | CR_TXE | CR_RXE);
	return received.count;
}

void pl011_listen(kernel_addr registers)
{
	mmio_write32(mmio_register(registers, PL011_IMSC), INTERRUPT_RX | INTERRUPT_RT);
}

/*
 * Taking the last byte withdraws both interrupts (sections 2.8.2, 2.8.3). They are cleared by hand only if
 * there is none: clearing while bytes wait would lose the interrupt that says so, as the level that raises it has been
 * passed already.
 */
size_t pl011_read(kernel_addr registers, uint8_t *bytes, size_t capacity, uint64_t *lost)
{
	struct received received = {.bytes = bytes};

	if (!has_received(registers)) {
		mmio_write32(mmio_register(registers, PL011_ICR), INTERRUPT_RX | INTERRUPT_RT);
	}
	receive(registers, &received, capacity);
	*lost += received.lost;
	return received.count;
}

size_t pl011_write(kernel_addr registers, const uint8_t *bytes, size_t size)
{
	kernel_addr data = mmio_register(registers, PL011_DR);

	while (size >= PL011_FIFO_DEPTH && pl011_wait(registers, PL011_FR_TXFE, PL011_FR_TXFE)) {
		pl011_send_sixteen(data, bytes);
		bytes += PL011_FIFO_DEPTH;
		size -= PL011_FIFO_DEPTH;
	}
	while (size != 0 && pl011_wait(registers, PL011_FR_TXFF, 0)) {
		mmio_write8(data, *bytes++);
		size--;
	}
	return size;
}
