/*
 * Secret values for the CPU's protections, from the boot's entropy.
 */
#ifndef CORE_START_SECRETS_H
#define CORE_START_SECRETS_H

#include "core/start/machine.h"
#include "hal/cpu.h"

/*
 * Draws the return-address key and the stack canary from the tree's seeds, the CPU's random numbers and the
 * counter, whichever there are, and wipes machine->seed. Not a generator for programs: a mix that
 * differs from boot to boot as long as one source does.
 */
void secrets_draw(struct hal_secrets *secrets, struct machine *machine);

#endif
