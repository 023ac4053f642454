/*
 * What generator and secrets leave in memory: nothing. k_memory_wipe is this file's own here, and keeps what it wiped:
 * whatever held a key, a block or a seed must be among that.
 */
#include "lib/memory.h"

#include <string.h>

#include "core/random/random.h"
#include "core/start/secrets.h"
#include "tests/unit/cmocka_test.h"

#define KEY_SIZE 32
#define WIPES_MAX 64

struct wipe {
	uint8_t bytes[256];
	size_t size;
};

static struct wipe wipes[WIPES_MAX];
static size_t wipe_count;

void k_memory_wipe(void *destination, size_t size)
{
	struct wipe *wipe = &wipes[wipe_count];

	assert_in_range(wipe_count, 0, WIPES_MAX - 1);
	assert_in_range(size, 1, sizeof(wipe->bytes));
	memcpy(wipe->bytes, destination, size);
	wipe->size = size;
	wipe_count++;
	memset(destination, 0, size);
}

static const uint64_t random_words[4] = {0x1122334455667788, 0x99aabbccddeeff00, 0x0f1e2d3c4b5a6978,
					 0x8796a5b4c3d2e1f0};
static size_t random_given;

bool hal_random(uint64_t *value)
{
	*value = random_words[random_given % 4];
	random_given++;
	return true;
}

uint64_t hal_time_ticks(void)
{
	return 1;
}

static struct random generator;

static int setup(void **state)
{
	(void)state;
	memset(wipes, 0, sizeof(wipes));
	wipe_count = 0;
	random_given = 0;
	for (uint32_t i = 0; i < CHACHA20_KEY_WORDS; i++) {
		generator.key[i] = 0x9e3779b9 * (i + 1);
	}
	return 0;
}

/* How many of the places that were wiped held these bytes. */
static size_t places_of(const void *bytes, size_t size)
{
	size_t count = 0;

	for (size_t i = 0; i < wipe_count; i++) {
		size_t offset = 0;

		while (offset + size <= wipes[i].size && memcmp(wipes[i].bytes + offset, bytes, size) != 0) {
			offset++;
		}
		count += offset + size <= wipes[i].size ? 1 : 0;
	}
	return count;
}

static void a_block_leaves_neither_key_nor_itself(void **state)
{
	static const uint32_t nonce[3] = {1, 2, 3};
	uint8_t block[CHACHA20_BLOCK_SIZE];

	(void)state;
	chacha20_block(block, generator.key, 0, nonce);
	assert_int_equal(wipe_count, 1);
	assert_int_equal(places_of(generator.key, KEY_SIZE), 1);
	assert_int_equal(places_of(block, sizeof(block)), 1);
}

/* The old key was with the generator and with each block; the next key with its block, and with the generator if no
 * other block came over it. */
static void a_draw_leaves_no_key(void **state)
{
	static const size_t sizes[] = {0, 1, 32, 33, 96, 97, 256};

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		size_t blocks = sizes[i] <= 32 ? 1 : 1 + (sizes[i] - 32 + 63) / 64;
		uint8_t bytes[256];
		uint32_t before[CHACHA20_KEY_WORDS];

		setup(state);
		memcpy(before, generator.key, KEY_SIZE);
		random_bytes(&generator, bytes, sizes[i]);
		assert_int_equal(places_of(before, KEY_SIZE), blocks + 1);
		assert_int_equal(places_of(generator.key, KEY_SIZE), blocks == 1 ? 2 : 1);
	}
}

/* The last block of a draw was with the generator as well. */
static void a_draw_leaves_nothing_that_it_gave(void **state)
{
	uint8_t bytes[96];

	(void)state;
	random_bytes(&generator, bytes, sizeof(bytes));
	assert_int_equal(places_of(bytes, 32), 1);
	assert_int_equal(places_of(bytes + 32, 64), 2);
}

static void stirring_leaves_neither_key_nor_seed(void **state)
{
	uint8_t seed[KEY_SIZE];

	(void)state;
	memset(seed, 0x5e, sizeof(seed));
	random_stir(&generator, seed, sizeof(seed));
	assert_int_equal(places_of(seed, sizeof(seed)), 1);
	assert_int_equal(places_of(generator.key, KEY_SIZE), 2);
}

/* Of the seeds there are the originals, and the copies that stirring makes: 32 bytes, and the rest. */
static void secrets_leave_no_seed(void **state)
{
	struct machine machine = {.seed_size = MACHINE_SEED_SIZE};
	struct hal_secrets secrets;
	uint8_t seed[MACHINE_SEED_SIZE];

	(void)state;
	memset(seed, 0x5e, sizeof(seed));
	memcpy(machine.seed, seed, sizeof(seed));
	secrets_draw(&secrets, &machine, &generator);
	assert_int_equal(places_of(seed, sizeof(seed)), 1);
	assert_int_equal(places_of(seed, KEY_SIZE), 2);
	assert_int_equal(places_of(random_words, sizeof(random_words)), 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_block_leaves_neither_key_nor_itself, setup),
		cmocka_unit_test_setup(a_draw_leaves_no_key, setup),
		cmocka_unit_test_setup(a_draw_leaves_nothing_that_it_gave, setup),
		cmocka_unit_test_setup(stirring_leaves_neither_key_nor_seed, setup),
		cmocka_unit_test_setup(secrets_leave_no_seed, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
