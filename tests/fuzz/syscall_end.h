/*
 * How a run of the system call fuzzer may end, and what may be used then.
 */
#ifndef TESTS_FUZZ_SYSCALL_END_H
#define TESTS_FUZZ_SYSCALL_END_H

#include <stdbool.h>

#include "core/process/process.h"
#include "hal_host/twin.h"
#include "tests/fuzz/syscall_process.h"

/* What is used of what there is. */
struct end_counts {
	uint64_t processes;
	uint64_t frames;
	uint64_t heap;
};

struct end_counts end_count(void);

/* Ends the fuzzer unless each frame that is used is on the account of a process, or held by the harness. */
void end_check_frames(const struct model_process *model);

bool end_somebody_is(enum process_state state);

/* The live space as a whole: the oracles of the twin, the model's pages, and the frames on its account. */
void end_check_space(struct model_process *model);

/* Ends the fuzzer unless all that is on a process's account is its pages, the tables that they need, and the frame of
 * its FP registers. */
void end_check_account(const struct model_process *model);

/* Ends the fuzzer unless the machine ended as it had to, with nothing lost: as it began, or with only the first process
 * left. */
void end_check(enum twin_end end, const struct end_counts *before, const struct end_counts *alone);

#endif
