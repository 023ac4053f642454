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

/*
 * Ends the fuzzer unless everybody may exit, whoever has ended has a parent who can still ask how, and children are
 * counted rightly. Of the first process's children only the one that it spawned is kept for it: one that it adopted is
 * there only while it is waited for.
 */
void table_check(void);

/* Lets a process choose addresses from close below the end of their zone on, where no script comes otherwise. */
void table_map_near_top(uint64_t pid);

#endif
