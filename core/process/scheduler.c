#include "core/process/scheduler.h"

#include <stddef.h>

void scheduler_add(struct scheduler *scheduler, struct process *process)
{
	scheduler->current = process;
}

void scheduler_reap(struct scheduler *scheduler, struct heap *heap)
{
	process_destroy(heap, scheduler->current);
	scheduler->current = NULL;
}
