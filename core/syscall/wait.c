/*
 * The calls about children that exist: wait and kill.
 */
#include "core/kernel.h"
#include "core/memory/user_copy.h"
#include "core/process/lifecycle.h"
#include "core/syscall/block.h"
#include "core/syscall/handlers.h"

#define FLAGS_ALL PANTHER_WAIT_NO_BLOCK

/* Hands out the child to tell about, or NULL if none has ended yet. */
static k_status find_ended(const struct process *process, uint64_t pid, struct process **ended)
{
	struct process *child;

	if (pid == 0) {
		*ended = lifecycle_ended_child(process);
		return process->children == 0 ? K_ECHILD : K_OK;
	}
	child = lifecycle_child(process, pid);
	if (child == NULL) {
		return K_ESRCH;
	}
	*ended = child->state == PROCESS_ENDED ? child : NULL;
	return K_OK;
}

/* The child is gone only when its parent knows. */
static k_status tell(const struct process *process, struct user_range range, struct process *child, uint64_t *result)
{
	if (user_copy_out(&process->space, range, &child->end, sizeof(child->end)) != K_OK) {
		return K_EFAULT;
	}
	*result = child->pid;
	lifecycle_reap(child);
	return K_OK;
}

static k_status wait_for(struct process *process, const struct wait_arguments *in, struct user_range range,
			 uint64_t *result)
{
	struct process *ended = NULL;
	k_status status = find_ended(process, in->pid, &ended);

	if (status == K_OK && ended != NULL) {
		return tell(process, range, ended, result);
	}
	if (status == K_OK && (in->flags & PANTHER_WAIT_NO_BLOCK) != 0) {
		return K_EAGAIN;
	}
	return status == K_OK ? syscall_block(process, PROCESS_WAITING, result) : status;
}

k_status sys_wait(struct process *process, uint64_t *result)
{
	const struct wait_arguments in = wait_arguments(process);
	struct user_range range;
	k_status status;

	if ((in.flags & ~(uint64_t)FLAGS_ALL) != 0) {
		return K_EINVAL;
	}
	if (user_range_make(in.exit, sizeof(struct panther_exit), &range) != K_OK) {
		return K_EFAULT;
	}
	status = wait_for(process, &in, range, result);
	if (process->state == PROCESS_RUNNING) {
		lifecycle_forget_adopted(process);
	}
	return status;
}

k_status sys_kill(struct process *process, uint64_t *result)
{
	const struct kill_arguments in = kill_arguments(process);
	struct process *child = lifecycle_child(process, in.pid);

	if (child == NULL) {
		return K_ESRCH;
	}
	lifecycle_end(child, (struct panther_exit){PANTHER_ENDED_KILLED, 0});
	*result = 0;
	return K_OK;
}
