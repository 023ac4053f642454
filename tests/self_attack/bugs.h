/*
 * The bugs of the test image (bugs.c says how one is chosen), by subject.
 *
 * SAFETY: nothing here is meant to be safe; each function says what must stop it.
 * Audited: 2026-11-22
 */
#ifndef TESTS_SELF_ATTACK_BUGS_H
#define TESTS_SELF_ATTACK_BUGS_H

#include <stddef.h>
#include <stdint.h>

#include "lib/compiler.h"

struct bug {
	const char *name;
	void (*commit)(void);
};

struct bugs {
	const struct bug *list;
	size_t count;
};

extern const struct bugs memory_bugs;	/* memory_bugs.c */
extern const struct bugs register_bugs; /* register_bugs.c */

/* Values that the compiler must not see through, so that the bug happens at run time. */
K_ALWAYS_INLINE uint64_t kbug_hidden(uint64_t value)
{
	__asm__ volatile("" : "+r"(value));
	return value;
}

K_ALWAYS_INLINE void kbug_store(uint64_t address)
{
	__asm__ volatile("str xzr, [%0]" : : "r"(kbug_hidden(address)) : "memory");
}

K_ALWAYS_INLINE void kbug_load(uint64_t address)
{
	uint64_t value;

	__asm__ volatile("ldr %0, [%1]" : "=r"(value) : "r"(kbug_hidden(address)) : "memory");
}

K_ALWAYS_INLINE void kbug_call(uint64_t address)
{
	__asm__ volatile("blr %0" : : "r"(kbug_hidden(address)) : "x30", "memory");
}

/* One step of the program, so that its space is live as it is in any call. Returns an address in its code. */
uint64_t kbug_enter_program(void);

#endif
