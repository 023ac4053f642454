/*
 * Where in the kernel's half the image lies: any of KERNEL_PLACES blocks of 2 MiB, drawn once a boot.
 */
#ifndef CORE_START_PLACE_H
#define CORE_START_PLACE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/start/machine.h"
#include "lib/compiler.h"

/*
 * How far from the place it is linked for the image goes, in bytes, for a seed. Only the lowest 17 bits of the seed
 * count; each place belongs to as many seeds as any other.
 */
uint64_t place_distance(uint64_t seed);

/*
 * Draws a place: by machine->place_seed if the tree brought one, else by a random number of the CPU. Wipes that seed.
 * False if there is neither: then the image has to stay.
 */
K_MUST_USE bool place_draw(struct machine *machine, uint64_t *distance);

#endif
