/*
 * From a number in x8 to a function, through the one table.
 */
#ifndef CORE_SYSCALL_DISPATCH_H
#define CORE_SYSCALL_DISPATCH_H

#include <stdint.h>

#include "abi/process.h"
#include "abi/syscalls.h"
#include "core/process/process.h"
#include "core/syscall/handlers.h"
#include "lib/compiler.h"
#include "lib/status.h"

/* One handler a call, by number, without holes: [0, syscall_count). */
#define SYSCALL(number, name, since, summary, arguments, errors, result) +1
enum {
	syscall_count = 0
#include "abi/syscalls.def"
};
#undef SYSCALL

_Static_assert(syscall_count < 64, "a set of calls is a word");

/* All calls, as a set, and those that cannot be given up. */
#define SYSCALLS_ALL (PANTHER_CALL_BIT(syscall_count) - 1)
#define SYSCALLS_ALWAYS PANTHER_CALL_BIT(SYS_exit)

extern syscall_handler *const syscall_handlers[syscall_count];

/* Gives a call's outcome to the program: its result, or a negated error number. */
K_ALWAYS_INLINE void syscall_answer(struct process *process, k_status status, uint64_t result)
{
	process->context.x[0] = status == K_OK ? result : (uint64_t)-(int64_t)status;
}

/*
 * Answers the call that `process` made with `svc #0`: number in x8, arguments in x0 upward. Writes x0 and no other
 * register. -ENOSYS unless the number, all 64 bits of it, is in the table; -EPERM if the process has given the call up.
 */
K_ALWAYS_INLINE void syscall_dispatch(struct process *process)
{
	uint64_t number = process->context.x[8];
	uint64_t result = 0;
	k_status status = K_ENOSYS;

	if (K_LIKELY(number < syscall_count)) {
		status = K_EPERM;
		if (K_LIKELY((process->calls >> number & 1) != 0)) {
			status = syscall_handlers[number](process, &result);
		}
	}
	syscall_answer(process, status, result);
}

#endif
