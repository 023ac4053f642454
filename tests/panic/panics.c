/*
 * A kernel with bugs, for tests only: an image of its own, whose loop is this
 * one. It boots as the real kernel does, up to the first program, and then
 * commits the bug that `kbug=NAME` on its command line asks for. The release
 * image contains nothing of this.
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
#include "core/memory/user_copy.h"
#include "core/syscall/dispatch.h"
#include "hal/layout.h"
#include "hal/user.h"
#include "hal_qemu_virt/image.h"
#include "lib/memory.h"
#include "lib/string.h"

/* Values that the compiler must not see through, so that the bug happens at run time. */
static uint64_t hidden(uint64_t value)
{
	__asm__ volatile("" : "+r"(value));
	return value;
}

static void store(uint64_t address)
{
	__asm__ volatile("str xzr, [%0]" : : "r"(hidden(address)) : "memory");
}

static void load(uint64_t address)
{
	uint64_t value;

	__asm__ volatile("ldr %0, [%1]" : "=r"(value) : "r"(hidden(address)) : "memory");
}

static void call(uint64_t address)
{
	__asm__ volatile("blr %0" : : "r"(hidden(address)) : "x30", "memory");
}

static void bug_explicit(void)
{
	panic("explicit", "asked for by %s", "kbug");
}

static void bug_null(void)
{
	store(8);
}

/* A stack frame that grows without bound must meet the guard page, and the report needs a stack that still works. */
K_NOINLINE static uint64_t recurse(uint64_t depth)
{
	uint8_t frame[512];

	if (depth == UINT64_MAX) {
		return 0;
	}
	k_memset(frame, (int)(depth & 0xff), sizeof(frame));
	return recurse(hidden(depth + 1)) + frame[hidden(0)];
}

static void bug_stack(void)
{
	(void)recurse(0);
}

K_NOINLINE static uint8_t overflow(uint64_t size)
{
	uint8_t buffer[16];

	k_memset(buffer, 0x55, size);
	return buffer[hidden(3)];
}

static void bug_canary(void)
{
	(void)overflow(hidden(48));
}

static void bug_bounds(void)
{
	static uint8_t table[4];

	table[hidden(4)] = 1;
}

static void bug_add(void)
{
	int largest = (int)hidden(INT32_MAX);

	(void)hidden((uint64_t)(largest + (int)hidden(1)));
}

static void bug_shift(void)
{
	(void)hidden((uint64_t)1 << hidden(64));
}

typedef void other_type(int);

static void bug_kcfi(void)
{
	other_type *function = (other_type *)hidden((uintptr_t)bug_null); /* NOLINT(performance-no-int-to-ptr) */

	function(1);
}

static void bug_write_text(void)
{
	store((uintptr_t)image_start);
}

/* The system call table lies among the constants. */
static void bug_write_table(void)
{
	store((uintptr_t)syscall_handlers);
}

static void bug_write_sealed(void)
{
	store((uintptr_t)&kernel_facts);
}

static void bug_execute_data(void)
{
	call((uintptr_t)kernel.bounce);
}

/* One step of the program, so that its space is live as it is in any call. Returns an address in its code. */
K_NOINLINE static uint64_t enter_program(void)
{
	struct process *process = kernel.scheduler.current;
	struct hal_trap trap;

	hal_user_run(&process->context, &process->space.space, &trap);
	return process->context.pc;
}

static void bug_read_user(void)
{
	load(enter_program());
}

static void bug_execute_user(void)
{
	call(enter_program());
}

static void bug_brk(void)
{
	__builtin_trap();
}

static void bug_fp(void)
{
	__asm__ volatile(".inst 0x1e601000"); /* FMOV D0, #2.0 */
}

static void bug_user_copy_size(void)
{
	struct user_range range = {PANTHER_USER_BOTTOM, 16};
	uint8_t small[8];

	if (user_copy_in(&kernel.scheduler.current->space, small, sizeof(small), range) == K_OK) {
		panic("missed", "a copy beyond the buffer went through");
	}
}

static void bug_double_free(void)
{
	void *block = heap_allocate(&kernel.heap, 32);

	heap_free(&kernel.heap, block);
	heap_free(&kernel.heap, (void *)hidden((uintptr_t)block)); /* NOLINT(performance-no-int-to-ptr) */
}

/* The text of the panic cannot be read: a fault inside the panic. */
static void bug_nested(void)
{
	panic("first", "%s", (const char *)hidden(PANTHER_USER_BOTTOM)); /* NOLINT(performance-no-int-to-ptr) */
}

static const struct {
	const char *name;
	void (*commit)(void);
} bugs[] = {
	{"explicit", bug_explicit},
	{"null", bug_null},
	{"stack", bug_stack},
	{"canary", bug_canary},
	{"bounds", bug_bounds},
	{"add", bug_add},
	{"shift", bug_shift},
	{"kcfi", bug_kcfi},
	{"write-text", bug_write_text},
	{"write-table", bug_write_table},
	{"write-sealed", bug_write_sealed},
	{"execute-data", bug_execute_data},
	{"read-user", bug_read_user},
	{"execute-user", bug_execute_user},
	{"brk", bug_brk},
	{"fp", bug_fp},
	{"user-copy-size", bug_user_copy_size},
	{"double-free", bug_double_free},
	{"nested", bug_nested},
};

#define KEY "kbug="

void loop_run(void)
{
	const char *words = kernel_facts.machine.command_line;

	if (!k_str_starts_with(words, KEY)) {
		panic("missed", "the command line does not start with " KEY);
	}
	for (size_t i = 0; i < K_ARRAY_SIZE(bugs); i++) {
		size_t length = k_strnlen(bugs[i].name, MACHINE_COMMAND_LINE_MAX);
		const char *name = words + sizeof(KEY) - 1;

		if (k_str_starts_with(name, bugs[i].name) && (name[length] == ' ' || name[length] == '\0')) {
			bugs[i].commit();
			panic("missed", "nothing stopped %s", bugs[i].name);
		}
	}
	panic("missed", "no such bug: %s", words);
}
