/*
 * A kernel with bugs, for tests only: an image of its own, whose loop is this
 * one. It boots as the real kernel does, up to the first program, and then
 * commits the bug that `kbug=NAME` on its command line asks for. The release
 * image contains nothing of this: lint.image looks for `kbug_`, with which the
 * name of every bug starts.
 *
 * SAFETY: nothing here is meant to be safe; each function says what must stop it.
 * Audited: 2026-11-22
 */
#include <stddef.h>
#include <stdint.h>

#include "abi/limits.h"
#include "core/kernel.h"
#include "core/log/panic.h"
#include "core/loop.h"
#include "core/memory/regions.h"
#include "hal/interrupt.h"
#include "lib/memory.h"
#include "lib/string.h"
#include "tests/self_attack/bugs.h"

static void kbug_explicit(void)
{
	panic("explicit", "asked for by %s", "kbug");
}

/* A stack frame that grows without bound must meet the guard page, and the report needs a stack that still works. */
K_NOINLINE static uint64_t kbug_recurse(uint64_t depth)
{
	uint8_t frame[512];

	if (depth == UINT64_MAX) {
		return 0;
	}
	k_memset(frame, (int)(depth & 0xff), sizeof(frame));
	return kbug_recurse(kbug_hidden(depth + 1)) + frame[kbug_hidden(0)];
}

static void kbug_stack(void)
{
	(void)kbug_recurse(0);
}

K_NOINLINE static uint8_t kbug_overflow(uint64_t size)
{
	uint8_t buffer[16];

	k_memset((void *)kbug_hidden((uintptr_t)buffer), 0x55, size); /* lib/fortify.h would see it */
	return buffer[kbug_hidden(3)];
}

static void kbug_canary(void)
{
	(void)kbug_overflow(kbug_hidden(48));
}

static void kbug_bounds(void)
{
	static uint8_t table[4];

	table[kbug_hidden(4)] = 1;
}

static void kbug_add(void)
{
	int largest = (int)kbug_hidden(INT32_MAX);

	(void)kbug_hidden((uint64_t)(largest + (int)kbug_hidden(1)));
}

static void kbug_divide(void)
{
	(void)kbug_hidden((uint64_t)(100 / (int)kbug_hidden(0)));
}

static void kbug_unreachable(void)
{
	if (kbug_hidden(1) == 1) {
		__builtin_unreachable();
	}
}

/* Through a pointer, so that only the size of the local itself is known: no check of an index, but of the object. */
static void kbug_local_bounds(void)
{
	uint8_t local[4] = {0};
	uint8_t *bytes = local;

	bytes[kbug_hidden(4)] = 1;
	(void)kbug_hidden(bytes[kbug_hidden(0)]);
}

/* core/memory/regions.c is one of the files in which no unsigned value may wrap. */
static void kbug_wrap(void)
{
	struct region_set corrupt = {.count = 1, .ranges = {{kbug_hidden(UINT64_MAX), kbug_hidden(2)}}};

	(void)!region_set_add(&corrupt, (struct phys_range){PANTHER_PAGE_SIZE, PANTHER_PAGE_SIZE});
}

static void kbug_shift(void)
{
	(void)kbug_hidden((uint64_t)1 << kbug_hidden(64));
}

typedef void other_type(int);

static void kbug_kcfi(void)
{
	other_type *function = (other_type *)kbug_hidden((uintptr_t)kbug_explicit);

	function(1);
}

static void kbug_brk(void)
{
	__builtin_trap();
}

static void kbug_fp(void)
{
	__asm__ volatile(".inst 0x1e601000"); /* FMOV D0, #2.0 */
}

/* The kernel looks for interrupts and never takes one: with them unmasked the timer's, which is due at once, comes. */
static void kbug_interrupt(void)
{
	hal_timer_set(0);
	__asm__ volatile("msr daifclr, #2\n\tisb\n\twfi\n\tisb" : : : "memory");
}

/* The text of the panic cannot be read: a fault inside the panic. */
static void kbug_nested(void)
{
	panic("first", "%s", (const char *)kbug_hidden(PANTHER_USER_BOTTOM));
}

static const struct bug own_list[] = {
	{"explicit", kbug_explicit},
	{"stack", kbug_stack},
	{"canary", kbug_canary},
	{"bounds", kbug_bounds},
	{"local-bounds", kbug_local_bounds},
	{"add", kbug_add},
	{"wrap", kbug_wrap},
	{"shift", kbug_shift},
	{"divide", kbug_divide},
	{"unreachable", kbug_unreachable},
	{"kcfi", kbug_kcfi},
	{"brk", kbug_brk},
	{"fp", kbug_fp},
	{"interrupt", kbug_interrupt},
	{"nested", kbug_nested},
};

static const struct bugs own_bugs = {own_list, K_ARRAY_SIZE(own_list)};

#define KEY "kbug="

static void kbug_commit(const struct bugs *bugs, const char *name)
{
	for (size_t i = 0; i < bugs->count; i++) {
		size_t length = k_strnlen(bugs->list[i].name, MACHINE_COMMAND_LINE_MAX);

		if (k_str_starts_with(name, bugs->list[i].name) && (name[length] == ' ' || name[length] == '\0')) {
			bugs->list[i].commit();
			panic("missed", "nothing stopped %s", bugs->list[i].name);
		}
	}
}

void loop_run(K_UNUSED struct scheduler *scheduler)
{
	const char *words = kernel_facts.machine.command_line;

	if (!k_str_starts_with(words, KEY)) {
		panic("missed", "the command line does not start with " KEY);
	}
	kbug_commit(&own_bugs, words + sizeof(KEY) - 1);
	kbug_commit(&memory_bugs, words + sizeof(KEY) - 1);
	kbug_commit(&register_bugs, words + sizeof(KEY) - 1);
	panic("missed", "no such bug: %s", words);
}
