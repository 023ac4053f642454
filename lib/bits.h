/*
 * Bit fields and alignment. Alignments are powers of two.
 */
#ifndef LIB_BITS_H
#define LIB_BITS_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/compiler.h"

#define K_BIT(position) ((uint64_t)1 << (position))

/* Bits [high:low] of a value, as the Arm ARM writes them. */
K_ALWAYS_INLINE uint64_t bits_get(uint64_t value, unsigned high, unsigned low)
{
	return (value >> low) & (~(uint64_t)0 >> (63 - (high - low)));
}

K_ALWAYS_INLINE uint64_t align_down(uint64_t value, uint64_t alignment)
{
	return value & ~(alignment - 1);
}

K_ALWAYS_INLINE bool is_aligned(uint64_t value, uint64_t alignment)
{
	return (value & (alignment - 1)) == 0;
}

/* Position of the lowest and of the highest bit set; `value` is not 0. */
K_ALWAYS_INLINE unsigned bits_lowest(uint64_t value)
{
	return (unsigned)__builtin_ctzll(value);
}

K_ALWAYS_INLINE unsigned bits_highest(uint64_t value)
{
	return 63 - (unsigned)__builtin_clzll(value);
}

#endif
