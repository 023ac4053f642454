/*
 * The kernel at a program's memory, beside the one way that there is to it.
 *
 * SAFETY: nothing here is meant to be safe; each function says what must stop it.
 * Audited: 2026-11-22
 */
#include "abi/limits.h"
#include "core/kernel.h"
#include "core/memory/user_copy.h"
#include "hal/mmu.h"
#include "hal/user.h"
#include "tests/self_attack/access.h"
#include "tests/self_attack/bugs.h"

static const struct hal_space *kbug_space(void)
{
	return &kernel.scheduler.current->space.space;
}

static uint64_t kbug_program_stack(void)
{
	(void)kbug_enter_program();
	return kernel.scheduler.current->context.sp - 16;
}

/* With the kernel's own rights: barred by PAN and PXN, or not mapped at all where TTBR0 is parked. */
static void kbug_read_program(bool wrong)
{
	uint64_t address = kbug_enter_program();

	(void)kbug_load(wrong ? address : (uintptr_t)kernel.bounce);
}

static void kbug_write_program(bool wrong)
{
	uint64_t address = kbug_program_stack();

	kbug_store(wrong ? address : (uintptr_t)kernel.bounce, 0);
}

static void kbug_execute_program(bool wrong)
{
	uint64_t address = kbug_enter_program();

	kbug_call(wrong ? address : (uintptr_t)kbug_nothing);
}

static void kbug_execute_program_stack(bool wrong)
{
	uint64_t address = kbug_program_stack();

	kbug_call(wrong ? address : (uintptr_t)kbug_nothing);
}

/* Once its space is parked, as at its end, not even a program's page is there, whatever the CPU has. */
static void kbug_read_parked(bool wrong)
{
	uint64_t address = kbug_enter_program();

	hal_space_park();
	(void)kbug_load(wrong ? address : (uintptr_t)kernel.bounce);
}

/* Copies 8 bytes from a program's address and expects `status`. */
static void kbug_copy_in(uint64_t address, k_status status)
{
	struct user_range range = {address, 8};

	if (user_copy_in(&kernel.scheduler.current->space, kernel.bounce, sizeof(kernel.bounce), range) != status) {
		kbug_missed("the copy did not end as it must");
	}
}

/* After each of a copy's ways out the program's memory is out of reach again. */
static void kbug_read_after_copy_in(bool wrong)
{
	uint64_t address = kbug_enter_program();

	kbug_copy_in(address, K_OK);
	(void)kbug_load(wrong ? address : (uintptr_t)kernel.bounce);
}

static void kbug_read_after_failed_copy(bool wrong)
{
	uint64_t address = kbug_enter_program();

	kbug_copy_in(PANTHER_USER_BOTTOM - 8, K_EFAULT); /* nothing is ever mapped there */
	(void)kbug_load(wrong ? address : (uintptr_t)kernel.bounce);
}

static void kbug_read_after_copy_out(bool wrong)
{
	struct user_range range = {kbug_program_stack(), 8};
	uint64_t address = kbug_enter_program();

	if (user_copy_out(&kernel.scheduler.current->space, range, kernel.bounce, 8) != K_OK) {
		kbug_missed("the program's stack cannot be written");
	}
	(void)kbug_load(wrong ? address : (uintptr_t)kernel.bounce);
}

/* The check of the range left out: LDTR and STTR have the program's rights, and a kernel address none. */
static void kbug_copy_from_kernel(bool wrong)
{
	uint64_t address = kbug_enter_program();
	uint64_t word = 0;

	address = wrong ? (uintptr_t)kernel.bounce : address;
	kernel.bounce[0] = 1;
	if (hal_copy_from_user(kbug_space(), &word, (user_addr){address}, sizeof(word)) == wrong ||
	    (wrong && word != 0)) {
		kbug_missed("the copy did not end as it must");
	}
}

static void kbug_copy_to_kernel(bool wrong)
{
	uint64_t address = kbug_program_stack();
	uint64_t word = UINT64_MAX;

	address = wrong ? (uintptr_t)kernel.bounce : address;
	kernel.bounce[0] = 1;
	if (hal_copy_to_user(kbug_space(), (user_addr){address}, &word, sizeof(word)) == wrong ||
	    kernel.bounce[0] != 1) {
		kbug_missed("the copy did not end as it must");
	}
}

static const struct bug list[] = {
	{"read-program", kbug_read_program, NULL},
	{"write-program", kbug_write_program, NULL},
	{"execute-program", kbug_execute_program, NULL},
	{"execute-program-stack", kbug_execute_program_stack, NULL},
	{"read-parked", kbug_read_parked, NULL},
	{"read-after-copy-in", kbug_read_after_copy_in, NULL},
	{"read-after-failed-copy", kbug_read_after_failed_copy, NULL},
	{"read-after-copy-out", kbug_read_after_copy_out, NULL},
	{"copy-from-kernel", kbug_copy_from_kernel, "the copy failed"},
	{"copy-to-kernel", kbug_copy_to_kernel, "the copy failed"},
};

const struct bugs kbug_programs = {list, K_ARRAY_SIZE(list)};
