#include "hal_qemu_virt/pl011.h"

/* Further registers and bits, Arm DDI 0183G section 3.3. */
#define PL011_LCR_H 0x02c
#define PL011_CR 0x030
#define PL011_IMSC 0x038
#define PL011_ICR 0x044

#define LCR_H_FEN ((uint32_t)1 << 4)	/* FIFOs on */
#define LCR_H_WLEN_8 ((uint32_t)3 << 5) /* 8 bits */
#define CR_UARTEN ((uint32_t)1 << 0)
#define CR_TXE ((uint32_t)1 << 8)
#define CR_RXE ((uint32_t)1 << 9)
#define ICR_ALL ((uint32_t)0x7ff)

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
		id |= (mmio_read32(pl011_register(registers, offset + 4 * (uint64_t)i)) & 0xff) << (8 * i);
	}
	return id;
}

bool pl011_is_there(kernel_addr registers)
{
	return read_id(registers, PL011_CELL_ID0) == PRIME_CELL &&
	       (read_id(registers, PL011_PERIPH_ID0) & 0xfff) == PART_NUMBER;
}

/* The character being sent comes first (section 3.3.7: off, then wait, then change); a stuck one is given up. */
void pl011_set_up(kernel_addr registers)
{
	(void)pl011_wait(registers, PL011_FR_BUSY, 0);
	mmio_write32(pl011_register(registers, PL011_CR), 0);
	mmio_write32(pl011_register(registers, PL011_IMSC), 0);
	mmio_write32(pl011_register(registers, PL011_ICR), ICR_ALL);
	mmio_write32(pl011_register(registers, PL011_LCR_H), LCR_H_WLEN_8 | LCR_H_FEN);
	mmio_write32(pl011_register(registers, PL011_CR), CR_UARTEN | CR_TXE | CR_RXE);
}

bool pl011_wait(kernel_addr registers, uint32_t mask, uint32_t wanted)
{
	for (unsigned polls = 0; polls < POLLS_MAX; polls++) {
		if ((mmio_read32(pl011_register(registers, PL011_FR)) & mask) == wanted) {
			return true;
		}
	}
	return false;
}
