/*
 * The calls that are about time: clock, sleep and yield.
 */
#include "core/kernel.h"
#include "core/syscall/handlers.h"
#include "hal/cpu.h"

k_status sys_clock(K_UNUSED struct process *process, uint64_t *result)
{
	*result = clock_nanoseconds(&kernel_facts.clock, hal_time_ticks());
	return K_OK;
}

/* The answer is given before the sleep: waking is nothing but a turn. */
k_status sys_sleep(struct process *process, uint64_t *result)
{
	const struct sleep_arguments in = sleep_arguments(process);
	uint64_t deadline;

	if (in.until > INT64_MAX) {
		return K_EINVAL;
	}
	deadline = clock_deadline(&kernel_facts.clock, in.until);
	if (deadline > hal_time_ticks()) {
		scheduler_sleep(&kernel.scheduler, process, deadline);
	}
	*result = 0;
	return K_OK;
}

/* Others come first because the turn is over: the caller stays in the ring, at its end. */
k_status sys_yield(struct process *process, uint64_t *result)
{
	process->state = PROCESS_READY;
	*result = 0;
	return K_OK;
}
