/*
 * Thread-local variables of the one thread that a program has, such as errno
 * (ELF for the Arm 64-bit Architecture, 5.8: variant 1, in which two words of
 * the run-time's come first, then the variables).
 */
#include "start.h"

#include <stddef.h>

#define CONTROL_BLOCK_SIZE 16

struct program_tls {
	uint64_t initialised; /* bytes at program_tls_start; the rest is zero */
	uint64_t size;
	uint64_t alignment;
};

#pragma GCC visibility push(hidden)
extern const struct program_tls program_tls;
extern const uint8_t program_tls_start[];
extern uint8_t program_thread[];
#pragma GCC visibility pop

/*
 * SAFETY: TPIDR_EL0 is the program's own register; the kernel keeps it for each process.
 * Audited: 2026-11-22
 */
static void set_thread_pointer(const uint8_t *thread)
{
	__asm__ volatile("msr tpidr_el0, %0" : : "r"(thread) : "memory");
}

void program_set_up_thread(void)
{
	uint64_t first = program_tls.alignment > CONTROL_BLOCK_SIZE ? program_tls.alignment : CONTROL_BLOCK_SIZE;

	if (program_tls.size == 0) {
		return;
	}
	for (size_t i = 0; i < program_tls.initialised; i++) {
		program_thread[first + i] = program_tls_start[i];
	}
	set_thread_pointer(program_thread);
}
