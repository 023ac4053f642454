/*
 * Which process runs next.
 */
#ifndef CORE_PROCESS_SCHEDULER_H
#define CORE_PROCESS_SCHEDULER_H

#include "core/memory/heap.h"
#include "core/process/process.h"
#include "lib/compiler.h"

struct scheduler {
	struct process *current; /* NULL: no process is left */
};

/* Takes over a process that process_create made; there is none yet. */
void scheduler_add(struct scheduler *scheduler, struct process *process);

/* Buries the current process. */
K_NOINLINE void scheduler_reap(struct scheduler *scheduler, struct heap *heap);

/* The process to run, or NULL if none is left. A process that ended is buried first. */
K_ALWAYS_INLINE struct process *scheduler_next(struct scheduler *scheduler, struct heap *heap)
{
	if (scheduler->current != NULL && scheduler->current->state == PROCESS_ENDED) {
		scheduler_reap(scheduler, heap);
	}
	return scheduler->current;
}

#endif
