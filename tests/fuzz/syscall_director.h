/*
 * The first process of a run: it starts process 0 of the script, waits for it, and ends and waits for what it left.
 */
#ifndef TESTS_FUZZ_SYSCALL_DIRECTOR_H
#define TESTS_FUZZ_SYSCALL_DIRECTOR_H

#include <stdbool.h>

#include "core/process/lifecycle.h"
#include "hal_host/twin.h"
#include "tests/fuzz/syscall_process.h"

/* The only process that it spawns: process 0 of the script. */
#define DIRECTOR_CHILD (LIFECYCLE_FIRST_PID + 1)

/* False when nobody else is left. */
bool director_next(struct model_process *model, const struct hal_context *context, struct twin_step *step);

#endif
