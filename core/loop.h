/*
 * The heart of the kernel: one loop. A process runs until it traps, the kernel
 * decides, the next process runs.
 */
#ifndef CORE_LOOP_H
#define CORE_LOOP_H

#include "core/cpu/registers.h"
#include "core/kernel.h"
#include "core/process/scheduler.h"
#include "core/trap/trap.h"
#include "hal/user.h"
#include "lib/compiler.h"

/* One stay at EL0, until a trap. hal_user_prepare comes before. PSTATE is masked here, on the way there, so that it
 * does not matter who wrote to the one that was stored: the program, or a bug of the kernel while the process waited.
 */
K_ALWAYS_INLINE void loop_enter(struct process *process, struct hal_trap *trap)
{
	process->context.pstate &= kernel_facts.pstate_mask;
	if (PANTHER_CHECKS) {
		cpu_registers_check(&kernel_facts.registers, process->fp != NULL);
	}
	hal_user_run(&process->context, &process->space.space, trap);
}

/* A turn at EL0: the process, which is the scheduler's current one, runs until it may no longer. hal_user_prepare comes
 * before. Every register is lost while a process runs, so whose turn it is comes from the scheduler then. */
K_ALWAYS_INLINE void loop_turn(struct scheduler *scheduler, struct process *process)
{
	do {
		struct hal_trap trap;

		loop_enter(process, &trap);
		process = scheduler->current;
		trap_handle(process, trap);
	} while (process->state == PROCESS_RUNNING);
}

/* Gives processes their turns until none is left, then powers the machine off. `scheduler` is the kernel's. */
K_NORETURN void loop_run(struct scheduler *scheduler);

#endif
