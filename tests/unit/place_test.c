/*
 * core/start/place.h: which places there are, and what one is drawn by. The CPU's random numbers are this file's own.
 */
#include "core/start/place.h"

#include <string.h>

#include "hal/layout.h"
#include "tests/unit/cmocka_test.h"

#define LINEAR_END (KERNEL_LINEAR_BASE + KERNEL_LINEAR_SIZE)
#define DEVICES_END (KERNEL_DEVICE_OFFSET + KERNEL_DEVICE_SLOTS * 0x1000UL)
#define UNTOUCHED 77

static uint64_t random_word; /* what the CPU gives; 0: nothing */
static unsigned asked;

bool hal_random(uint64_t *value)
{
	asked++;
	if (random_word == 0) {
		return false;
	}
	*value = random_word;
	return true;
}

/* The whole block lies above the linear map and ends within the half; what is in it fits, and leaves a gap behind it.
 */
static void test_every_place_is_a_legal_one(void **state)
{
	(void)state;
	assert_true(DEVICES_END < KERNEL_PLACE_SIZE);
	assert_true(KERNEL_IMAGE_MAX < KERNEL_DEVICE_OFFSET);
	for (uint64_t seed = 0; seed < KERNEL_PLACES; seed++) {
		uint64_t distance = place_distance(seed);
		uint64_t address = KERNEL_IMAGE_BASE + distance;

		assert_true(address >= LINEAR_END);
		assert_true(address <= UINT64_MAX - KERNEL_PLACE_SIZE + 1);
		assert_int_equal(address % KERNEL_PLACE_SIZE, 0);
	}
}

/* Each place once in 2^17 seeds, whichever those are: the bits above do not count. */
static void test_every_place_is_as_likely_as_any_other(void **state)
{
	static const uint64_t highs[] = {0, 1, 0x5555555555555555, UINT64_MAX};
	static uint8_t seen[KERNEL_PLACES];

	(void)state;
	for (size_t i = 0; i < sizeof(highs) / sizeof(highs[0]); i++) {
		memset(seen, 0, sizeof(seen));
		for (uint64_t low = 0; low < KERNEL_PLACES; low++) {
			uint64_t place = place_distance(highs[i] * KERNEL_PLACES + low) / KERNEL_PLACE_SIZE;

			assert_true(place < KERNEL_PLACES);
			assert_int_equal(seen[place]++, 0);
		}
	}
	/* From one end of the half to the other. */
	assert_int_equal(place_distance(KERNEL_PLACES - 1), 0x3fffe00000);
	assert_int_equal(place_distance(UINT64_MAX), 0x3fffe00000);
	assert_int_equal(place_distance(1), 0x200000);
	assert_int_equal(place_distance(0x20000), 0);
}

static void check_drawn(uint64_t seed, uint64_t word, uint64_t wanted, unsigned asks)
{
	struct machine machine = {.place_seed = seed};
	uint64_t distance = UNTOUCHED;

	random_word = word;
	asked = 0;
	assert_true(place_draw(&machine, &distance));
	assert_int_equal(distance, wanted);
	assert_int_equal(asked, asks);
	assert_int_equal(machine.place_seed, 0);
}

static void test_the_tree_comes_before_the_cpu(void **state)
{
	(void)state;
	check_drawn(0x1234500000000003, 5, 3 * KERNEL_PLACE_SIZE, 0);
	check_drawn(0x1234500000000003, 0, 3 * KERNEL_PLACE_SIZE, 0);
	check_drawn(0, 0xabcde00000000005, 5 * KERNEL_PLACE_SIZE, 1);
	/* Any seed but 0 is one, also if it leads nowhere. */
	check_drawn(KERNEL_PLACES, 5, 0, 0);
}

static void test_without_a_seed_nothing_is_drawn(void **state)
{
	struct machine machine = {.place_seed = 0};
	uint64_t distance = UNTOUCHED;

	(void)state;
	random_word = 0;
	assert_false(place_draw(&machine, &distance));
	assert_int_equal(distance, UNTOUCHED);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_place_is_a_legal_one),
		cmocka_unit_test(test_every_place_is_as_likely_as_any_other),
		cmocka_unit_test(test_the_tree_comes_before_the_cpu),
		cmocka_unit_test(test_without_a_seed_nothing_is_drawn),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
