/*
 * Writes beyond an object where no index is checked: members, stack frames, what is copied from and to programs.
 *
 * SAFETY: nothing here is meant to be safe; each function says what must stop it.
 * Audited: 2026-11-22
 */
#include "abi/limits.h"
#include "core/kernel.h"
#include "core/memory/user_copy.h"
#include "lib/memory.h"
#include "lib/string.h"
#include "tests/self_attack/bugs.h"

/* Beyond an array, by as much as reaches the canary and not the caller's frame. The parentheses: not the macro. */
K_NOINLINE static uint8_t kbug_fill_array(uint64_t size)
{
	uint8_t buffer[16];

	(k_memset)(buffer, 0x55, size);
	return buffer[kbug_hidden(3)];
}

static void kbug_canary(bool wrong)
{
	(void)kbug_fill_array(kbug_hidden(wrong ? 48 : 16));
}

/* No array: only -fstack-protector-strong guards a frame because the address of a local is taken. */
K_NOINLINE static uint64_t kbug_fill_local(uint64_t size)
{
	uint64_t local;

	(k_memset)(&local, 0x55, size);
	return local;
}

static void kbug_canary_strong(bool wrong)
{
	(void)kbug_fill_local(kbug_hidden(wrong ? 32 : 8));
}

struct pair {
	uint8_t first[8];
	uint8_t second[8];
};

/* Of each the room is known: a whole object, a member, and where a string goes. */
static void kbug_fortify_object(bool wrong)
{
	static struct pair pair;

	k_memset(&pair, 0, kbug_hidden(wrong ? sizeof(pair) + 1 : sizeof(pair)));
}

static void kbug_fortify_member(bool wrong)
{
	static struct pair pair;

	k_memcpy(pair.first, kernel.bounce, kbug_hidden(wrong ? sizeof(pair.first) + 1 : sizeof(pair.first)));
}

static void kbug_fortify_read(bool wrong)
{
	static const struct pair pair;

	k_memcpy(kernel.bounce, pair.second, kbug_hidden(wrong ? sizeof(pair.second) + 1 : sizeof(pair.second)));
}

static void kbug_fortify_string(bool wrong)
{
	static struct pair pair;

	(void)k_str_copy((char *)pair.first, kbug_hidden(wrong ? sizeof(pair.first) + 1 : sizeof(pair.first)), "kbug",
			 4);
}

#define SMALL 8

static void kbug_user_copy_in(bool wrong)
{
	struct user_range range = {kbug_enter_program(), kbug_hidden(wrong ? SMALL + 1 : SMALL)};
	uint8_t small[SMALL];

	if (user_copy_in(&kernel.scheduler.current->space, small, sizeof(small), range) != K_OK) {
		kbug_missed("the program's code cannot be read");
	}
}

/* To the program's stack, the one page that is sure to be writable. */
static void kbug_user_copy_out(bool wrong)
{
	struct user_range range = {(kbug_enter_program(), kernel.scheduler.current->context.sp - 16), SMALL};

	if (user_copy_out(&kernel.scheduler.current->space, range, kernel.bounce, wrong ? SMALL + 1 : SMALL) != K_OK) {
		kbug_missed("the program's stack cannot be written");
	}
}

/* Into what the kernel itself may not write. */
static void kbug_user_copy_into(void *target)
{
	struct user_range range = {kbug_enter_program(), SMALL};

	if (user_copy_in(&kernel.scheduler.current->space, target, SMALL, range) != K_OK) {
		kbug_missed("the program's code cannot be read");
	}
}

extern const uint8_t image_start[];

static void kbug_user_copy_text(bool wrong)
{
	kbug_user_copy_into(kbug_pointer(wrong ? (uintptr_t)image_start : (uintptr_t)kernel.bounce));
}

static void kbug_user_copy_sealed(bool wrong)
{
	kbug_user_copy_into(kbug_pointer(wrong ? (uintptr_t)&kernel_facts : (uintptr_t)kernel.bounce));
}

static const struct bug list[] = {
	{"canary", kbug_canary, NULL},
	{"canary-strong", kbug_canary_strong, NULL},
	{"fortify-object", kbug_fortify_object, NULL},
	{"fortify-member", kbug_fortify_member, NULL},
	{"fortify-read", kbug_fortify_read, NULL},
	{"fortify-string", kbug_fortify_string, NULL},
	{"user-copy-in", kbug_user_copy_in, NULL},
	{"user-copy-out", kbug_user_copy_out, NULL},
	{"user-copy-text", kbug_user_copy_text, NULL},
	{"user-copy-sealed", kbug_user_copy_sealed, NULL},
};

const struct bugs kbug_sizes = {list, K_ARRAY_SIZE(list)};
