#include "core/start/place.h"

#include "hal/cpu.h"
#include "hal/layout.h"
#include "lib/memory.h"

uint64_t place_distance(uint64_t seed)
{
	return seed % KERNEL_PLACES * KERNEL_PLACE_SIZE;
}

bool place_draw(struct machine *machine, uint64_t *distance)
{
	uint64_t seed = machine->place_seed;
	bool is_drawn = seed != 0 || hal_random(&seed);

	if (is_drawn) {
		*distance = place_distance(seed);
	}
	k_memory_wipe(&machine->place_seed, sizeof(machine->place_seed));
	k_memory_wipe(&seed, sizeof(seed));
	return is_drawn;
}
