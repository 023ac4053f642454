/*
 * The first program of the twin's attack rows: what programs/judge.c is on QEMU.
 */
#ifndef TESTS_ATTACK_TWIN_JUDGE_H
#define TESTS_ATTACK_TWIN_JUDGE_H

#include <stdint.h>

#include "hal_host/twin.h"

/* A step that is a call with these arguments, x0 to x5. */
void twin_judge_call(struct twin_step *out, uint64_t number, const uint64_t *arguments, uint64_t immediate);

/* Starts "player", waits for it, says how it ended, and whether everything that it had came back. No owner. */
twin_driver twin_judge;

#endif
