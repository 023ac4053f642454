/*
 * Bugs that the MMU stops: what is read-only, what is not code, what lies
 * around the stacks, and what is a program's.
 *
 * SAFETY: nothing here is meant to be safe; each function says what must stop it.
 * Audited: 2026-11-22
 */
#include "abi/limits.h"
#include "core/kernel.h"
#include "core/log/panic.h"
#include "core/memory/user_copy.h"
#include "core/process/lifecycle.h"
#include "core/syscall/dispatch.h"
#include "hal/memory.h"
#include "hal/mmu.h"
#include "hal/user.h"
#include "hal_qemu_virt/image.h"
#include "tests/self_attack/bugs.h"

static void kbug_null(void)
{
	kbug_store(8);
}

static void kbug_write_text(void)
{
	kbug_store((uintptr_t)image_start);
}

/* The system call table lies among the constants. */
static void kbug_write_table(void)
{
	kbug_store((uintptr_t)syscall_handlers);
}

static void kbug_write_sealed(void)
{
	kbug_store((uintptr_t)&kernel_facts);
}

extern const uint8_t hal_archive[]; /* the programs that are built in */

static void kbug_write_archive(void)
{
	kbug_store((uintptr_t)hal_archive);
}

static void kbug_execute_data(void)
{
	kbug_call((uintptr_t)kernel.bounce);
}

static const uint32_t returns[] = {0xd503245f, 0xd65f03c0}; /* BTI C; RET */

/* Constants that would run, and come back, if only they were executable. */
static void kbug_execute_rodata(void)
{
	kbug_call((uintptr_t)returns);
}

/* The words next to each stack: the kernel's, the one of its faults, and the shadow call stack. */
static void kbug_below_stack(void)
{
	kbug_store((uintptr_t)image_stack_bottom - 8);
}

static void kbug_above_stack(void)
{
	kbug_store((uintptr_t)image_stack_top + 8);
}

static void kbug_below_fault_stack(void)
{
	kbug_store((uintptr_t)image_fault_stack_bottom - 8);
}

static void kbug_above_fault_stack(void)
{
	kbug_store((uintptr_t)image_fault_stack_top + 8);
}

static void kbug_below_shadow_stack(void)
{
	kbug_store((uintptr_t)image_shadow_stack_bottom - 8);
}

static void kbug_above_shadow_stack(void)
{
	kbug_store((uintptr_t)image_shadow_stack_top + 8);
}

/* The first process gets turns as in the real loop, until its program is loaded. */
static struct process *kbug_load_program(void)
{
	for (;;) {
		struct process *process = scheduler_next_turn(&kernel.scheduler);

		if (process->state != PROCESS_LOADING) {
			scheduler_load(&kernel.scheduler, process);
			process->state = PROCESS_RUNNING;
			return process;
		}
		lifecycle_load_step(process);
	}
}

K_NOINLINE uint64_t kbug_enter_program(void)
{
	struct process *process = kbug_load_program();
	struct hal_trap trap;

	hal_user_prepare();
	hal_user_run(&process->context, &process->space.space, &trap);
	return process->context.pc;
}

static void kbug_read_user(void)
{
	kbug_load(kbug_enter_program());
}

static void kbug_execute_user(void)
{
	kbug_call(kbug_enter_program());
}

/* Once its space is parked, as at its end, not even a program's page is there, whatever the CPU has. */
static void kbug_read_parked(void)
{
	uint64_t address = kbug_enter_program();

	hal_space_park();
	kbug_load(address);
}

/* Copies `size` bytes from a program's address and expects `status`. */
static void kbug_copy_in(uint64_t address, uint64_t size, k_status status)
{
	struct user_range range = {address, size};

	if (user_copy_in(&kernel.scheduler.current->space, kernel.bounce, sizeof(kernel.bounce), range) != status) {
		panic("missed", "the copy did not end as it must");
	}
}

/* After each of a copy's ways out the program's memory is out of reach again. */
static void kbug_read_after_copy_in(void)
{
	uint64_t address = kbug_enter_program();

	kbug_copy_in(address, 8, K_OK);
	kbug_load(address);
}

static void kbug_read_after_failed_copy(void)
{
	uint64_t address = kbug_enter_program();

	kbug_copy_in(PANTHER_USER_BOTTOM - 8, 8, K_EFAULT); /* nothing is ever mapped there */
	kbug_load(address);
}

/* To the program's stack, the one page that is sure to be writable. */
static void kbug_read_after_copy_out(void)
{
	uint64_t address = kbug_enter_program();
	const struct process *process = kernel.scheduler.current;
	struct user_range range = {process->context.sp - 16, 8};

	if (user_copy_out(&process->space, range, kernel.bounce, 8) != K_OK) {
		panic("missed", "the program's stack cannot be written");
	}
	kbug_load(address);
}

static void kbug_user_copy_size(void)
{
	struct user_range range = {PANTHER_USER_BOTTOM, 16};
	uint8_t small[8];

	if (user_copy_in(&kernel.scheduler.current->space, small, sizeof(small), range) == K_OK) {
		panic("missed", "a copy beyond the buffer went through");
	}
}

static void kbug_double_free(void)
{
	void *block = heap_allocate(&kernel.heap, 32);

	heap_free(&kernel.heap, block);
	heap_free(&kernel.heap, (void *)kbug_hidden((uintptr_t)block));
}

static const struct bug list[] = {
	{"null", kbug_null},
	{"write-text", kbug_write_text},
	{"write-table", kbug_write_table},
	{"write-sealed", kbug_write_sealed},
	{"write-archive", kbug_write_archive},
	{"execute-data", kbug_execute_data},
	{"execute-rodata", kbug_execute_rodata},
	{"below-stack", kbug_below_stack},
	{"above-stack", kbug_above_stack},
	{"below-fault-stack", kbug_below_fault_stack},
	{"above-fault-stack", kbug_above_fault_stack},
	{"below-shadow-stack", kbug_below_shadow_stack},
	{"above-shadow-stack", kbug_above_shadow_stack},
	{"read-user", kbug_read_user},
	{"execute-user", kbug_execute_user},
	{"read-parked", kbug_read_parked},
	{"read-after-copy-in", kbug_read_after_copy_in},
	{"read-after-failed-copy", kbug_read_after_failed_copy},
	{"read-after-copy-out", kbug_read_after_copy_out},
	{"user-copy-size", kbug_user_copy_size},
	{"double-free", kbug_double_free},
};

const struct bugs memory_bugs = {list, K_ARRAY_SIZE(list)};
