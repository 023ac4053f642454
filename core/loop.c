#include "core/loop.h"

#include "core/kernel.h"
#include "core/log/log.h"
#include "core/process/lifecycle.h"
#include "core/trap/interrupt.h"
#include "hal/cpu.h"
#include "hal/interrupt.h"
#include "hal/mmu.h"
#include "hal/user.h"

K_NORETURN static void finish(void)
{
	log_boot("Kernel initialization complete");
	log_verdict("[BOOT] Halting CPU...");
	hal_power_off(kernel_facts.machine.psci);
}

/* Somebody sleeps, and not for ever. */
static bool time_can_wake(void)
{
	const struct process *first = kernel.scheduler.sleepers;

	return first != NULL && first->deadline != CLOCK_NEVER;
}

/* Somebody waits for input, and it can come. */
static bool input_can_wake(void)
{
	uint64_t slot = 0;

	for (const struct process *process = process_table_from(&kernel.processes, 0, &slot); process != NULL;
	     process = process_table_from(&kernel.processes, slot + 1, &slot)) {
		if (process->state == PROCESS_READING) {
			return kernel.input.is_listening;
		}
	}
	return false;
}

/* Nobody can go on: the end, or a wait for an interrupt. */
static void idle(void)
{
	if (kernel.processes.count == 0) {
		finish();
	}
	if (!time_can_wake() && !input_can_wake()) {
		log_verdict("HALT[deadlock] every process waits, and nothing can wake one");
		hal_stop();
	}
	hal_wait_for_interrupt();
	interrupt_take();
}

/* The kernel's part of a turn, for a process that does not run at EL0. The process may be gone afterwards. */
static void work_for(struct process *process)
{
	switch (process->state) {
	case PROCESS_RESUMING:
		scheduler_load(&kernel.scheduler, process);
		process->state = PROCESS_RUNNING;
		hal_space_enter(&process->space.space);
		syscall_dispatch(process);
		break;
	case PROCESS_LOADING:
		lifecycle_load_step(process);
		break;
	default:
		lifecycle_end_step(process);
		break;
	}
}

/* A turn that does not start at EL0: so a pending interrupt is looked for first. Returns whether it goes on there: a
 * call that was made again has been answered. */
K_COLD static bool work(struct process *process)
{
	if (process == &kernel.scheduler.idle) {
		idle();
		return false;
	}
	interrupt_take();
	work_for(process);
	return kernel.scheduler.current->state == PROCESS_RUNNING;
}

/* Gives turns until one is for a process at EL0. */
K_ALWAYS_INLINE struct process *begin_turn(struct scheduler *scheduler)
{
	for (;;) {
		struct process *process = scheduler_next_turn(scheduler);

		if (K_LIKELY(process->state == PROCESS_READY)) {
			scheduler_load(scheduler, process);
			process->state = PROCESS_RUNNING;
			return process;
		}
		if (work(process)) {
			return process;
		}
	}
}

void loop_run(struct scheduler *scheduler)
{
	hal_user_prepare();
	for (;;) {
		loop_turn(scheduler, begin_turn(scheduler));
	}
}
