/*
 * What happens around the processes of a script: input, interrupts, time; and memory that somebody else has.
 */
#ifndef TESTS_FUZZ_SYSCALL_WORLD_H
#define TESTS_FUZZ_SYSCALL_WORLD_H

#include <stdint.h>

#include "tests/fuzz/syscall_process.h"

/* A new machine, whose world types when somebody reads. */
void world_begin(void);

/* The machine has booted: makes it one that has been used for some time. */
void world_age(void);

/* Back to how it was after world_begin. */
void world_restore(void);

/* What a step does that is not the process's own: kinds from SCRIPT_COPY_FAULT on. */
void world_do(struct model_process *model, const struct script_step *step);

/* Ends a scarcity that the process, or one that has ended, asked for: its next step is over. */
void world_step_is_over(const struct model_process *model);

/* Frames that the harness holds. */
uint64_t world_held_frames(void);

/* Gives back whatever is held. */
void world_give_back(void);

#endif
