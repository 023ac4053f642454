/*
 * Who gets the CPU next, and for how long. Processes that can go on stand in a
 * ring and take turns; those that wait for a time stand in a list, the first
 * to wake first. There is no periodic tick: the timer is set for the next thing
 * that is due.
 */
#ifndef CORE_PROCESS_SCHEDULER_H
#define CORE_PROCESS_SCHEDULER_H

#include <stdbool.h>
#include <stdint.h>

#include "core/memory/asid.h"
#include "core/process/process.h"
#include "core/time/clock.h"
#include "hal/cpu.h"
#include "hal/interrupt.h"
#include "hal/user.h"
#include "lib/compiler.h"

/* How long a turn may last while others wait for theirs: 2 ms. */
#define SCHEDULER_SLICES_PER_SECOND 500

struct scheduler {
	struct process *ring;	 /* whose turn it is or, if it has left, who has the next one; NULL: nobody can go on */
	struct process *current; /* whose turn it is, or was last; &idle: nobody's */
	struct process *sleepers; /* by deadline */
	uint64_t slice;		  /* ticks */
	uint64_t turn_start;	  /* ticks */
	uint64_t slice_end;	  /* ticks; counts only while somebody else is in the ring */
	struct process *loaded;	  /* whose FP registers, keys and thread pointer the CPU has; &idle: nobody's */
	struct asids asids;
	struct process idle; /* never runs; has the time that nobody's turn took */
};

void scheduler_init(struct scheduler *scheduler, unsigned asid_bits, uint64_t frequency);

/* Puts a process that stands nowhere at the ring's end, in a state that is queued. */
void scheduler_enqueue(struct scheduler *scheduler, struct process *process, enum process_state state);

/* Takes a process out of the ring, into a state that waits. */
void scheduler_block(struct scheduler *scheduler, struct process *process, enum process_state state);

/* The same, among the sleepers, until the counter reaches `deadline`. */
void scheduler_sleep(struct scheduler *scheduler, struct process *process, uint64_t deadline);

/* Takes a process out of wherever it stands; its state is the caller's to set. */
void scheduler_remove(struct scheduler *scheduler, struct process *process);

/* Takes a process's registers out of the CPU for good, without keeping them: it never runs again. */
void scheduler_unload(struct scheduler *scheduler, struct process *process);

/* Forgets a process that is about to cease to exist; it is unloaded, and stands nowhere. */
void scheduler_forget(struct scheduler *scheduler, const struct process *process);

/* Wakes every sleeper whose time has come, and ends the current turn if its slice is over and somebody waits. */
void scheduler_tick(struct scheduler *scheduler, uint64_t now);

/* Ends the turn of the current process, which runs: the next one of the ring has the next turn. */
K_ALWAYS_INLINE void scheduler_yield(struct scheduler *scheduler)
{
	scheduler->current->state = PROCESS_READY;
}

/* When the timer has to come: for the first sleeper, or at the end of the slice if that counts. */
K_ALWAYS_INLINE uint64_t scheduler_earlier(const struct scheduler *scheduler, uint64_t slice_end)
{
	const struct process *first = scheduler->sleepers;

	return K_LIKELY(first == NULL || first->deadline >= slice_end) ? slice_end : first->deadline;
}

/* To be called when the ring or the sleepers changed and the turn goes on. */
K_ALWAYS_INLINE void scheduler_set_timer(const struct scheduler *scheduler)
{
	const struct process *ring = scheduler->ring;
	bool others = ring != NULL && ring->next != ring;

	hal_timer_set(scheduler_earlier(scheduler, others ? scheduler->slice_end : CLOCK_NEVER));
}

/* Gives the next turn to `process`, which is in the ring. */
K_ALWAYS_INLINE void scheduler_set_turn(struct scheduler *scheduler, struct process *process, uint64_t now)
{
	uint64_t slice_end = now + scheduler->slice;

	scheduler->ring = process;
	scheduler->current = process;
	scheduler->turn_start = now;
	scheduler->slice_end = slice_end;
	hal_timer_set(scheduler_earlier(scheduler, process->next != process ? slice_end : CLOCK_NEVER));
}

/* Nobody can go on. */
K_ALWAYS_INLINE struct process *scheduler_set_idle(struct scheduler *scheduler, uint64_t now)
{
	scheduler->current = &scheduler->idle;
	scheduler->turn_start = now;
	scheduler_set_timer(scheduler);
	return &scheduler->idle;
}

/*
 * Ends the current turn, begins the next one, and hands out whose that is, in any queued state but PROCESS_RUNNING;
 * &idle if the ring is empty. During its turn a process stays the ring's first, so that who comes meanwhile has a turn
 * before its next one. Inline, as it is on the path of every switch.
 */
K_ALWAYS_INLINE struct process *scheduler_next_turn(struct scheduler *scheduler)
{
	uint64_t now = hal_time_ticks();
	struct process *last = scheduler->current;
	struct process *process = scheduler->ring;

	last->cpu_ticks += now - scheduler->turn_start;
	if (K_LIKELY(process == last)) {
		process = last->next;
	} else if (process == NULL) {
		return scheduler_set_idle(scheduler, now);
	}
	scheduler_set_turn(scheduler, process, now);
	return process;
}

/* FP registers of the process that had the CPU, out of it; keys and FP registers of the one that gets it, into it. */
K_NOINLINE void scheduler_save_fp(const struct process *process);
K_NOINLINE void scheduler_load_more(const struct process *process);

/* Gives the current process what it needs to run, or to make a call: a tag for its space, and its registers that stay
 * in the CPU from trap to trap. */
K_ALWAYS_INLINE void scheduler_load(struct scheduler *scheduler, struct process *process)
{
	struct process *last = scheduler->loaded;
	const struct process_registers *more;

	asids_activate(&scheduler->asids, &process->space);
	scheduler->loaded = process;
	last->thread_pointer = hal_thread_pointer();
	if (last->fp != NULL) {
		scheduler_save_fp(last);
	}
	more = process->more;
	hal_thread_pointer_set(process->thread_pointer);
	if (more != NULL) {
		scheduler_load_more(process);
	}
}

/* Gives the process that runs FP and SIMD, all registers zero: it has tried to use them for the first time. */
void scheduler_enable_fp(struct process *process);

#endif
