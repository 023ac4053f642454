/*
 * A PL011 as its manual has it (Arm DDI 0183G): a transmit FIFO that fills, flags, and the registers that a driver may
 * touch in the widths that it may use. Anything else fails the test. Time passes by polls of the flag register.
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
	/* State. */
	uint32_t control;
	uint32_t line_control;
	uint8_t fifo[16];
	size_t fill;
	/* What was seen. */
	uint8_t line[PL011_MODEL_LINE_MAX]; /* the bytes that left, in order */
	size_t sent;
	uint64_t polls;
	struct pl011_model_write writes[PL011_MODEL_WRITES_MAX];
	size_t write_count;
};

extern struct pl011_model pl011_models[PL011_MODEL_DEVICES];

/* Both devices as after power-on: enabled by the firmware, FIFOs on, idle, the line as fast as can be. */
void pl011_model_reset(void);

/* Lets the line take what is in the FIFO. */
void pl011_model_drain(struct pl011_model *model);

#endif
