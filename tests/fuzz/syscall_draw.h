/*
 * What a process of the system call fuzzer does next, as an input has it.
 */
#ifndef TESTS_FUZZ_SYSCALL_DRAW_H
#define TESTS_FUZZ_SYSCALL_DRAW_H

#include "hal_host/twin.h"
#include "tests/fuzz/syscall_input.h"
#include "tests/fuzz/syscall_process.h"
#include "tests/unit/program.h"

/* What every program has among its constants, each in a line of its own. */
#define DRAW_NAMES 6
extern const char *const draw_names[DRAW_NAMES];
#define DRAW_NAMES_OFFSET 0x100
#define DRAW_NAMES_LINE 64

/* Where a process that asks properly has its words for spawn and wait, from its data on. */
#define DRAW_OPTIONS_OFFSET 0x400
#define DRAW_VECTOR_OFFSET 0x800
#define DRAW_EXIT_OFFSET 0xc00

/* The next step of the live process; what is to happen around it is arranged at once. */
void draw_step(struct input_bytes *input, struct model_process *model, const struct hal_context *context,
	       struct twin_step *step);

#endif
