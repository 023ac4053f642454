/*
 * The bugs of the test image, by subject. self_attack.c says how one is chosen.
 *
 * SAFETY: nothing here is meant to be safe; each function says what must stop it.
 * Audited: 2026-11-22
 */
#ifndef TESTS_SELF_ATTACK_BUGS_H
#define TESTS_SELF_ATTACK_BUGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hal/context.h"
#include "lib/compiler.h"

struct bug {
	const char *name;
	void (*commit)(bool wrong); /* does something sound or, if `wrong`, the same as a bug does it */
	const char *survives;	    /* what is said if nothing has to stop it: the damage was not done */
};

struct bugs {
	const struct bug *list;
	size_t count;
};

extern const struct bugs kbug_panics;	  /* panic_bugs.c */
extern const struct bugs kbug_undefined;  /* undefined_bugs.c */
extern const struct bugs kbug_sizes;	  /* size_bugs.c */
extern const struct bugs kbug_flow;	  /* flow_bugs.c */
extern const struct bugs kbug_memory;	  /* memory_bugs.c */
extern const struct bugs kbug_heap;	  /* heap_bugs.c */
extern const struct bugs kbug_tables;	  /* table_bugs.c */
extern const struct bugs kbug_programs;	  /* program_bugs.c */
extern const struct bugs kbug_exceptions; /* exception_bugs.c */
extern const struct bugs kbug_places;	  /* place_bugs.c */
extern const struct bugs kbug_registers;  /* register_bugs.c */
extern const struct bugs kbug_keys;	  /* key_bugs.c */
extern const struct bugs kbug_tags;	  /* tag_bugs.c */
extern const struct bugs kbug_clearing;	  /* leftover_bugs.c */

/* Values that the compiler must not see through, so that the bug happens at run time. */
K_ALWAYS_INLINE uint64_t kbug_hidden(uint64_t value)
{
	__asm__ volatile("" : "+r"(value));
	return value;
}

K_ALWAYS_INLINE void *kbug_pointer(uint64_t address)
{
	return (void *)kbug_hidden(address);
}

/* Something has gone another way than it had to: KPANIC[missed]. */
K_NORETURN K_PRINTF(1, 2) void kbug_missed(const char *format, ...);

/* One step of the first program, once, so that its space is live as it is in any call. Returns an address in its code;
 * its process is the scheduler's current one. */
uint64_t kbug_enter_program(void);

/* Another step of that program, from where it is: its registers are in its process. */
void kbug_enter_again(void);

/* Runs programs as the kernel's loop does, until none is left: the closing line. */
K_NORETURN void kbug_run_programs(void);

/* Returns at once: what a call that is sound reaches. */
void kbug_nothing(void);

#endif
