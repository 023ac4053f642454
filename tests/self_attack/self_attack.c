/*
 * A kernel with bugs, for tests only: an image of its own, whose loop is this
 * one. It boots as the real kernel does, up to the first program, and then does
 * what `kbug=NAME` on its command line asks for: first the sound form of an
 * action, then the bug. The release image contains nothing of this: lint.image
 * looks for `kbug_`, with which the name of every function here starts
 * (lint.self-attack).
 *
 * SAFETY: nothing here is meant to be safe; each function says what must stop it.
 * Audited: 2026-11-22
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "core/kernel.h"
#include "core/log/panic.h"
#include "core/loop.h"
#include "core/process/lifecycle.h"
#include "hal/cpu.h"
#include "lib/format.h"
#include "lib/string.h"
#include "tests/self_attack/bugs.h"

void kbug_missed(const char *format, ...)
{
	char reason[LOG_LINE_MAX];
	va_list arguments;

	va_start(arguments, format);
	(void)k_format_list(reason, sizeof(reason), format, arguments);
	va_end(arguments);
	panic("missed", "%s", reason);
}

K_NOINLINE void kbug_nothing(void)
{
	__asm__ volatile("");
}

K_NORETURN static void kbug_finish(void)
{
	log_verdict("[BOOT] Halting CPU...");
	hal_power_off(kernel_facts.machine.psci);
}

static struct hal_trap kbug_trap; /* the last one */

/* A turn's part in the kernel, for a process that is not at EL0. */
static void kbug_work(struct process *process)
{
	if (process->state == PROCESS_LOADING) {
		lifecycle_load_step(process);
	} else {
		lifecycle_end_step(process);
	}
}

/* Gives turns until one is for a process at EL0. */
static struct process *kbug_next(void)
{
	for (;;) {
		struct process *process = scheduler_next_turn(&kernel.scheduler);

		if (process == &kernel.scheduler.idle) {
			kbug_finish();
		}
		if (process->state == PROCESS_READY) {
			scheduler_load(&kernel.scheduler, process);
			process->state = PROCESS_RUNNING;
			return process;
		}
		kbug_work(process);
	}
}

/* One trap of the process, which is not handled. The call makes this a function with a frame from its start on, which
 * hal_user_prepare needs: the compiler would make it later, and use x29 for other things. */
K_NOINLINE static void kbug_step(struct process *process)
{
	kbug_nothing();
	hal_user_prepare();
	loop_enter(process, &kbug_trap);
}

uint64_t kbug_enter_program(void)
{
	static uint64_t pc;

	if (pc == 0) {
		struct process *process = kbug_next();

		kbug_step(process);
		pc = process->context.pc;
	}
	return pc;
}

void kbug_enter_again(void)
{
	kbug_step(kernel.scheduler.current);
}

void kbug_run_programs(void)
{
	for (;;) {
		struct process *process = kernel.scheduler.current;

		kbug_step(process->state == PROCESS_RUNNING ? process : kbug_next());
		trap_handle(kernel.scheduler.current, kbug_trap);
	}
}

K_NORETURN static void kbug_commit(const struct bug *bug)
{
	bug->commit(false);
	log_verdict("kbug %s: harmless done", bug->name);
	bug->commit(true);
	if (bug->survives == NULL) {
		kbug_missed("nothing stopped %s", bug->name);
	}
	log_verdict("kbug %s: %s", bug->name, bug->survives);
	kbug_finish();
}

/* Not inline: the backtrace of a bug ends with the loop and with kernel_moved (tests/qemu/backtrace_test.py). */
K_NOINLINE static void kbug_commit_if_one_of(const struct bugs *bugs, const char *name)
{
	for (size_t i = 0; i < bugs->count; i++) {
		size_t length = k_strnlen(bugs->list[i].name, MACHINE_COMMAND_LINE_MAX);

		if (k_str_starts_with(name, bugs->list[i].name) && (name[length] == ' ' || name[length] == '\0')) {
			kbug_commit(&bugs->list[i]);
		}
	}
}

#define KEY "kbug="

void loop_run(K_UNUSED struct scheduler *scheduler)
{
	static const struct bugs *const all[] = {
		&kbug_panics,	 &kbug_undefined, &kbug_sizes,	  &kbug_flow,	    &kbug_memory,
		&kbug_heap,	 &kbug_tables,	  &kbug_programs, &kbug_exceptions, &kbug_places,
		&kbug_registers, &kbug_keys,	  &kbug_tags,	  &kbug_clearing,
	};
	const char *words = kernel_facts.machine.command_line;

	if (!k_str_starts_with(words, KEY)) {
		kbug_missed("the command line does not start with " KEY);
	}
	for (size_t i = 0; i < K_ARRAY_SIZE(all); i++) {
		kbug_commit_if_one_of(all[i], words + sizeof(KEY) - 1);
	}
	kbug_missed("no such bug: %s", words);
}
