/*
 * A function that takes words into registers, compiled twice: as the kernel is, and without the flag that clears
 * registers at its end. The names differ by KBUG_FORM.
 *
 * SAFETY: reads what it is given. Audited: 2026-11-23
 */
#include "tests/self_attack/leftover.h"
#include "tests/self_attack/bugs.h"

#define JOINED(name, form) name##form
#define NAME(name, form) JOINED(name, form)

K_NOINLINE uint64_t NAME(kbug_fold_, KBUG_FORM)(const uint64_t words[4])
{
	uint64_t first = words[0], second = words[1], third = words[2], fourth = words[3];

	/* All four at once, so that each has a register to itself. */
	__asm__ volatile("" : "+r"(first), "+r"(second), "+r"(third), "+r"(fourth));
	return (first & second & third & fourth) == 1;
}
