/*
 * What programs and the kernel tell each other about processes. Every struct
 * is padding-free and made of fixed-size fields: what the kernel copies out it
 * has written whole.
 */
#ifndef ABI_PROCESS_H
#define ABI_PROCESS_H

#include <stdint.h>

#include "abi/limits.h"

/* A set of system calls: the bit with a call's number. Bits of calls that do not exist must be zero. */
#define PANTHER_CALL_BIT(number) ((uint64_t)1 << (number))

/* What spawn is asked for; its strings stand right behind it. */
struct panther_spawn_request {
	uint64_t calls;	     /* the calls that the child may make: a subset of the caller's */
	uint64_t frames_max; /* memory, page tables included, in pages: at most the caller's own limit */
	/* Children it may have at a time, ended ones that it has not waited for counted: at most the caller's own
	 * limit. */
	uint64_t children_max;
	uint64_t flags; /* PANTHER_SPAWN_INHERIT or 0 */
};

/*
 * A whole request, of which only the used part is handed over. The strings each end with a NUL: the program's name in
 * the archive, shorter than PANTHER_PATH_MAX, and then up to PANTHER_ARGUMENTS_MAX arguments.
 */
struct panther_spawn_packed {
	struct panther_spawn_request options;
	char strings[PANTHER_SPAWN_MAX - sizeof(struct panther_spawn_request)];
};

/* Flags of spawn: the child gets the caller's own calls and limits; the three fields must be 0. */
#define PANTHER_SPAWN_INHERIT 1

/* Why a child ended. */
#define PANTHER_ENDED_EXIT 0   /* it called exit: code is its status, 0 to 255 */
#define PANTHER_ENDED_FAULT 1  /* the CPU stopped it: code is the exception class (ESR_EL1.EC) */
#define PANTHER_ENDED_KILLED 2 /* its parent killed it: code is 0 */

struct panther_exit {
	uint32_t reason;
	uint32_t code;
};

/* Flags of wait. */
#define PANTHER_WAIT_NO_BLOCK 1 /* -EAGAIN instead of waiting */

/* Access to pages, for map and protect: READ, READ | WRITE, or READ | EXECUTE. */
#define PANTHER_READ 1
#define PANTHER_WRITE 2
#define PANTHER_EXECUTE 4

/* What info tells about. Records that are numbered are asked for one by one: index 0, 1, 2, ... */
#define PANTHER_INFO_PROCESS \
	0 /* struct panther_process_info; the first process at or behind index; -ENOENT behind the last */
#define PANTHER_INFO_PROGRAM 1 /* struct panther_program_info, by index; -ENOENT behind the last */
#define PANTHER_INFO_MEMORY 2  /* struct panther_memory_info; index must be 0 */
#define PANTHER_INFO_LIMITS 3  /* struct panther_limits_info of the caller; index must be 0 */

/* States of a process, as info names them. */
#define PANTHER_STATE_READY 0	 /* runs, or could */
#define PANTHER_STATE_LOADING 1	 /* its program is being loaded */
#define PANTHER_STATE_SLEEPING 2 /* waits for a time */
#define PANTHER_STATE_READING 3	 /* waits for input */
#define PANTHER_STATE_WAITING 4	 /* waits for a child */
#define PANTHER_STATE_ENDING 5	 /* gives its memory back */
#define PANTHER_STATE_ENDED 6	 /* waits for its parent to ask how it ended */

struct panther_process_info {
	uint64_t index; /* of this record; the next one is at or behind index + 1 */
	uint64_t pid;
	uint64_t parent;   /* 0: none */
	uint64_t cpu_time; /* in nanoseconds, the kernel's work for it included */
	uint64_t frames;   /* memory in use, page tables included, in pages */
	uint64_t state;
	char program[PANTHER_PATH_MAX];
};

struct panther_program_info {
	uint64_t size; /* of the file, in bytes */
	char program[PANTHER_PATH_MAX];
};

struct panther_memory_info {
	uint64_t frames_total; /* pages */
	uint64_t frames_free;
	uint64_t heap_total; /* the kernel's own heap, in bytes */
	uint64_t heap_used;
	uint64_t processes; /* ended ones that nobody has waited for counted */
	uint64_t processes_max;
	uint64_t input_lost; /* bytes of console input that found no room, or came in error */
	uint64_t spurious_interrupts;
};

struct panther_limits_info {
	uint64_t calls;
	uint64_t frames_used;
	uint64_t frames_max;
	uint64_t children;
	uint64_t children_max;
};

#endif
