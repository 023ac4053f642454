/*
 * What a program signs is not what the kernel signs, whichever of the five keys the program takes. The first program is
 * one that signs x0 to x4, each with another key, with the modifier in x5, makes a call, and begins again
 * (tests/attack/self_rows.py has it). The kernel has one key of its own, IA, and signs with no other (lint.image): so
 * the program's five signatures are each compared with that one.
 *
 * SAFETY: the row of the matrix is for CPUs with FEAT_PAuth only; what is asked of the CPU is to calculate with
 * registers. Audited: 2026-11-23
 */
#include "abi/limits.h"
#include "core/kernel.h"
#include "hal/interrupt.h"
#include "hal/user.h"
#include "lib/format.h"
#include "tests/self_attack/bugs.h"

#define KEYS 5 /* in the order of the program's registers */
#define GOLDEN_RATIO 0x9e3779b97f4a7c15

/*
 * The signature in an address of the lower half, of 39 bits without tags: bits [63:56] and [54:39] (Arm ARM D8.8.1).
 * PACGA calculates the same of the same address, and keeps bits [63:32]: with the same key these bits would be the
 * same.
 */
#define SIGNATURE 0xff7fff8000000000

/*
 * Of 24 bits two are the same, or all are 0, by chance once in 2^24: so one of sixteen may be, with each key. That two
 * are has a chance of 120 / 2^48, less than 10^-12.
 */
#define PAIRS 16
#define CHANCES 1

#define SIGN(instruction, pointer, modifier)                                           \
	__extension__({                                                                \
		uint64_t sign_value = (pointer);                                       \
		__asm__ volatile(".arch_extension pauth\n\t" instruction " %0, %1\n\t" \
				 ".arch_extension nopauth"                             \
				 : "+r"(sign_value)                                    \
				 : "r"(modifier));                                     \
		sign_value & SIGNATURE;                                                \
	})

static const char *const kbug_key_names[KEYS] = {"IA", "IB", "DA", "DB", "GA"};

static uint64_t kbug_sign_pointer(uint64_t pair)
{
	return PANTHER_USER_BOTTOM + pair * PANTHER_PAGE_SIZE;
}

static uint64_t kbug_sign_modifier(uint64_t pair)
{
	return (pair + 1) * GOLDEN_RATIO;
}

/* The kernel's own signature. */
static uint64_t kbug_kernel_signs(uint64_t pair)
{
	return SIGN("pacia", kbug_sign_pointer(pair), kbug_sign_modifier(pair));
}

static void kbug_program_signs(uint64_t pair, uint64_t signatures[KEYS])
{
	uint64_t call = kbug_enter_program();
	struct hal_context *context = &kernel.scheduler.current->context;

	for (size_t key = 0; key < KEYS; key++) {
		context->x[key] = kbug_sign_pointer(pair);
	}
	context->x[KEYS] = kbug_sign_modifier(pair);
	hal_timer_set(UINT64_MAX);
	kbug_enter_again();
	if (context->pc != call) {
		kbug_missed("the program has not signed");
	}
	for (size_t key = 0; key < KEYS; key++) {
		signatures[key] = context->x[key] & SIGNATURE;
	}
}

/* At both levels the same is signed in the same way twice; and with a key that is the same at both, as IB, in one way.
 */
static void kbug_expect_constant(uint64_t pair)
{
	uint64_t kernels = kbug_kernel_signs(pair);
	uint64_t first[KEYS], second[KEYS];

	kbug_program_signs(pair, first);
	kbug_program_signs(pair, second);
	for (size_t key = 0; key < KEYS; key++) {
		if (first[key] != second[key]) {
			kbug_missed("key %s changes", kbug_key_names[key]);
		}
	}
	if (kbug_kernel_signs(pair) != kernels) {
		kbug_missed("the kernel's key changes");
	}
	if (SIGN("pacib", kbug_sign_pointer(pair), kbug_sign_modifier(pair)) != first[1]) {
		kbug_missed("the levels differ in more than the key");
	}
}

/* How many of the program's signatures with a key are the kernel's, and how many are none. */
struct kbug_matches {
	unsigned kernels;
	unsigned empty;
};

static void kbug_count_matches(uint64_t pair, struct kbug_matches matches[KEYS])
{
	uint64_t kernels = kbug_kernel_signs(pair);
	uint64_t signatures[KEYS];

	kbug_program_signs(pair, signatures);
	for (size_t key = 0; key < KEYS; key++) {
		matches[key].kernels += signatures[key] == kernels;
		matches[key].empty += signatures[key] == 0;
	}
}

static void kbug_signatures(bool wrong)
{
	struct kbug_matches matches[KEYS] = {0};
	unsigned empty = 0;

	for (uint64_t pair = 0; pair < PAIRS; pair++) {
		kbug_expect_constant(pair);
		empty += kbug_kernel_signs(pair) == 0;
		kbug_count_matches(pair, matches);
	}
	if (empty > CHANCES) {
		kbug_missed("the kernel's key signs nothing");
	}
	for (size_t key = 0; key < KEYS; key++) {
		if (matches[key].empty > CHANCES) {
			kbug_missed("key %s signs nothing", kbug_key_names[key]);
		}
		if (wrong && matches[key].kernels > CHANCES) {
			kbug_missed("with %s the program signs as the kernel does", kbug_key_names[key]);
		}
	}
}

static const struct bug list[] = {
	{"signatures", kbug_signatures, "none is the kernel's"},
};

const struct bugs kbug_keys = {list, K_ARRAY_SIZE(list)};
