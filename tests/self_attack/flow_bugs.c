/*
 * Calls, returns and branches that go where they must not, and what a function leaves behind for the next one.
 *
 * SAFETY: nothing here is meant to be safe; each function says what must stop it.
 * Audited: 2026-11-22
 */
#include "core/log/panic.h"
#include "tests/self_attack/bugs.h"
#include "tests/self_attack/return_address.h"

typedef void other_type(int);

static void kbug_other(int value)
{
	(void)kbug_hidden((uint64_t)value);
}

/* A function of another type than the pointer says. */
static void kbug_kcfi(bool wrong)
{
	other_type *function =
		(other_type *)kbug_hidden((uintptr_t)(wrong ? (uintptr_t)kbug_nothing : (uintptr_t)kbug_other));

	function(1);
}

/* Where overwritten return addresses lead, if nothing prevents it. */
static void kbug_redirected(void)
{
	panic("redirected", "the return address was used as it was overwritten");
}

static void kbug_overwrite(kbug_returner *returner, bool wrong)
{
	returner(wrong ? kbug_redirected : NULL, false);
}

static void kbug_overwrite_scs(bool wrong)
{
	kbug_overwrite(kbug_return_scs, wrong);
}

static void kbug_overwrite_pac(bool wrong)
{
	kbug_overwrite(kbug_return_pac, wrong);
}

static void kbug_overwrite_both(bool wrong)
{
	kbug_overwrite(kbug_return_both, wrong);
}

static void kbug_overwrite_none(bool wrong)
{
	kbug_overwrite(kbug_return_none, wrong);
}

/* The address stays, and the key changes between signing and checking. */
static void kbug_change_pac_key(bool wrong)
{
	kbug_return_pac(NULL, wrong);
}

/* A branch to the instruction behind a landing pad (BTI J, HINT 36). */
static void kbug_branch_target(bool wrong)
{
	__asm__ volatile("	adr	x9, 1f\n"
			 "	add	x9, x9, %0, lsl #2\n"
			 "	br	x9\n"
			 "1:	hint	#36\n"
			 "	nop\n"
			 :
			 : "r"((uint64_t)wrong)
			 : "x9", "memory");
}

/* The same for a call (BTI C, HINT 34). */
static void kbug_call_target(bool wrong)
{
	__asm__ volatile("	adr	x9, 1f\n"
			 "	add	x9, x9, %0, lsl #2\n"
			 "	blr	x9\n"
			 "1:	hint	#34\n"
			 "	nop\n"
			 :
			 : "r"((uint64_t)wrong)
			 : "x9", "x30", "memory");
}

#define WORDS 32

K_NOINLINE static void kbug_dirty_stack(void)
{
	uint64_t words[WORDS];

	for (unsigned i = 0; i < WORDS; i++) {
		words[i] = kbug_hidden(UINT64_MAX);
	}
	__asm__ volatile("" : : "r"(words) : "memory");
}

/* The sum of what is in the frame. */
K_NOINLINE static uint64_t kbug_read_stack(bool wrong)
{
	uint64_t words[WORDS];
	uint64_t sum = 0;

	for (unsigned i = 0; !wrong && i < WORDS; i++) {
		words[i] = 0;
	}
	__asm__ volatile("" : : "r"(words) : "memory");
	for (unsigned i = 0; i < WORDS; i++) {
		sum |= words[i];
	}
	return sum;
}

/* A local that nobody has set, where another function had its own. */
static void kbug_uninitialised(bool wrong)
{
	uint64_t sum;

	kbug_dirty_stack();
	sum = kbug_read_stack(wrong);
	if (sum != 0) {
		kbug_missed("there was 0x%lx on the stack", sum);
	}
}

/* Needs registers beyond those of its arguments and its result, none of which has to be kept. */
K_NOINLINE static uint64_t kbug_use_registers(void)
{
	uint64_t first = kbug_hidden(UINT64_MAX);
	uint64_t second = kbug_hidden(UINT64_MAX);
	uint64_t third = kbug_hidden(UINT64_MAX);
	uint64_t fourth = kbug_hidden(UINT64_MAX);

	__asm__ volatile("" : "+r"(first), "+r"(second), "+r"(third), "+r"(fourth));
	return first & second & third & fourth;
}

/* What it leaves in x8 to x15. */
static void kbug_leftovers(bool wrong)
{
	uint64_t left;

	if (!wrong) {
		return;
	}
	(void)kbug_use_registers();
	__asm__ volatile("	orr	%0, x8, x9\n"
			 "	orr	%0, %0, x10\n"
			 "	orr	%0, %0, x11\n"
			 "	orr	%0, %0, x12\n"
			 "	orr	%0, %0, x13\n"
			 "	orr	%0, %0, x14\n"
			 "	orr	%0, %0, x15\n"
			 : "=&r"(left)
			 :
			 : "x8", "x9", "x10", "x11", "x12", "x13", "x14", "x15");
	if (left != 0) {
		kbug_missed("there was 0x%lx in the registers", left);
	}
}

static const struct bug list[] = {
	{"kcfi", kbug_kcfi, NULL},
	{"return-scs", kbug_overwrite_scs, "flow unchanged"},
	{"return-pac", kbug_overwrite_pac, NULL},
	{"return-both", kbug_overwrite_both, "flow unchanged"},
	{"return-none", kbug_overwrite_none, NULL},
	{"pac-key", kbug_change_pac_key, NULL},
	{"branch-target", kbug_branch_target, NULL},
	{"call-target", kbug_call_target, NULL},
	{"uninitialised", kbug_uninitialised, "every byte is 0"},
	{"leftovers", kbug_leftovers, "every register is 0"},
};

const struct bugs kbug_flow = {list, K_ARRAY_SIZE(list)};
