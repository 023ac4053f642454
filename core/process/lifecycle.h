/*
 * How processes begin and end, and what parents and children have to do with it.
 */
#ifndef CORE_PROCESS_LIFECYCLE_H
#define CORE_PROCESS_LIFECYCLE_H

#include <stdint.h>

#include "abi/process.h"
#include "core/process/process.h"
#include "core/process/program_arguments.h"
#include "lib/compiler.h"
#include "lib/status.h"

/* The process that the kernel starts itself. Orphans become its children. */
#define LIFECYCLE_FIRST_PID 1

/* What a new process is to be. All of it has been judged. */
struct process_order {
	const struct archive_program *program;
	const struct program_arguments *arguments;
	struct process *parent; /* NULL for the first process */
	uint64_t calls;
	uint32_t frames_max;
	uint32_t children_max;
};

/*
 * Makes a process that loads its program at its turns. When it is loaded its parent is answered with its pid; if that
 * fails it vanishes, and its parent is answered with the error. The first process fails the boot instead. K_ENOEXEC or
 * K_ENOMEM, with nothing left behind.
 */
K_MUST_USE k_status lifecycle_begin(const struct process_order *order);

/* Does the next step of loading. */
void lifecycle_load_step(struct process *process);

/*
 * Ends a process, whatever it is doing: it never runs again, and gives its memory back at its turns. A process that is
 * ending already goes on ending as it did. The first process has to end with status 0, or the boot has failed.
 */
void lifecycle_end(struct process *process, struct panther_exit end);

/* Does the next step of giving back. The last one tells the parent, or, if nobody will ask, frees the process. */
void lifecycle_end_step(struct process *process);

/* The caller's child of that id, or NULL. */
struct process *lifecycle_child(const struct process *parent, uint64_t pid);

/* A child of the caller that has ended, or NULL. */
struct process *lifecycle_ended_child(const struct process *parent);

/* Frees a process that has ended: its parent knows how. */
void lifecycle_reap(struct process *process);

/* A wait of `process` is over: adopted children that have ended are freed, as nobody waits for them any more. */
void lifecycle_forget_adopted(struct process *process);

#endif
