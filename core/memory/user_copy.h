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

/*
 * Copies the NUL-terminated string at `address` into buffer[capacity] (capacity > 0) and hands out its length, NUL not
 * counted. Reads ahead of the NUL only as far as the address's next multiple of 64, so never on another page; each
 * byte once. K_EFAULT if a byte up to the NUL, or up to `capacity`, is no user address or cannot be read;
 * K_ENAMETOOLONG if there is no NUL in the first `capacity` bytes. On failure the buffer is zeros.
 */
K_MUST_USE k_status user_copy_string(const struct address_space *space, char *buffer, size_t capacity, uint64_t address,
				     size_t *length);

#endif
