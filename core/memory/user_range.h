/*
 * A checked range of user addresses. An address that a program passes is an
 * allegation; this is its one constructor, and only the user copies take the result.
 */
#ifndef CORE_MEMORY_USER_RANGE_H
#define CORE_MEMORY_USER_RANGE_H

#include <stdint.h>

#include "abi/limits.h"
#include "lib/compiler.h"
#include "lib/status.h"

/* [start, start + size) lies wholly below PANTHER_USER_TOP, and does not wrap. Says nothing about what is mapped. */
struct user_range {
	uint64_t start;
	uint64_t size;
};

/*
 * K_EFAULT unless size <= PANTHER_USER_TOP and address <= PANTHER_USER_TOP - size: full 64-bit comparisons, so that
 * tags, sign bits and wraps all fail. A range of size 0 is held to the same rule.
 */
K_MUST_USE K_ALWAYS_INLINE k_status user_range_make(uint64_t address, uint64_t size, struct user_range *range)
{
	if (size > PANTHER_USER_TOP || address > PANTHER_USER_TOP - size) {
		return K_EFAULT;
	}
	*range = (struct user_range){address, size};
	return K_OK;
}

/* The first `size` bytes of a range, or all of it if it is shorter. */
K_ALWAYS_INLINE struct user_range user_range_first(struct user_range range, uint64_t size)
{
	return (struct user_range){range.start, range.size < size ? range.size : size};
}

#endif
