/*
 * What a process of a script does next on the twin.
 */
#ifndef TESTS_FUZZ_SYSCALL_PLAYER_H
#define TESTS_FUZZ_SYSCALL_PLAYER_H

#include <stdbool.h>

#include "hal_host/twin.h"
#include "tests/fuzz/syscall_process.h"

/* Which of the script's processes this is, by its third argument. */
void player_begin(struct model_process *model, const struct hal_context *context);

/* The live process's next step; what is to happen around it is arranged at once. False if it has none left. `context`
 * is what its last step ended in. */
bool player_next(struct model_process *model, const struct script *script, const struct hal_context *context,
		 struct twin_step *step);

/* A call that is not the script's, at its point. */
void player_call(struct twin_step *step, uint64_t number, uint64_t first, uint64_t second, uint64_t third);

#endif
