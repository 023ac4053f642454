/*
 * A function whose return address is overwritten in its frame, compiled four
 * times: with the shadow call stack, with signed return addresses, with both
 * and with neither. The names differ by KBUG_FORM.
 *
 * SAFETY: nothing here is meant to be safe; flow_bugs.c says what must stop it.
 * Audited: 2026-11-22
 */
#include "tests/self_attack/return_address.h"
#include "tests/self_attack/access.h"
#include "tests/self_attack/bugs.h"

#define JOINED(name, form) name##form
#define NAME(name, form) JOINED(name, form)

/* APIAKeyLo_EL1: what was signed before is no longer right. */
K_ALWAYS_INLINE void kbug_change_key(void)
{
	uint64_t key;

	__asm__ volatile("mrs %0, s3_0_c2_c1_0" : "=r"(key));
	__asm__ volatile("msr s3_0_c2_c1_0, %0\n\tisb" : : "r"(~key) : "memory");
}

K_NOINLINE void NAME(kbug_return_, KBUG_FORM)(void (*to)(void), bool other_key)
{
	/* The frame record: x29, then the return address. */
	uint64_t place = (uintptr_t)__builtin_frame_address(0) + 8;

	kbug_nothing(); /* so that the return address is in the frame at all */
	if (to != NULL) {
		kbug_store(place, (uintptr_t)to);
	}
	if (other_key) {
		kbug_change_key();
	}
}
