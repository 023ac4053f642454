#include "core/start/secrets.h"

#include "lib/endian.h"
#include "lib/memory.h"

/* The finaliser of SplitMix64 (Steele, Lea, Flood 2014): every input bit reaches every output bit. */
static uint64_t mix(uint64_t value)
{
	value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
	value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
	return value ^ (value >> 31);
}

static uint64_t absorb(uint64_t state, uint64_t word)
{
	return mix(state ^ mix(word));
}

/* A seed that ends within a word is read to that word's end: zeros. */
_Static_assert(MACHINE_SEED_SIZE % sizeof(uint64_t) == 0, "the seed is read in whole words");

static uint64_t gather(const struct machine *machine)
{
	uint64_t state = absorb(0, hal_time_ticks());
	uint64_t word;

	for (size_t i = 0; i < machine->seed_size; i += sizeof(word)) {
		state = absorb(state, read_le64(machine->seed + i));
	}
	if (hal_random(&word)) {
		state = absorb(state, word);
	}
	return state;
}

void secrets_draw(struct hal_secrets *secrets, struct machine *machine)
{
	uint64_t state = gather(machine);

	secrets->return_key[0] = absorb(state, 1);
	secrets->return_key[1] = absorb(state, 2);
	secrets->canary = absorb(state, 3) & ~(uint64_t)0xff;
	k_memory_wipe(machine->seed, sizeof(machine->seed));
	machine->seed_size = 0;
}
