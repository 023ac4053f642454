/*
 * What a program signs is not what the kernel signs, whichever of the five keys the program takes. The first program is
 * one that signs x0 to x4, each with another key, with the modifier in x5, makes a call, and begins again
 * (tests/attack/self_rows.py has it). The kernel has one key of its own, IA, and signs with no other (lint.image): so
 * the program's five signatures are each compared with that one, and with each other.
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

/* Who signs: the program, with each of its keys, in the order of its registers; and the kernel. */
enum { IA, IB, DA, DB, GA, KEYS, KERNEL = KEYS, SIGNERS };

#define GOLDEN_RATIO 0x9e3779b97f4a7c15

/*
 * The signature in an address of the lower half, of 39 bits without tags: bits [63:56] and [54:39] (Arm ARM D8.8.1).
 * PACGA calculates the same of the same address, and keeps bits [63:32]: with the same key these bits would be the
 * same.
 */
#define SIGNATURE 0xff7fff8000000000

/*
 * Of 24 bits two are the same, or all are 0, by chance once in 2^24: so one of sixteen may be, for each signer. That
 * two are, of 80 comparisons at most, has a chance of 3160 / 2^48: of six signers, less than 10^-10.
 */
#define PAIRS 16
#define CHANCES 1

#define SIGN(instruction, value, modifier)                                                            \
	__asm__ volatile(".arch_extension pauth\n\t" instruction " %0, %1\n\t.arch_extension nopauth" \
			 : "+r"(value)                                                                \
			 : "r"(modifier))

static const char *const kbug_key_names[SIGNERS] = {"IA", "IB", "DA", "DB", "GA", "the kernel's IA"};

static uint64_t kbug_sign_pointer(uint64_t pair)
{
	return PANTHER_USER_BOTTOM + pair * PANTHER_PAGE_SIZE;
}

static uint64_t kbug_sign_modifier(uint64_t pair)
{
	return (pair + 1) * GOLDEN_RATIO;
}

/* With the key that is in the CPU while the kernel runs. */
static uint64_t kbug_sign(size_t key, uint64_t pair)
{
	uint64_t value = kbug_sign_pointer(pair);
	uint64_t modifier = kbug_sign_modifier(pair);

	switch (key) {
	case IA:
		SIGN("pacia", value, modifier);
		break;
	case IB:
		SIGN("pacib", value, modifier);
		break;
	case DA:
		SIGN("pacda", value, modifier);
		break;
	case DB:
		SIGN("pacdb", value, modifier);
		break;
	default:
		SIGN("pacga %0,", value, modifier);
		break;
	}
	return value & SIGNATURE;
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

/*
 * At both levels the same is signed in the same way twice. Of the keys that the kernel does not use the CPU has the
 * program's while the kernel runs: so they show that the levels differ in nothing but the key.
 */
static void kbug_expect_constant(uint64_t pair)
{
	uint64_t first[KEYS], second[KEYS];

	kbug_program_signs(pair, first);
	uint64_t kernels = kbug_sign(IA, pair);

	kbug_program_signs(pair, second);
	if (kbug_sign(IA, pair) != kernels) {
		kbug_missed("the kernel's key changes");
	}
	for (size_t key = 0; key < KEYS; key++) {
		if (first[key] != second[key]) {
			kbug_missed("%s changes", kbug_key_names[key]);
		}
		if (key != IA && first[key] != kbug_sign(key, pair)) {
			kbug_missed("%s signs something else", kbug_key_names[key]);
		}
	}
}

/* How many of somebody's signatures are the same as another signer's, and how many are none. */
struct kbug_matches {
	unsigned alike;
	unsigned empty;
};

static bool kbug_is_among(const uint64_t *signatures, size_t count, uint64_t signature)
{
	for (size_t i = 0; i < count; i++) {
		if (signatures[i] == signature) {
			return true;
		}
	}
	return false;
}

static void kbug_count_matches(uint64_t pair, struct kbug_matches matches[SIGNERS])
{
	uint64_t signatures[SIGNERS];

	kbug_program_signs(pair, signatures);
	signatures[KERNEL] = kbug_sign(IA, pair);
	for (size_t signer = 0; signer < SIGNERS; signer++) {
		matches[signer].alike += kbug_is_among(signatures, signer, signatures[signer]);
		matches[signer].empty += signatures[signer] == 0;
	}
}

static void kbug_signatures(bool wrong)
{
	struct kbug_matches matches[SIGNERS] = {0};

	for (uint64_t pair = 0; pair < PAIRS; pair++) {
		kbug_expect_constant(pair);
		kbug_count_matches(pair, matches);
	}
	for (size_t signer = 0; signer < SIGNERS; signer++) {
		if (matches[signer].empty > CHANCES) {
			kbug_missed("%s signs nothing", kbug_key_names[signer]);
		}
		if (wrong && matches[signer].alike > CHANCES) {
			kbug_missed("%s signs as another key does", kbug_key_names[signer]);
		}
	}
}

static const struct bug list[] = {
	{"signatures", kbug_signatures, "all differ"},
};

const struct bugs kbug_keys = {list, K_ARRAY_SIZE(list)};
