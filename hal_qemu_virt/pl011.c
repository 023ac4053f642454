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
