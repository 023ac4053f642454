/*
 * Operands of drawn steps. That of a call is drawn by the kind of its argument, as abi/syscalls.def has it: from values
 * that mean something to the kind, from their neighbours, and from all others.
 */
#ifndef TESTS_SCRIPT_SCRIPT_OPERANDS_H
#define TESTS_SCRIPT_SCRIPT_OPERANDS_H

#include <stdint.h>

#include "tests/script/script.h"

/* What an operand is drawn from. */
struct source {
	uint8_t choice;
	uint16_t detail;
};

struct operand {
	uint8_t base;
	uint64_t value;
};

/* Any 64 bits from few (the finalizer of SplitMix64). */
static inline uint64_t mix(struct source source)
{
	uint64_t value = ((uint64_t)source.choice << 16 | source.detail) * 0x9e3779b97f4a7c15UL;

	value = (value ^ value >> 30) * 0xbf58476d1ce4e5b9UL;
	value = (value ^ value >> 27) * 0x94d049bb133111ebUL;
	return value ^ value >> 31;
}

static inline struct operand absolute(uint64_t value)
{
	return (struct operand){SCRIPT_ABSOLUTE, value};
}

static inline struct operand any(struct source source)
{
	return absolute(mix(source));
}

/* By kind of argument. */
typedef struct operand draw_operand(struct source source);
draw_operand draw_address, draw_calls, draw_length, draw_request;

/* Mostly one of the first `count` numbers. */
struct operand draw_small(struct source source, unsigned count);

/* The calls of the table, in its order. */
struct drawn_call {
	uint64_t number;
	draw_operand *arguments[SCRIPT_OPERANDS]; /* NULL: it has no such argument */
};
size_t drawn_call_count(void);
const struct drawn_call *drawn_call(size_t index);

#endif
