/*
 * The only way to the bytes of a program. Copies go to the live space, with the
 * program's own rights, and can fail at any byte.
 */
#ifndef CORE_MEMORY_USER_COPY_H
#define CORE_MEMORY_USER_COPY_H

#include <stddef.h>

#include "core/memory/address_space.h"
#include "core/memory/user_range.h"
#include "hal/user.h"
#include "lib/compiler.h"
#include "lib/memory.h"
#include "lib/status.h"

/* The kernel's own sizes do not fit: panic "usercopy". */
K_NORETURN void user_copy_misused(void);

/* Copies the whole range into `destination`, which holds `capacity` bytes (a smaller one is a kernel bug: panic
 * "usercopy"). K_EFAULT if any byte cannot be read; the destination's content is then zeros. Each byte is read once:
 * judge the copy. */
K_MUST_USE K_ALWAYS_INLINE k_status user_copy_in(const struct address_space *space, void *destination, size_t capacity,
						 struct user_range source)
{
	if (source.size > capacity) {
		user_copy_misused();
	}
	if (!hal_copy_from_user(&space->space, destination, (user_addr){source.start}, source.size)) {
		k_memset(destination, 0, source.size);
		return K_EFAULT;
	}
	return K_OK;
}

/* Copies `size` bytes to the start of the range, which must be at least that long (else panic "usercopy"). K_EFAULT if
 * a byte cannot be written; those below it are then written. */
K_MUST_USE k_status user_copy_out(const struct address_space *space, struct user_range destination, const void *source,
				  size_t size);

#endif
