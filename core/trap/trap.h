/*
 * Why a process stopped, and what becomes of it: answered, killed, or - if
 * only a broken kernel could have caused it - a panic.
 */
#ifndef CORE_TRAP_TRAP_H
#define CORE_TRAP_TRAP_H

#include "core/process/process.h"
#include "core/syscall/dispatch.h"
#include "core/trap/interrupt.h"
#include "core/trap/syndrome.h"
#include "hal/context.h"
#include "lib/compiler.h"

/* Everything but `svc #0` and interrupts. */
K_COLD void trap_handle_other(struct process *process, struct hal_trap trap);

/*
 * Deals with one trap of `process`, whose space is live. Afterwards the process runs on, waits, has lost its turn, or
 * ends. Inline, because it is on the path of every system call.
 */
K_ALWAYS_INLINE void trap_handle(struct process *process, struct hal_trap trap)
{
	if (K_LIKELY(trap.kind == HAL_TRAP_SYNC && trap.esr == SYNDROME_SVC_0)) {
		syscall_dispatch(process);
	} else if (trap.kind == HAL_TRAP_IRQ) {
		interrupt_take();
	} else {
		trap_handle_other(process, trap);
	}
}

#endif
