/*
 * Accesses of which the compiler knows nothing, so that it neither checks nor moves them.
 *
 * SAFETY: nothing here is meant to be safe; who calls it says what must stop it.
 * Audited: 2026-11-22
 */
#ifndef TESTS_SELF_ATTACK_ACCESS_H
#define TESTS_SELF_ATTACK_ACCESS_H

#include <stdint.h>

#include "tests/self_attack/bugs.h"

K_ALWAYS_INLINE void kbug_store(uint64_t address, uint64_t value)
{
	__asm__ volatile("str %0, [%1]" : : "r"(value), "r"(kbug_hidden(address)) : "memory");
}

K_ALWAYS_INLINE uint64_t kbug_load(uint64_t address)
{
	uint64_t value;

	__asm__ volatile("ldr %0, [%1]" : "=r"(value) : "r"(kbug_hidden(address)) : "memory");
	return value;
}

K_ALWAYS_INLINE void kbug_call(uint64_t address)
{
	__asm__ volatile("blr %0" : : "r"(kbug_hidden(address)) : "x30", "memory");
}

#endif
