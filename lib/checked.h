/*
 * Unsigned arithmetic that says when it does not fit. Plain comparisons, which
 * proof checkers understand. On false the result is untouched.
 */
#ifndef LIB_CHECKED_H
#define LIB_CHECKED_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/compiler.h"

K_MUST_USE K_ALWAYS_INLINE bool checked_add(uint64_t left, uint64_t right, uint64_t *sum)
{
	if (right > UINT64_MAX - left) {
		return false;
	}
	*sum = left + right;
	return true;
}

/* Rounds up to a power of two. */
K_MUST_USE K_ALWAYS_INLINE bool checked_align_up(uint64_t value, uint64_t alignment, uint64_t *aligned)
{
	uint64_t sum;

	if (!checked_add(value, alignment - 1, &sum)) {
		return false;
	}
	*aligned = sum & ~(alignment - 1);
	return true;
}

#endif
