/*
 * The heart of the kernel: one loop. A process runs until it traps, the kernel
 * decides, the next process runs.
 */
#ifndef CORE_LOOP_H
#define CORE_LOOP_H

#include "core/process/scheduler.h"
#include "lib/compiler.h"

/* Gives processes their turns until none is left, then powers the machine off. `scheduler` is the kernel's. */
K_NORETURN void loop_run(struct scheduler *scheduler);

#endif
