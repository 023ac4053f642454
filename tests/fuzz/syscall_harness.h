/*
 * Plays scripts on the kernel in the twin, each from the same copied state, and judges every step.
 */
#ifndef TESTS_FUZZ_SYSCALL_HARNESS_H
#define TESTS_FUZZ_SYSCALL_HARNESS_H

#include "tests/script/script.h"

/* Plays one. Ends the process (abort) if anything is as it must not be. The first call boots the kernel. */
void harness_play(const struct script *script);

#endif
