/*
 * The table of instructions.S: what is tried at EL0, one process for each.
 * instructions.py on the host knows its layout and writes it into the file.
 */
#ifndef TESTS_ATTACK_PROGRAMS_INSTRUCTIONS_H
#define TESTS_ATTACK_PROGRAMS_INSTRUCTIONS_H

#include <stdint.h>

#include <panther.h>

#define INSTRUCTIONS_WORDS 12

struct attempt {
	uint32_t code[INSTRUCTIONS_WORDS]; /* a function: a landing pad, what is tried, ret */
	uint64_t x[4];			   /* what x0 to x3 hold before */
};

/* The first one must work, in every process. The last one has no code. */
extern const struct attempt attempts[];

/* What attempts may use as memory. It is at the same place in each process, for the program is FIXED. */
extern uint8_t attempt_buffer[PANTHER_PAGE_SIZE];

/* Runs an attempt; returns what is in x0 behind it. */
uint64_t attempt_run(const uint32_t *code, const uint64_t *x);

#endif
