#include "abi/limits.h"
#include "core/kernel.h"
#include "core/memory/user_copy.h"
#include "core/syscall/handlers.h"
#include "lib/memory.h"

k_status sys_random(struct process *process, uint64_t *result)
{
	const struct random_arguments in = random_arguments(process);
	struct user_range range;
	k_status status;

	if (in.len > PANTHER_IO_MAX) {
		return K_EINVAL;
	}
	if (user_range_make(in.buf, in.len, &range) != K_OK) {
		return K_EFAULT;
	}
	if (!kernel.random.is_seeded) {
		return K_EAGAIN;
	}
	range = user_range_first(range, PANTHER_RANDOM_CHUNK);
	random_bytes(&kernel.random, kernel.bounce, range.size);
	status = user_copy_out(&process->space, range, kernel.bounce, range.size);
	k_memory_wipe(kernel.bounce, range.size);
	*result = range.size;
	return status;
}
