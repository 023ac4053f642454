/*
 * core/random/random.h: what is given out, what stays, and what goes in. The block function is what chacha20_test
 * shows it to be; this shows how the generator uses it.
 */
#include "core/random/random.h"

#include <stdlib.h>
#include <string.h>

#include "tests/unit/cmocka_test.h"

#define KEY_SIZE 32
#define LENGTH_MAX 300

static struct random generator;

static int setup(void **state)
{
	(void)state;
	memset(&generator, 0, sizeof(generator));
	for (uint32_t i = 0; i < CHACHA20_KEY_WORDS; i++) {
		generator.key[i] = 0x9e3779b9 * (i + 1);
	}
	return 0;
}

static bool holds(const uint8_t *bytes, size_t size, const void *part, size_t part_size)
{
	for (size_t i = 0; i + part_size <= size; i++) {
		if (memcmp(bytes + i, part, part_size) == 0) {
			return true;
		}
	}
	return false;
}

/* Fast key erasure: of the old key's stream the first 32 bytes are the new key, and the caller gets what follows. */
static void a_draw_is_the_stream_behind_the_next_key(void **state)
{
	static const uint32_t nonce[3] = {0, 0, 0};
	uint8_t stream[KEY_SIZE + LENGTH_MAX + CHACHA20_BLOCK_SIZE];

	for (size_t size = 0; size <= LENGTH_MAX; size++) {
		uint8_t *bytes = malloc(size == 0 ? 1 : size);

		setup(state);
		for (uint32_t i = 0; i < sizeof(stream) / CHACHA20_BLOCK_SIZE; i++) {
			chacha20_block(stream + (size_t)i * CHACHA20_BLOCK_SIZE, generator.key, i, nonce);
		}
		random_bytes(&generator, bytes, size);
		assert_memory_equal(generator.key, stream, KEY_SIZE);
		assert_memory_equal(bytes, stream + KEY_SIZE, size);
		free(bytes);
	}
}

/* Who reads the state finds neither the old key nor the new one in what was given out, nor what was given out in it. */
static void no_key_is_given_out(void **state)
{
	uint8_t bytes[LENGTH_MAX];
	uint32_t before[CHACHA20_KEY_WORDS];

	(void)state;
	memcpy(before, generator.key, sizeof(before));
	random_bytes(&generator, bytes, sizeof(bytes));
	for (size_t i = 0; i < CHACHA20_KEY_WORDS; i++) {
		assert_int_not_equal(generator.key[i], before[i]);
		assert_false(holds(bytes, sizeof(bytes), &before[i], sizeof(before[i])));
		assert_false(holds(bytes, sizeof(bytes), &generator.key[i], sizeof(generator.key[i])));
	}
}

/* Also when nothing is asked for, or so little that one half of a block is enough. */
static void every_draw_replaces_the_key(void **state)
{
	uint8_t byte;

	(void)state;
	for (unsigned i = 0; i < 100; i++) {
		uint32_t before[CHACHA20_KEY_WORDS];

		memcpy(before, generator.key, sizeof(before));
		random_bytes(&generator, &byte, i % 2);
		assert_memory_not_equal(before, generator.key, sizeof(before));
	}
}

static void no_two_draws_are_alike(void **state)
{
	uint8_t bytes[64][KEY_SIZE];

	(void)state;
	for (size_t i = 0; i < 64; i++) {
		random_bytes(&generator, bytes[i], KEY_SIZE);
		for (size_t j = 0; j < i; j++) {
			assert_memory_not_equal(bytes[i], bytes[j], KEY_SIZE);
		}
	}
}

/* Chunks of 32 bytes, the last one with zeros behind it: each is XORed into the key, which a block then replaces. Its
 * counter is the chunk's number; its nonce says that this is no draw, and how many bytes go in altogether. */
static void stirring_chains_blocks(void **state)
{
	uint8_t bytes[LENGTH_MAX];

	for (size_t i = 0; i < sizeof(bytes); i++) {
		bytes[i] = (uint8_t)(i * 37 + 11);
	}
	for (size_t size = 0; size <= LENGTH_MAX; size++) {
		const uint32_t nonce[3] = {1, (uint32_t)size, 0};
		uint8_t padded[LENGTH_MAX + KEY_SIZE] = {0};
		uint8_t *exact = malloc(size == 0 ? 1 : size);
		uint32_t key[CHACHA20_KEY_WORDS];

		setup(state);
		memcpy(key, generator.key, KEY_SIZE);
		memcpy(padded, bytes, size);
		memcpy(exact, bytes, size);
		for (uint32_t chunk = 0; chunk * KEY_SIZE < size; chunk++) {
			uint8_t block[CHACHA20_BLOCK_SIZE];

			for (size_t i = 0; i < KEY_SIZE; i++) {
				((uint8_t *)key)[i] ^= padded[chunk * KEY_SIZE + i];
			}
			chacha20_block(block, key, chunk, nonce);
			memcpy(key, block, KEY_SIZE);
		}
		random_stir(&generator, exact, size);
		assert_memory_equal(generator.key, key, KEY_SIZE);
		free(exact);
	}
}

