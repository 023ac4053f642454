/*
 * How a run of the system call fuzzer may end.
 */
#ifndef TESTS_FUZZ_SYSCALL_END_H
#define TESTS_FUZZ_SYSCALL_END_H

#include <stdbool.h>

#include "core/process/process.h"
#include "hal_host/twin.h"
#include "tests/fuzz/syscall_process.h"

bool end_somebody_is(enum process_state state);

/* Ends the fuzzer unless the machine ended as it had to, with nothing lost. */
void end_check(enum twin_end end, struct model_process *first);

#endif
