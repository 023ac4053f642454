/*
 * Leaving the kernel: it never returns from its loop, so its end is a jump out of it.
 */
#ifndef HAL_HOST_RUNNER_H
#define HAL_HOST_RUNNER_H

#include "hal_host/twin.h"
#include "lib/compiler.h"

/* Ends the running twin_call. Without one the process aborts: nobody would see the end. */
K_NORETURN void runner_leave(enum twin_end end);

/* Aborts within twin_call: the kernel cannot go on in another state than the one that it stands in. */
void runner_check_outside(const char *what);

/* Forgets an expected abort that never came. */
void runner_reset(void);

#endif
