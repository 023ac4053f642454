/*
 * Interrupts: which device wants something, and what becomes of it.
 */
#ifndef CORE_TRAP_INTERRUPT_H
#define CORE_TRAP_INTERRUPT_H

#include "lib/compiler.h"

/*
 * Takes one pending interrupt and deals with it: the timer's wakes sleepers and ends turns, the UART's brings input.
 * One that the kernel does not listen to is switched off and counted. Does nothing if none is pending. Bounded work.
 */
K_NOINLINE void interrupt_take(void);

#endif
