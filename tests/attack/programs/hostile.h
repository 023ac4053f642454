/*
 * The rows that take several processes. Each file has a subject: what a row
 * does as the first program, and the roles in which it starts itself again.
 * A program's name in the archive says which row it plays: "R19", or "R19.300",
 * with a number that the row makes something of.
 */
#ifndef TESTS_ATTACK_PROGRAMS_HOSTILE_H
#define TESTS_ATTACK_PROGRAMS_HOSTILE_H

#include "tests/attack/programs/observe.h"

struct role {
	const char *name;
	int (*run)(uint64_t argument); /* the result is the exit status */
};

struct subject {
	const char *row;
	void (*run)(uint64_t argument);
	const struct role *roles; /* the last one has no name */
};

#define NO_ROLE {NULL, NULL}

/* Starts this program in a role. The second form has limits, of frames and of children. */
int64_t start(const char *role, uint64_t argument);
int64_t start_limited(const char *role, uint64_t argument, uint64_t frames, uint64_t children);

/* Starts another program, with its name for an argument. */
int64_t start_program(const char *name);

/* Ends a child, and waits for that. Returns how it ended, or an error. */
int64_t end(int64_t pid);

/* Lets others run until that child is in that state, or gone. */
void await_state(int64_t pid, uint64_t state);

/* Roles that many rows have. */
int role_quit(uint64_t status);
int role_idle(uint64_t argument); /* sleeps for ever */
int role_spin(uint64_t argument);

/* An address as a number, and back. */
#define ADDRESS(object) ((uint64_t)(uintptr_t)(object))

/*
 * SAFETY: what a hostile program makes of a number is its own affair.
 * Audited: 2026-11-22
 */
static inline void *pointer(uint64_t address)
{
	return (void *)(uintptr_t)address;
}

#define READ_WRITE (PANTHER_READ | PANTHER_WRITE)
/* Addresses of the kernel's: its image's, and RAM's. */
#define KERNEL_IMAGE 0xffffffc000000000
#define KERNEL_TOP_HALF 0xffffff8000000000

extern const struct subject subjects_blocked[], subjects_fair[], subjects_hogs[], subjects_ids[], subjects_input[],
	subjects_large[], subjects_lifecycle[], subjects_loading[], subjects_outputs[], subjects_pages[],
	subjects_poison[], subjects_random[], subjects_registers[], subjects_signatures[], subjects_spawns[],
	subjects_storms[], subjects_tight[], subjects_waits[];

#endif
