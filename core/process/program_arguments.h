/*
 * What a program finds when it starts: its arguments, on its stack.
 */
#ifndef CORE_PROCESS_PROGRAM_ARGUMENTS_H
#define CORE_PROCESS_PROGRAM_ARGUMENTS_H

#include <stddef.h>
#include <stdint.h>

#include "abi/limits.h"
#include "core/process/process.h"
#include "lib/compiler.h"
#include "lib/status.h"

/* The strings one after the other, each with its NUL; they are whoever's who made it. */
struct program_arguments {
	const char *strings;
	uint32_t size;	/* of all strings, NULs counted; less than PANTHER_SPAWN_MAX */
	uint32_t count; /* at most PANTHER_ARGUMENTS_MAX */
};

/* What lies in `size` bytes, of which the last one, if there is any, is a NUL. K_E2BIG if those are too many arguments.
 */
K_MUST_USE k_status program_arguments_read(struct program_arguments *arguments, const char *strings, size_t size);

/*
 * Maps the top page of the new process's stack and puts the arguments there: the strings at its end, below them the
 * vector of their addresses, ended by 0, at which sp points. Registers as a program finds them: x0 how many, x1 the
 * vector, all others 0. K_ENOMEM if there is no frame.
 */
K_MUST_USE k_status program_arguments_place(struct process *process, const struct program_arguments *arguments);

#endif
