/*
 * lib/relocation.h: entries as the gABI describes them, and entries that name what is not there. Arrays are just as
 * large as said, for ASan.
 */
#include "lib/relocation.h"

#include <stdlib.h>
#include <string.h>

#include "tests/unit/cmocka_test.h"

#define LINKED 0xffffffc000080000UL
#define DISTANCE 0x1234600000UL
#define WORDS 200
#define ADDRESS(word) (LINKED + 8 * (uint64_t)(word))
/* A bitmap for the n-th word, from 0, behind where the last entry ended. */
#define NTH(n) (1UL << (1 + (n)))

static uint64_t *image;

static int setup(void **state)
{
	(void)state;
	image = malloc(WORDS * sizeof(*image));
	for (size_t i = 0; i < WORDS; i++) {
		image[i] = 1000 * i;
	}
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	free(image);
	return 0;
}

static bool apply(const uint64_t *entries, size_t count)
{
	uint64_t *copy = malloc(count * sizeof(*copy) + 1);
	struct relocations relocations = {.entries = copy, .count = count, .linked = LINKED};
	bool is_done;

	memcpy(copy, entries, count * sizeof(*copy));
	is_done = relocations_apply(&relocations, image, WORDS, DISTANCE);
	free(copy);
	return is_done;
}

/* These words have moved, and no others. The list ends with WORDS. */
static void assert_moved(const size_t *words)
{
	for (size_t i = 0; i < WORDS; i++) {
		bool is_moved = i == *words;

		assert_int_equal(image[i], 1000 * i + (is_moved ? DISTANCE : 0));
		words += is_moved;
	}
	assert_int_equal(*words, WORDS);
}

#define APPLY(...) apply((const uint64_t[]){__VA_ARGS__}, sizeof((uint64_t[]){__VA_ARGS__}) / sizeof(uint64_t))
#define ASSERT_MOVED(...) assert_moved((const size_t[]){__VA_ARGS__, WORDS})

static void test_nothing_to_do(void **state)
{
	(void)state;
	assert_true(apply(image, 0));
	ASSERT_MOVED(WORDS);
}

static void test_addresses(void **state)
{
	(void)state;
	assert_true(APPLY(ADDRESS(0), ADDRESS(5), ADDRESS(WORDS - 1)));
	ASSERT_MOVED(0, 5, WORDS - 1);
}

/* Bit 1 is the word behind the address. */
static void test_a_bitmap_goes_on_from_an_address(void **state)
{
	(void)state;
	assert_true(APPLY(ADDRESS(3), 1 | NTH(0) | NTH(2) | NTH(62)));
	ASSERT_MOVED(3, 4, 6, 66);
}

/* Each bitmap is about 63 words, named or not. */
static void test_a_bitmap_goes_on_from_a_bitmap(void **state)
{
	(void)state;
	assert_true(APPLY(ADDRESS(0), 1 | NTH(62), 1, 1 | NTH(0), ADDRESS(150), 1 | NTH(1)));
	ASSERT_MOVED(0, 63, 127, 150, 152);
}

static void test_the_sum_wraps(void **state)
{
	(void)state;
	image[7] = UINT64_MAX;
	assert_true(APPLY(ADDRESS(7)));
	assert_int_equal(image[7], DISTANCE - 1);
}

static void test_what_is_not_there(void **state)
{
	static const uint64_t bad[] = {
		LINKED - 8, 0, ADDRESS(WORDS), UINT64_MAX - 7, ADDRESS(3) + 4, ADDRESS(3) + 2,
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_false(apply(&bad[i], 1));
		assert_moved((const size_t[]){WORDS});
	}
	/* Of a bitmap the first word too many. */
	assert_true(APPLY(ADDRESS(WORDS - 2), 1 | NTH(0)));
	teardown(state);
	setup(state);
	assert_false(APPLY(ADDRESS(WORDS - 2), 1 | NTH(0) | NTH(1)));
	assert_false(APPLY(1 | NTH(0)));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_nothing_to_do, setup, teardown),
		cmocka_unit_test_setup_teardown(test_addresses, setup, teardown),
		cmocka_unit_test_setup_teardown(test_a_bitmap_goes_on_from_an_address, setup, teardown),
		cmocka_unit_test_setup_teardown(test_a_bitmap_goes_on_from_a_bitmap, setup, teardown),
		cmocka_unit_test_setup_teardown(test_the_sum_wraps, setup, teardown),
		cmocka_unit_test_setup_teardown(test_what_is_not_there, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