/* The key after stirring two pieces, one after the other. */
static void stir_two(uint32_t *key, const char *first, size_t first_size, const char *second, size_t second_size)
{
	setup(NULL);
	random_stir(&generator, first, first_size);
	random_stir(&generator, second, second_size);
	memcpy(key, generator.key, KEY_SIZE);
}

static void order_length_and_cuts_matter(void **state)
{
	uint32_t keys[7][CHACHA20_KEY_WORDS];

	(void)state;
	stir_two(keys[0], "ab", 2, "cd", 2);
	stir_two(keys[1], "cd", 2, "ab", 2);
	stir_two(keys[2], "abc", 3, "d", 1);
	stir_two(keys[3], "abcd", 4, "", 0);
	stir_two(keys[4], "ab", 3, "cd", 2);
	stir_two(keys[5], "ab", 2, "cd", 3);
	stir_two(keys[6], "ab", 2, "", 0);
	for (size_t i = 0; i < 7; i++) {
		for (size_t j = 0; j < i; j++) {
			assert_memory_not_equal(keys[i], keys[j], KEY_SIZE);
		}
	}
}

/* Whoever chooses the bytes does not bring two states together: what was unknown before is unknown afterwards. */
static void known_bytes_take_nothing_away(void **state)
{
	static const uint8_t zeros[100];
	uint8_t own_key[KEY_SIZE];
	uint32_t keys[CHACHA20_KEY_WORDS * 32][CHACHA20_KEY_WORDS];

	memcpy(own_key, generator.key, KEY_SIZE);
	for (size_t bit = 0; bit < CHACHA20_KEY_WORDS * 32; bit++) {
		setup(state);
		generator.key[bit / 32] ^= (uint32_t)1 << bit % 32;
		random_stir(&generator, bit % 2 == 0 ? zeros : own_key, bit % 2 == 0 ? sizeof(zeros) : KEY_SIZE);
		memcpy(keys[bit], generator.key, KEY_SIZE);
		for (size_t other = 0; other < bit; other++) {
			assert_memory_not_equal(keys[bit], keys[other], KEY_SIZE);
		}
	}
}

/* Only those who know how secret the bytes are can say that. */
static void stirring_is_no_seed(void **state)
{
	uint8_t bytes[100] = {1};

	(void)state;
	random_stir(&generator, bytes, sizeof(bytes));
	assert_false(generator.is_seeded);
	random_bytes(&generator, bytes, sizeof(bytes));
	assert_false(generator.is_seeded);
	generator.is_seeded = true;
	random_stir(&generator, bytes, sizeof(bytes));
	random_bytes(&generator, bytes, sizeof(bytes));
	assert_true(generator.is_seeded);
}

static void numbers_stay_below_their_bound(void **state)
{
	(void)state;
	for (unsigned bit = 0; bit < 64; bit++) {
		uint64_t power = (uint64_t)1 << bit;

		for (unsigned i = 0; i < 50; i++) {
			assert_true(random_below(&generator, power) < power);
			assert_true(random_below(&generator, power + (power - 1)) < power + (power - 1));
		}
	}
	assert_int_equal(random_below(&generator, 1), 0);
}

/* 60000 throws of a die: the mean of each face is 10000, its deviation 91. Six deviations are never seen. */
static void every_number_is_as_likely_as_any_other(void **state)
{
	unsigned faces[6] = {0};

	(void)state;
	for (unsigned i = 0; i < 60000; i++) {
		faces[random_below(&generator, 6)]++;
	}
	for (size_t face = 0; face < 6; face++) {
		assert_in_range(faces[face], 10000 - 6 * 91, 10000 + 6 * 91);
	}
}

/* Also the highest. */
static void large_bounds_reach_all_bits(void **state)
{
	const uint64_t bound = 0xc000000000000000;
	uint64_t seen = 0;

	(void)state;
	for (unsigned i = 0; i < 1000; i++) {
		seen |= random_below(&generator, bound);
	}
	assert_int_equal(seen, UINT64_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_draw_is_the_stream_behind_the_next_key, setup),
		cmocka_unit_test_setup(no_key_is_given_out, setup),
		cmocka_unit_test_setup(every_draw_replaces_the_key, setup),
		cmocka_unit_test_setup(no_two_draws_are_alike, setup),
		cmocka_unit_test_setup(stirring_chains_blocks, setup),
		cmocka_unit_test_setup(order_length_and_cuts_matter, setup),
		cmocka_unit_test_setup(known_bytes_take_nothing_away, setup),
		cmocka_unit_test_setup(stirring_is_no_seed, setup),
		cmocka_unit_test_setup(numbers_stay_below_their_bound, setup),
		cmocka_unit_test_setup(every_number_is_as_likely_as_any_other, setup),
		cmocka_unit_test_setup(large_bounds_reach_all_bits, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
