/*
 * A user CPU by Unicorn: runs the A64 instructions of the live program, with the memory that the twin's TLB gives it.
 * Each instruction is fetched and checked as the twin's own steps are, before Unicorn runs it.
 */
#ifndef HAL_HOST_UNICORN_EMULATOR_H
#define HAL_HOST_UNICORN_EMULATOR_H

#include <stdint.h>

#include "hal_host/twin.h"

/* For twin_use_engine. The first program that runs decides which CPU it is. */
twin_engine emulator_run;

/* Instructions executed so far. */
uint64_t emulator_instructions(void);

#endif
