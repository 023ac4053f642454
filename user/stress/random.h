/*
 * Numbers that look random and can be had again from the same seed (xorshift64*,
 * Vigna 2016).
 */
#ifndef USER_STRESS_RANDOM_H
#define USER_STRESS_RANDOM_H

#include <stdint.h>

/* A number from 0 to bound - 1. The state must not be 0. */
static inline uint64_t random_below(uint64_t *state, uint64_t bound)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return (uint64_t)((unsigned __int128)(*state * 0x2545f4914f6cdd1d) * bound >> 64);
}

#endif
