/*
 * Instructions that trap, or that some machine could let trap: each in a slot of its own (traps.S).
 */
#ifndef TESTS_PROGRAMS_TRAPS_H
#define TESTS_PROGRAMS_TRAPS_H

#include <stdint.h>

/* What x0 to x5 hold when a slot is run. */
struct traps_registers {
	uint64_t data;	    /* writable, aligned to a page */
	uint64_t constants; /* read-only */
	uint64_t kernel;    /* of the kernel's half */
	uint64_t end;	    /* writable below, unmapped from here on */
	uint64_t zero;
	uint64_t tagged; /* `data` with a tag in its highest byte */
};

extern const uint64_t traps_count;

/* Runs slot `number`, which is below traps_count. Returns what it leaves in x0, if it comes back. */
uint64_t traps_run(uint64_t number, const struct traps_registers *registers);

#endif
