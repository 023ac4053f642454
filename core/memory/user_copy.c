#include "core/memory/user_copy.h"

#include "core/log/panic.h"

void user_copy_misused(void)
{
	panic("usercopy", "a user range and the kernel's buffer do not fit");
}

k_status user_copy_out(const struct address_space *space, struct user_range destination, const void *source,
		       size_t size)
{
	if (size > destination.size) {
		user_copy_misused();
	}
	if (!hal_copy_to_user(&space->space, (user_addr){destination.start}, source, size)) {
		return K_EFAULT;
	}
	return K_OK;
}
