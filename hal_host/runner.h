/*
 * Leaving the kernel: it never returns from its loop, so its end is a jump out of it.
 */
#ifndef HAL_HOST_RUNNER_H
#define HAL_HOST_RUNNER_H

#include "hal_host/twin.h"
#include "lib/compiler.h"

/* Ends the running twin_call. Without one the process aborts: nobody would see the end. */
void runner_jump(enum twin_end end);

/* Of which ASan is not told that it does not return: it would look at the whole stack for each function on the way out,
 * and does so anyway when longjmp is called. */
__attribute__((always_inline)) K_NORETURN static inline void runner_leave(enum twin_end end)
{
	runner_jump(end);
	__builtin_unreachable();
}

/* Aborts within twin_call: the kernel cannot go on in another state than the one that it stands in. */
void runner_check_outside(const char *what);

/* Forgets an expected abort that never came. */
void runner_reset(void);

#endif
