/*
 * Where address_space_choose finds room: a guard apart from what it chose before, clear of what is mapped, in its zone.
 */
#include "core/memory/address_space.h"

#include "tests/unit/space_fixture.h"

#define GUARD 0x10000UL
#define MAP_BASE 0x2000000000UL
#define MAP_TOP 0x6000000000UL

static void map(uint64_t start, uint64_t count, enum page_access access)
{
	assert_int_equal(address_space_map_pages(&space, pages(start, count), access), K_OK);
}

static uint64_t choose(uint64_t count)
{
	uint64_t address = 0;

	assert_int_equal(address_space_choose(&space, count * PAGE, &address), K_OK);
	assert_int_equal(address % PAGE, 0);
	assert_in_range(address, MAP_BASE, MAP_TOP - count * PAGE);
	return address;
}

static void test_choices_are_a_guard_apart(void **state)
{
	uint64_t first = choose(1);
	uint64_t second = choose(64);

	(void)state;
	assert_int_equal(second, first + PAGE + GUARD);
	assert_int_equal(choose(3), second + 64 * PAGE + GUARD);
	assert_int_equal(space.frames_used, 1);
}

static void test_what_is_mapped_is_kept_clear_of(void **state)
{
	/* Counted from the page before the range: its first page, two within, its last; and those right before and
	 * behind it, which do not matter. The next choice is a guard of 16 pages behind what is in the way. */
	static const struct {
		uint64_t taken, moved;
	} cases[] = {{1, 17}, {4, 20}, {5, 21}, {8, 24}, {0, 0}, {9, 0}, {24, 0}};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		/* A table ends right before the range, after so many pages of it, at its end, and behind it. */
		for (uint64_t before = 0; before <= 9; before++) {
			uint64_t start = MAP_BASE + 0x200000 - before * PAGE;

			space_setup(state);
			space.map_next = start;
			map(start - PAGE + cases[i].taken * PAGE, 1, PAGE_USER_READ);
			assert_int_equal(choose(8), start + cases[i].moved * PAGE);
		}
	}
}

/* Of a range in two tables, both count. */
static void test_the_last_page_in_the_way_counts_in_two_tables(void **state)
{
	uint64_t start = MAP_BASE + 0x200000 - 4 * PAGE;

	(void)state;
	space.map_next = start;
	map(start + PAGE, 1, PAGE_USER_READ);
	map(start + 5 * PAGE, 1, PAGE_USER_READ);
	assert_int_equal(choose(8), start + 6 * PAGE + GUARD);
}

static void test_the_last_page_in_the_way_counts(void **state)
{
	uint64_t start = space.map_next;

	(void)state;
	map(start + 2 * PAGE, 1, PAGE_USER_READ);
	map(start + 6 * PAGE, 1, PAGE_USER_READ);
	assert_int_equal(choose(8), start + 7 * PAGE + GUARD);
}

static void test_the_zone_is_gone_through_from_its_start(void **state)
{
	(void)state;
	space.map_next = MAP_TOP - 4 * PAGE;
	assert_int_equal(choose(4), MAP_TOP - 4 * PAGE);
	assert_int_equal(choose(1), MAP_BASE);
	space.map_next = MAP_TOP - 4 * PAGE;
	assert_int_equal(choose(5), MAP_BASE);
	assert_int_equal(choose(1), MAP_BASE + 5 * PAGE + GUARD);
	map(MAP_BASE, 1, PAGE_USER_READ);
	space.map_next = MAP_TOP;
	assert_int_equal(choose(1), MAP_BASE + PAGE + GUARD);
}

/* So many single pages that each try but the last finds one. */
static void obstruct(uint64_t start, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		map(start + i * (PAGE + GUARD), 1, PAGE_USER_READ);
	}
}

static void test_tries_are_bounded(void **state)
{
	uint64_t start = space.map_next;
	uint64_t address = 0x1234;

	(void)state;
	obstruct(start, 63);
	assert_int_equal(choose(1), start + 63 * (PAGE + GUARD));
	space_setup(state);
	start = space.map_next;
	obstruct(start, 64);
	assert_int_equal(address_space_choose(&space, PAGE, &address), K_ENOMEM);
	assert_int_equal(address, 0x1234);
	/* The next call goes on where this one gave up. */
	assert_int_equal(choose(1), start + 64 * (PAGE + GUARD));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_choices_are_a_guard_apart, space_setup),
		cmocka_unit_test(test_what_is_mapped_is_kept_clear_of),
		cmocka_unit_test_setup(test_the_last_page_in_the_way_counts, space_setup),
		cmocka_unit_test_setup(test_the_last_page_in_the_way_counts_in_two_tables, space_setup),
		cmocka_unit_test_setup(test_the_zone_is_gone_through_from_its_start, space_setup),
		cmocka_unit_test_setup(test_tries_are_bounded, space_setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
