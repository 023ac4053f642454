/*
 * A PL011 as its manual has it (Arm DDI 0183G): a transmit FIFO that fills, a receive FIFO with its errors and
 * interrupts, flags, and the registers that a driver may touch in the widths that it may use. Anything else fails the
 * test. Time passes by polls of the flag register.
 */
#ifndef TESTS_UNIT_MODEL_PL011_MODEL_H
#define TESTS_UNIT_MODEL_PL011_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hal/address.h"

#define PL011_MODEL_DEVICES 2
#define PL011_MODEL_LINE_MAX 65536
#define PL011_MODEL_WRITES_MAX 16

/* One 32-bit write of a control register. */
struct pl011_model_write {
	uint64_t offset;
	uint32_t value;
};

struct pl011_model {
	kernel_addr registers;
	/* Knobs. */
	unsigned polls_per_byte; /* the line takes a byte at every so many polls; 0: at once */
	uint64_t stuck_polls;	 /* for so many polls the line takes nothing */
	uint64_t stuck_after;	 /* and from this many bytes on nothing any more */
	uint32_t flags_set;	 /* flags that read as set whatever the FIFO holds */
	uint32_t flags_clear;	 /* and as clear */
	uint8_t identity[8];	 /* UARTPeriphID0 to 3, UARTPCellID0 to 3 */
	bool triggers_at_one;	 /* the receive interrupt comes with the first byte, whatever IFLS says: QEMU's does */
	/* Who sends, as an emulator does: whenever a character is taken, as much as there is room for. */
	const uint8_t *typed;
	size_t typed_count;
	uint16_t late; /* a character that arrives just before ICR is written, or 0 */
	/* State. */
	uint32_t control;
	uint32_t line_control;
	uint32_t levels;
	uint32_t mask;
	uint32_t pending; /* RIS, the two receive interrupts */
	uint8_t fifo[16];
	size_t fill;
	uint16_t received[16]; /* as DR shows them, errors included */
	size_t received_count;
	bool has_overrun;     /* the next character tells */
	bool has_bottom_word; /* the FIFOs have just been switched on, over a character that waited */
	/* What was seen. */
	uint8_t line[PL011_MODEL_LINE_MAX]; /* the bytes that left, in order */
	size_t sent;
	uint64_t polls;
	uint64_t taken; /* reads of DR */
	struct pl011_model_write writes[PL011_MODEL_WRITES_MAX];
	size_t write_count;
};

extern struct pl011_model pl011_models[PL011_MODEL_DEVICES];

/* Both devices as after power-on: enabled by the firmware, FIFOs on, idle, the line as fast as can be. */
void pl011_model_reset(void);

/* Lets the line take what is in the FIFO. */
void pl011_model_drain(struct pl011_model *model);

/* A character arrives: data in bits [7:0], framing, parity and break error in bits 8, 9 and 10. */
void pl011_model_receive(struct pl011_model *model, uint16_t character);

/* The line is quiet for as long as 32 bits take. */
void pl011_model_quiet(struct pl011_model *model);

/* Is the UART's interrupt pending? */
bool pl011_model_interrupts(const struct pl011_model *model);

#endif
