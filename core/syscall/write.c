#include "abi/limits.h"
#include "core/kernel.h"
#include "core/memory/user_copy.h"
#include "core/syscall/handlers.h"
#include "hal/console.h"

#define FD_STDOUT 1
#define FD_STDERR 2

k_status sys_write(struct process *process, uint64_t *result)
{
	const struct write_arguments in = write_arguments(process);
	struct user_range range;

	if (in.fd != FD_STDOUT && in.fd != FD_STDERR) {
		return K_EBADF;
	}
	if (in.len > PANTHER_IO_MAX) {
		return K_EINVAL;
	}
	if (user_range_make(in.buf, in.len, &range) != K_OK) {
		return K_EFAULT;
	}
	range = user_range_first(range, PANTHER_WRITE_CHUNK);
	if (user_copy_in(&process->space, kernel.bounce, sizeof(kernel.bounce), range) != K_OK) {
		return K_EFAULT;
	}
	hal_console_write(kernel.bounce, range.size);
	*result = range.size;
	return K_OK;
}
