/*
 * The calls about who the caller is and what it may do: getpid and restrict.
 */
#include "core/syscall/dispatch.h"
#include "core/syscall/handlers.h"

k_status sys_getpid(struct process *process, uint64_t *result)
{
	*result = process->pid;
	return K_OK;
}

k_status sys_restrict(struct process *process, uint64_t *result)
{
	const struct restrict_arguments in = restrict_arguments(process);

	if ((in.calls & ~SYSCALLS_ALL) != 0) {
		return K_EINVAL;
	}
	process->calls &= in.calls | SYSCALLS_ALWAYS;
	*result = 0;
	return K_OK;
}
