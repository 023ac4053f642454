/*
 * A process: its registers, its address space, what it may do, its end.
 */
#ifndef CORE_PROCESS_PROCESS_H
#define CORE_PROCESS_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abi/process.h"
#include "core/memory/address_space.h"
#include "core/memory/heap.h"
#include "core/process/loader.h"
#include "core/start/archive.h"
#include "hal/context.h"
#include "lib/compiler.h"
#include "lib/status.h"

/*
 * Life of a process. "Queued" states are in the scheduler's ring and get turns: at a turn the process runs at EL0, or
 * the kernel does a bounded piece of work for it. The others wait for something.
 */
enum process_state {
	PROCESS_RUNNING,  /* queued: has the CPU, and keeps it until something is decided */
	PROCESS_READY,	  /* queued: runs at its next turn */
	PROCESS_RESUMING, /* queued: what its call waited for may be there; the call is made again at its next turn */
	PROCESS_LOADING,  /* queued: a step of loading its program at each turn */
	PROCESS_ENDING,	  /* queued: a step of giving back its memory at each turn */
	PROCESS_SLEEPING, /* in the list of sleepers, for a deadline */
	PROCESS_READING,  /* waits for console input */
	PROCESS_WAITING,  /* waits for a child to end */
	PROCESS_SPAWNING, /* waits for its new child to be loaded */
	PROCESS_ENDED,	  /* nothing is left but how it ended, until its parent has asked */
};

/* What is too large for the heap: a frame has it. */
struct process_registers {
	struct hal_fp_state fp;
	struct hal_keys keys; /* only on a CPU that has such keys */
};

struct process {
	struct hal_context context;
	struct address_space space;
	phys_addr register_frame;
	struct hal_fp_state *fp;	/* its FP registers, in register_frame; NULL until it uses them */
	uint64_t thread_pointer;	/* TPIDR_EL0 while another process has the CPU */
	struct process_registers *more; /* register_frame, if the CPU has to be given anything of it; else NULL */
	uint64_t pid;
	struct process *parent; /* NULL: nobody will ask how it ended */
	struct process *next;	/* in the ring, or in the list of sleepers */
	struct process *previous;
	uint64_t deadline;  /* when a sleeper wakes, in ticks */
	uint64_t cpu_ticks; /* the time that its turns took */
	uint64_t calls;	    /* the system calls that it may make, a bit each */
	const struct archive_program *program;
	struct loader loader;
	struct panther_exit end; /* how it ended */
	uint32_t children;
	uint32_t children_max;
	enum process_state state;
	k_status load_status; /* of an ending process: other than K_OK if it never ran, which is what its parent is told
			       */
	bool is_adopted;      /* its own parent ended before it */
	bool has_adopted;     /* it has children of that kind */
	bool has_keys;	      /* it signs with keys of its own */
};

/* Where processes come from. */
struct process_memory {
	struct heap *heap;
	struct frames *frames;
	struct random *random;
};

/*
 * Makes a process with an empty address space and all registers zero, for which the caller has to find a place and a
 * program. It may use `frames_max` frames. K_ENOMEM if memory is short or the limit too low; nothing is left behind
 * then. Owned by the caller: process_clear until that says true, then heap_free.
 */
K_MUST_USE k_status process_create(struct process **process, const struct process_memory *memory, uint32_t frames_max);

/* Makes use of the process's frame for registers: from now on what it has of them is loaded whenever it gets the CPU.
 */
struct process_registers *process_registers(struct process *process);

/* Draws the keys that the process signs with, on a CPU that has such keys. Once, before it first runs. */
void process_draw_keys(struct process *process, struct random *random);

/* Gives back the next ADDRESS_SPACE_STEP frames; true when all are back, and only the object itself is left. */
K_MUST_USE bool process_clear(struct process *process);

#endif
