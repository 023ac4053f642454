/*
 * What must be back when all children are gone.
 */
#ifndef USER_STRESS_COUNTS_H
#define USER_STRESS_COUNTS_H

#include <stdbool.h>
#include <stdint.h>

struct counts {
	uint64_t frames_free;
	uint64_t heap_used;
	uint64_t processes;
};

struct counts counts_now(void);

/* Waits, within reason, until the counts are these again: children of children may still be on their way. Says what
 * differs if they are not. */
bool counts_return(const struct counts *before);

#endif
