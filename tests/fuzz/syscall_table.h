/*
 * The kernel's processes, past its own code: that is compiled with libFuzzer's counters, which are for what scripts do.
 */
#ifndef TESTS_FUZZ_SYSCALL_TABLE_H
#define TESTS_FUZZ_SYSCALL_TABLE_H

#include <stddef.h>

#include "core/kernel.h"

struct table_walk {
	size_t slot;
	uint32_t seen;
};

/* The next one, or NULL. */
static inline const struct process *table_next(struct table_walk *walk)
{
	while (walk->seen < kernel.processes.count) {
		const struct process *process = kernel.processes.slots[walk->slot++];

		if (process != NULL) {
			walk->seen++;
			return process;
		}
	}
	return NULL;
}

#endif
