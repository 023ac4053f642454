/*
 * Leaving the kernel: it never returns from its loop, so its end is a jump out of it.
 */
#ifndef HAL_HOST_RUNNER_H
#define HAL_HOST_RUNNER_H

#include "hal_host/twin.h"
#include "lib/compiler.h"

/* Ends the running twin_call. Without one the process aborts: nobody would see the end. */
K_NORETURN void runner_leave(enum twin_end end);

/* Forgets an expected abort that never came. */
void runner_reset(void);

#endif
