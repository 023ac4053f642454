#include "abi/limits.h"
#include "core/kernel.h"
#include "core/memory/user_copy.h"
#include "core/syscall/block.h"
#include "core/syscall/handlers.h"

#define FD_STDIN 0

/* Input is consumed when it has arrived, not before: a bad buffer loses none. */
static k_status hand_over(const struct process *process, struct user_range range, size_t count, uint64_t *result)
{
	if (user_copy_out(&process->space, range, kernel.bounce, count) != K_OK) {
		return K_EFAULT;
	}
	input_consume(&kernel.input, count);
	*result = count;
	return K_OK;
}

k_status sys_read(struct process *process, uint64_t *result)
{
	const struct read_arguments in = read_arguments(process);
	struct user_range range;
	size_t count;

	if (in.fd != FD_STDIN) {
		return K_EBADF;
	}
	if (in.len > PANTHER_IO_MAX) {
		return K_EINVAL;
	}
	if (user_range_make(in.buf, in.len, &range) != K_OK) {
		return K_EFAULT;
	}
	range = user_range_first(range, PANTHER_READ_CHUNK);
	count = input_peek(&kernel.input, kernel.bounce, range.size);
	if (count == 0 && range.size != 0) {
		return syscall_block(process, PROCESS_READING, result);
	}
	return hand_over(process, range, count, result);
}
