/*
 * The boot's entropy, and the secret values that the CPU's protections take of it.
 */
#ifndef CORE_START_SECRETS_H
#define CORE_START_SECRETS_H

#include "core/random/random.h"
#include "core/start/machine.h"
#include "hal/cpu.h"

/*
 * Stirs the tree's seeds, the CPU's random numbers and the counter, whichever there are, into the generator, and draws
 * the return-address key and the stack canary from it. random->is_seeded becomes true if the tree or the CPU gave
 * RANDOM_SEED_SIZE bytes. Wipes machine->seed.
 */
#define RANDOM_SEED_SIZE 32
void secrets_draw(struct hal_secrets *secrets, struct machine *machine, struct random *random);

#endif
