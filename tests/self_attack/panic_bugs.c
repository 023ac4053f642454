/*
 * The report itself: a panic, and panics within panics.
 *
 * SAFETY: nothing here is meant to be safe; each function says what must stop it.
 * Audited: 2026-11-22
 */
#include "abi/limits.h"
#include "core/kernel.h"
#include "core/log/panic.h"
#include "lib/format.h"
#include "tests/self_attack/bugs.h"

#define TEXT "asked for by %s"

static void kbug_explicit(bool wrong)
{
	if (wrong) {
		panic("explicit", TEXT, "kbug");
	}
}

static void kbug_trap(bool wrong)
{
	if (kbug_hidden(wrong) != 0) {
		__builtin_trap();
	}
}

/* The text of the panic cannot be read: a fault inside the panic, before its first line. */
static void kbug_nested(bool wrong)
{
	char line[LOG_LINE_MAX];

	if (wrong) {
		panic("first", TEXT, (const char *)kbug_pointer(PANTHER_USER_BOTTOM));
	}
	(void)k_format(line, sizeof(line), TEXT, "kbug");
}

/* A panic finds the kernel in the middle of another one's report. */
static void kbug_panic_in_panic(bool wrong)
{
	kernel.panicking = wrong;
	if (wrong) {
		panic("second", TEXT, "kbug");
	}
}

/* The handler of faults needs no register of those that the fault came with: not the stack, nor the shadow call stack,
 * nor what TPIDR_EL1 points to, where the canary is. */
static void kbug_lost_stack(bool wrong)
{
	__asm__ volatile("	cbz	%0, 1f\n"
			 "	mov	x9, xzr\n"
			 "	mov	sp, x9\n"
			 "	brk	#1\n"
			 "1:\n"
			 :
			 : "r"((uint64_t)wrong)
			 : "x9", "memory");
}

static void kbug_lost_shadow_stack(bool wrong)
{
	__asm__ volatile("	cbz	%0, 1f\n"
			 "	mov	x18, xzr\n"
			 "	brk	#1\n"
			 "1:\n"
			 :
			 : "r"((uint64_t)wrong)
			 : "memory");
}

static void kbug_lost_canary(bool wrong)
{
	__asm__ volatile("	cbz	%0, 1f\n"
			 "	msr	tpidr_el1, xzr\n"
			 "	brk	#1\n"
			 "1:\n"
			 :
			 : "r"((uint64_t)wrong)
			 : "memory");
}

static const struct bug list[] = {
	{"explicit", kbug_explicit, NULL},	 {"trap", kbug_trap, NULL},
	{"nested", kbug_nested, NULL},		 {"panic-in-panic", kbug_panic_in_panic, NULL},
	{"lost-stack", kbug_lost_stack, NULL},	 {"lost-shadow-stack", kbug_lost_shadow_stack, NULL},
	{"lost-canary", kbug_lost_canary, NULL},
};

const struct bugs kbug_panics = {list, K_ARRAY_SIZE(list)};
