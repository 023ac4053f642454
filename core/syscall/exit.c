#include "core/process/lifecycle.h"
#include "core/syscall/handlers.h"

k_status sys_exit(struct process *process, uint64_t *result)
{
	const struct exit_arguments in = exit_arguments(process);

	lifecycle_end(process, (struct panther_exit){PANTHER_ENDED_EXIT, (uint32_t)(in.status & 0xff)});
	*result = 0;
	return K_OK;
}
