/*
 * What a process of the system call fuzzer does next, as an input has it.
 */
#ifndef TESTS_FUZZ_SYSCALL_DRAW_H
#define TESTS_FUZZ_SYSCALL_DRAW_H

#include "hal_host/twin.h"
#include "tests/fuzz/syscall_input.h"
#include "tests/fuzz/syscall_process.h"
#include "tests/unit/program.h"

/* Names that a request can have; they serve as arguments as well. */
#define DRAW_NAMES 6
extern const char *const draw_names[DRAW_NAMES];

/* Where a process that asks properly has what spawn and wait need, from its data on. */
#define DRAW_REQUEST_OFFSET 0x400
#define DRAW_EXIT_OFFSET 0xc00

/* The next step of the live process; what is to happen around it is arranged at once. */
void draw_step(struct input_bytes *input, struct model_process *model, const struct hal_context *context,
	       struct twin_step *step);

#endif
