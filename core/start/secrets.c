#include "core/start/secrets.h"

#include "lib/compiler.h"
#include "lib/memory.h"

/* A seed is whole or it does not count: two halves from two sources may be one and the same. */
static void stir_tree(struct random *random, struct machine *machine)
{
	random_stir(random, machine->seed, machine->seed_size);
	random->is_seeded = random->is_seeded || machine->seed_is_whole;
	k_memory_wipe(machine->seed, sizeof(machine->seed));
	machine->seed_size = 0;
	machine->seed_is_whole = false;
}

static void stir_cpu(struct random *random)
{
	uint64_t words[RANDOM_SEED_SIZE / sizeof(uint64_t)];
	size_t count = 0;

	while (count < K_ARRAY_SIZE(words) && hal_random(&words[count])) {
		count++;
	}
	random_stir(random, words, count * sizeof(words[0]));
	random->is_seeded = random->is_seeded || count == K_ARRAY_SIZE(words);
	k_memory_wipe(words, sizeof(words));
}

/* Anybody can read the counter, or guess it: it makes boots differ, and is no secret. */
static void stir_counter(struct random *random)
{
	uint64_t ticks = hal_time_ticks();

	random_stir(random, &ticks, sizeof(ticks));
}

void secrets_draw(struct hal_secrets *secrets, struct machine *machine, struct random *random)
{
	stir_tree(random, machine);
	stir_cpu(random);
	stir_counter(random);
	random_bytes(random, secrets->return_key, sizeof(secrets->return_key));
	random_bytes(random, &secrets->canary, sizeof(secrets->canary));
	secrets->canary &= ~(uint64_t)0xff;
	random_bytes(random, &secrets->tag_seed, sizeof(secrets->tag_seed));
	secrets->tag_seed = (secrets->tag_seed & 0xffff) | 1;
}
