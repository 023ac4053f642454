/*
 * What a program finds when it starts: its arguments, on its stack.
 */
#ifndef CORE_PROCESS_PROGRAM_ARGUMENTS_H
#define CORE_PROCESS_PROGRAM_ARGUMENTS_H

#include <stdint.h>

#include "abi/limits.h"
#include "core/process/process.h"
#include "lib/compiler.h"
#include "lib/status.h"

/* The strings one after the other, each with its NUL. */
struct program_arguments {
	uint32_t count;
	uint32_t size; /* of all strings, NULs counted */
	uint8_t strings[PANTHER_ARGUMENTS_SIZE];
};

/*
 * Maps the top page of the new process's stack and puts the arguments there: the strings at its end, below them the
 * vector of their addresses, ended by 0, at which sp points. Registers as a program finds them: x0 how many, x1 the
 * vector, all others 0. K_ENOMEM if there is no frame.
 */
K_MUST_USE k_status program_arguments_place(struct process *process, const struct program_arguments *arguments);

#endif
