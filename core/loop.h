/*
 * The heart of the kernel: one loop. A process runs until it traps, the kernel
 * decides, the next process runs.
 */
#ifndef CORE_LOOP_H
#define CORE_LOOP_H

#include "lib/compiler.h"

/* Runs processes until none is left, then powers the machine off. */
K_NORETURN void loop_run(void);

#endif
