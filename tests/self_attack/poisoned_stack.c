/*
 * The kernel on a stack that is full of a pattern wherever it is not in use (poison.S). A program looks for that in all
 * that it is given (tests/attack/programs/poison.c). The kernel itself gives none of it away; with one of two bugs,
 * `kbug=NAME` on the command line, a record is followed by a local of the kernel's that nobody has set:
 *
 *   forgotten   as a bug would be, so that it is the compiler that clears it
 *   exposed     that is kept from the compiler: what there is to find, is found
 *
 * SAFETY: nothing here is meant to be safe; each function says what must stop it.
 * Audited: 2026-11-23
 */
#include "abi/syscalls.h"
#include "core/kernel.h"
#include "core/log/panic.h"
#include "hal/user.h"
#include "lib/memory.h"
#include "lib/string.h"

#define LOCAL_SIZE 900 /* reaches below all that info itself has used */
#define LEAKED 64
#define ROOM 512 /* what the program says it has, where it looks behind the record */
#define TAKEN 7	 /* a register that no call has an argument in */

/* poison.S calls this before each return to EL0. */
void kbug_before_el0(void);

/* The end of an info that has been answered: its buffer is in x2, what it has room for in x3, the record's size in x0.
 */
static void kbug_give_away(struct process *process, const uint8_t *bytes)
{
	uint64_t *x = process->context.x;
	user_addr behind = {x[2] + x[0] + 1};

	k_memcpy(&x[TAKEN], bytes, sizeof(x[TAKEN]));
	if (!hal_copy_to_user(&process->space.space, behind, bytes, LEAKED)) {
		panic("missed", "the program has no room for the leak");
	}
}

K_NOINLINE static void kbug_forgotten(struct process *process)
{
	uint8_t local[LOCAL_SIZE];

	__asm__ volatile("" : : "r"(local) : "memory");
	kbug_give_away(process, local);
}

K_NOINLINE static void kbug_exposed(struct process *process)
{
	uint8_t local[LOCAL_SIZE] K_ATTRIBUTE(uninitialized);

	__asm__ volatile("" : : "r"(local) : "memory");
	kbug_give_away(process, local);
}

void kbug_before_el0(void)
{
	const char *words = kernel_facts.machine.command_line;
	struct process *process = kernel.scheduler.current;
	const uint64_t *x = process->context.x;

	if (x[8] != SYS_info || x[3] != ROOM || x[0] < sizeof(struct panther_limits_info) || x[0] > ROOM / 2) {
		return;
	}
	if (k_str_starts_with(words, "kbug=forgotten")) {
		kbug_forgotten(process);
	} else if (k_str_starts_with(words, "kbug=exposed")) {
		kbug_exposed(process);
	}
}
