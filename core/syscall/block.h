/*
 * Calls that wait. A call that cannot be answered yet leaves its arguments in
 * the registers and takes the process out of the ring; whoever brings what it
 * waits for puts it back, and the call is made again.
 */
#ifndef CORE_SYSCALL_BLOCK_H
#define CORE_SYSCALL_BLOCK_H

#include <stdint.h>

#include "core/kernel.h"
#include "core/process/process.h"
#include "lib/compiler.h"
#include "lib/status.h"

/* To be returned by a handler: x0 stays as the program gave it. */
K_MUST_USE K_ALWAYS_INLINE k_status syscall_block(struct process *process, enum process_state state, uint64_t *result)
{
	scheduler_block(&kernel.scheduler, process, state);
	*result = process->context.x[0];
	return K_OK;
}

#endif
