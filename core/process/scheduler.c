#include "core/process/scheduler.h"

#include <stddef.h>

#include "core/cpu/registers.h"
#include "hal/memory.h"

void scheduler_init(struct scheduler *scheduler, unsigned asid_bits, uint64_t frequency)
{
	*scheduler = (struct scheduler){
		.slice = frequency / SCHEDULER_SLICES_PER_SECOND,
		.current = &scheduler->idle,
		.loaded = &scheduler->idle,
		.idle = {.state = PROCESS_ENDED},
	};
	asids_init(&scheduler->asids, asid_bits);
}

K_ALWAYS_INLINE void ring_insert(struct scheduler *scheduler, struct process *process)
{
	struct process *first = scheduler->ring;

	if (first == NULL) {
		process->next = process;
		process->previous = process;
		scheduler->ring = process;
		return;
	}
	process->next = first;
	process->previous = first->previous;
	first->previous->next = process;
	first->previous = process;
}

static void ring_remove(struct scheduler *scheduler, struct process *process)
{
	if (process->next == process) {
		scheduler->ring = NULL;
	} else {
		process->next->previous = process->previous;
		process->previous->next = process->next;
		if (scheduler->ring == process) {
			scheduler->ring = process->next;
		}
	}
	process->next = NULL;
	process->previous = NULL;
}

/* Behind those that wake at the same time. */
static void sleepers_insert(struct scheduler *scheduler, struct process *process)
{
	struct process *previous = NULL;
	struct process *next = scheduler->sleepers;

	while (next != NULL && next->deadline <= process->deadline) {
		previous = next;
		next = next->next;
	}
	process->previous = previous;
	process->next = next;
	if (next != NULL) {
		next->previous = process;
	}
	if (previous != NULL) {
		previous->next = process;
	} else {
		scheduler->sleepers = process;
	}
}

static void sleepers_remove(struct scheduler *scheduler, struct process *process)
{
	if (process->previous != NULL) {
		process->previous->next = process->next;
	} else {
		scheduler->sleepers = process->next;
	}
	if (process->next != NULL) {
		process->next->previous = process->previous;
	}
	process->next = NULL;
	process->previous = NULL;
}

void scheduler_enqueue(struct scheduler *scheduler, struct process *process, enum process_state state)
{
	process->state = state;
	ring_insert(scheduler, process);
	scheduler_set_timer(scheduler);
}

void scheduler_block(struct scheduler *scheduler, struct process *process, enum process_state state)
{
	ring_remove(scheduler, process);
	process->state = state;
}

void scheduler_sleep(struct scheduler *scheduler, struct process *process, uint64_t deadline)
{
	ring_remove(scheduler, process);
	process->state = PROCESS_SLEEPING;
	process->deadline = deadline;
	sleepers_insert(scheduler, process);
}

void scheduler_remove(struct scheduler *scheduler, struct process *process)
{
	if (process->state == PROCESS_SLEEPING) {
		sleepers_remove(scheduler, process);
	} else if (process->next != NULL) {
		ring_remove(scheduler, process);
	}
}

void scheduler_forget(struct scheduler *scheduler, const struct process *process)
{
	if (scheduler->current == process) {
		scheduler->current = &scheduler->idle;
	}
}

/*
 * The turn of a process that runs is over. The timer forgets its slice, or the interrupt would come again before the
 * next turn, which follows, sets it anew. If the kernel works for the process, which may run afterwards, its slice
 * starts again: it must not run without one.
 */
static void end_slice(struct scheduler *scheduler, uint64_t now)
{
	if (scheduler->current->state == PROCESS_RUNNING) {
		scheduler->current->state = PROCESS_READY;
		scheduler->slice_end = CLOCK_NEVER;
	} else {
		scheduler->slice_end = now + scheduler->slice;
	}
}

void scheduler_tick(struct scheduler *scheduler, uint64_t now)
{
	struct process *first;

	while ((first = scheduler->sleepers) != NULL && first->deadline <= now) {
		scheduler->sleepers = first->next;
		if (first->next != NULL) {
			first->next->previous = NULL;
		}
		first->state = PROCESS_READY;
		ring_insert(scheduler, first);
	}
	if (now >= scheduler->slice_end) {
		end_slice(scheduler, now);
	}
	scheduler_set_timer(scheduler);
}

/* A CPU whose FP access is on has somebody's registers in it, and they are his alone. */
void scheduler_save_fp(const struct process *process)
{
	hal_fp_save(process->fp);
	hal_fp_access_set(cpu_registers_cpacr(false));
}

static void load_fp(const struct process *process)
{
	hal_fp_access_set(cpu_registers_cpacr(true));
	hal_fp_load(process->fp);
}

void scheduler_load_more(const struct process *process)
{
	if (process->has_keys) {
		hal_keys_load(&process->more->keys);
	}
	if (process->fp != NULL) {
		load_fp(process);
	}
}

void scheduler_enable_fp(struct process *process)
{
	process->fp = &process_registers(process)->fp;
	load_fp(process);
}

void scheduler_unload(struct scheduler *scheduler, struct process *process)
{
	if (scheduler->loaded == process) {
		scheduler->loaded = &scheduler->idle;
		hal_fp_access_set(cpu_registers_cpacr(false));
	}
	process->fp = NULL;
	process->more = NULL;
}
