/*
 * What functions that handle secrets leave in the registers that a caller may lose, x0 to x17.
 *
 * SAFETY: each function is called with what it takes. Audited: 2026-11-23
 */
#include "core/kernel.h"
#include "core/random/chacha20.h"
#include "hal/user.h"
#include "lib/memory.h"
#include "tests/self_attack/bugs.h"
#include "tests/self_attack/leftover.h"

#define REGISTERS 18 /* x0 to x17: AAPCS64 section 6.1.1 */
#define ARGUMENTS 4

struct call {
	const char *name;
	uint64_t function;
	uint64_t arguments[ARGUMENTS];
	bool has_result; /* in x0 */
};

/* All registers but for arguments are 0 before: what is there afterwards is the function's. */
K_NOINLINE static void kbug_call_noting(const struct call *call, uint64_t left[REGISTERS])
{
	register uint64_t function __asm__("x19") = call->function;
	register const uint64_t *arguments __asm__("x20") = call->arguments;
	register uint64_t *note __asm__("x21") = left;

	__asm__ volatile("	ldp	x0, x1, [x20]\n"
			 "	ldp	x2, x3, [x20, #16]\n"
			 "	.irp	number, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17\n"
			 "	mov	x\\number, #0\n"
			 "	.endr\n"
			 "	blr	x19\n"
			 "	stp	x0, x1, [x21]\n"
			 "	stp	x2, x3, [x21, #16]\n"
			 "	stp	x4, x5, [x21, #32]\n"
			 "	stp	x6, x7, [x21, #48]\n"
			 "	stp	x8, x9, [x21, #64]\n"
			 "	stp	x10, x11, [x21, #80]\n"
			 "	stp	x12, x13, [x21, #96]\n"
			 "	stp	x14, x15, [x21, #112]\n"
			 "	stp	x16, x17, [x21, #128]\n"
			 :
			 : "r"(function), "r"(arguments), "r"(note)
			 : "x0", "x1", "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13",
			   "x14", "x15", "x16", "x17", "x30", "memory", "cc");
}

static void kbug_expect_cleared(const struct call *call)
{
	uint64_t left[REGISTERS] = {0};

	kbug_call_noting(call, left);
	for (unsigned i = call->has_result ? 1 : 0; i < REGISTERS; i++) {
		if (left[i] != 0) {
			kbug_missed("%s leaves 0x%lx in x%u", call->name, left[i], i);
		}
	}
}

#define FUNCTION(function) #function, (uintptr_t)(function)
#define OBJECT(pointer) ((uintptr_t)(pointer))

/* The generator's key, its output, and a copy. What any function leaves with a canary has been compared with it. */
static void kbug_expect_generator_cleared(void)
{
	static uint64_t words[8];
	struct random *random = &kernel.random;
	const struct call calls[] = {
		{FUNCTION(random_bytes), {OBJECT(random), OBJECT(words), sizeof(words)}, false},
		{FUNCTION(random_stir), {OBJECT(random), OBJECT(words), sizeof(words)}, false},
		{FUNCTION(random_below), {OBJECT(random), 1}, true},
		{FUNCTION(chacha20_block), {OBJECT(words), OBJECT(random->key), 0, OBJECT(words)}, false},
		{FUNCTION((k_memcpy)), {OBJECT(words), OBJECT(random->key), sizeof(random->key)}, true},
		{FUNCTION(k_memory_wipe), {OBJECT(words), sizeof(words)}, false},
	};

	for (size_t i = 0; i < K_ARRAY_SIZE(calls); i++) {
		kbug_expect_cleared(&calls[i]);
	}
}

/* A program's keys, on a CPU that has them. */
static void kbug_expect_keys_cleared(void)
{
	(void)kbug_enter_program();
	if (kernel_facts.registers.has_pac) {
		const struct hal_keys *keys = &kernel.scheduler.current->more->keys;

		kbug_expect_cleared(&(struct call){FUNCTION(hal_keys_load), {OBJECT(keys)}, false});
	}
}

static void kbug_registers_cleared(bool wrong)
{
	static const uint64_t words[4] = {2, 3, 5, 7};

	kbug_expect_cleared(&(struct call){FUNCTION(kbug_fold_cleared), {OBJECT(words)}, true});
	if (wrong) {
		kbug_expect_generator_cleared();
		kbug_expect_keys_cleared();
	}
}

/* The same function without the flag: what it was given is found, or what all four words have in common. */
static void kbug_registers_kept(bool wrong)
{
	static const uint64_t secret[4] = {0x5ec0de1, 0x5ec0de2, 0x5ec0de3, 0x5ec0de4};

	kbug_expect_cleared(&(struct call){FUNCTION(kbug_fold_cleared), {OBJECT(secret)}, true});
	if (wrong) {
		kbug_expect_cleared(&(struct call){FUNCTION(kbug_fold_kept), {OBJECT(secret)}, true});
	}
}

static const struct bug list[] = {
	{"registers-cleared", kbug_registers_cleared, "every register is 0"},
	{"registers-kept", kbug_registers_kept, NULL},
};

const struct bugs kbug_clearing = {list, K_ARRAY_SIZE(list)};
