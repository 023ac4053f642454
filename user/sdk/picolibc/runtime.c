/*
 * What the library's code asks of a compiler's run-time library (libgcc), for
 * machines that have none. Names and meanings are libgcc's.
 */
#include <stdint.h>

typedef unsigned __int128 uint128;

#define HALF 64

uint128 __lshrti3(uint128 value, int shift);
uint128 __ashlti3(uint128 value, int shift);
uint16_t __aarch64_swp2_relax(uint16_t value, uint16_t *at);
uint16_t __aarch64_cas2_acq_rel(uint16_t expected, uint16_t value, uint16_t *at);

static uint128 of_halves(uint64_t high, uint64_t low)
{
	return (uint128)high << HALF | low;
}

/* Written with halves and in whole steps: a shift of the whole would call this function. */
uint128 __lshrti3(uint128 value, int shift)
{
	uint64_t high = (uint64_t)(value >> HALF);
	uint64_t low = (uint64_t)value;

	if (shift == 0) {
		return value;
	}
	if (shift >= HALF) {
		return of_halves(0, high >> (shift - HALF));
	}
	return of_halves(high >> shift, low >> shift | high << (HALF - shift));
}

uint128 __ashlti3(uint128 value, int shift)
{
	uint64_t high = (uint64_t)(value >> HALF);
	uint64_t low = (uint64_t)value;

	if (shift == 0) {
		return value;
	}
	if (shift >= HALF) {
		return of_halves(low << (shift - HALF), 0);
	}
	return of_halves(high << shift | low >> (HALF - shift), low << shift);
}

uint16_t __aarch64_swp2_relax(uint16_t value, uint16_t *at)
{
	return __atomic_exchange_n(at, value, __ATOMIC_RELAXED);
}

uint16_t __aarch64_cas2_acq_rel(uint16_t expected, uint16_t value, uint16_t *at)
{
	(void)__atomic_compare_exchange_n(at, &expected, value, 0, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
	return expected;
}
