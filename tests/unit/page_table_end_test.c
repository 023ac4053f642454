/*
 * Translation tables that go: those that became empty, one by one, and all of them at the end.
 */
#include "tests/unit/page_table_fixture.h"

/* Empty tables. */

static void assert_unlinks(uint64_t address, unsigned table)
{
	phys_addr taken_out = {0};

	assert_true(page_table_unlink_empty(root, address, &taken_out));
	assert_int_equal(taken_out.value, POOL + POOL_STRIDE * table);
}

static void assert_keeps(uint64_t address)
{
	phys_addr none = {0x1234};

	assert_false(page_table_unlink_empty(root, address, &none));
	assert_int_equal(none.value, 0x1234);
}

static void test_empty_tables_are_taken_out_from_below(void **state)
{
	(void)state;
	assert_int_equal(map(0x40000000, FRAME(100)), K_OK);
	assert_keeps(0x40000000);
	assert_keeps(0x40200000);
	assert_keeps(0x80000000);
	(void)page_table_unmap(root, 0x40000000);
	assert_unlinks(0x401ff000, 1);
	assert_int_equal(*fixture_entry(POOL, 0), 0);
	assert_unlinks(0x7fffffff, 0);
	assert_int_equal(*fixture_entry(NEW_ROOT, 1), 0);
	assert_keeps(0x40000000);
	assert_int_equal(pool.given_back, 0);
}

static void test_a_table_with_one_entry_stays(void **state)
{
	(void)state;
	for (unsigned index = 0; index < 512; index++) {
		setup(state);
		assert_int_equal(map(0x40000000 + index * 0x1000UL, FRAME(100)), K_OK);
		assert_keeps(0x40000000);
		(void)page_table_unmap(root, 0x40000000 + index * 0x1000UL);
		assert_unlinks(0x40000000, 1);
	}
}

/* Where pages were to be mapped, but the last table was missing. */
static void test_an_empty_table_above(void **state)
{
	uint64_t *entries;

	(void)state;
	pool.limit = 1;
	assert_int_equal(page_table_make_pages(root, 0x1000, PAGE_USER_READ, &source, &entries), K_ENOMEM);
	assert_unlinks(0x1000, 0);
	assert_keeps(0x1000);
}

/* The end. */

/* Frames that hang below the root when all addresses are mapped. */
#define HELD (pool.taken + ADDRESS_COUNT - pool.given_back)

static void map_all(void)
{
	for (size_t i = 0; i < ADDRESS_COUNT; i++) {
		assert_int_equal(map(addresses[i], FRAME(100 + i)), K_OK);
	}
}

static void test_every_table_and_page_is_given_back_once(void **state)
{
	(void)state;
	map_all();
	assert_true(page_table_clear(root, &source, 1000, HELD));
	assert_int_equal(pool.given_back, pool.taken + ADDRESS_COUNT);
	for (unsigned index = 0; index < 512; index++) {
		assert_int_equal(*fixture_entry(NEW_ROOT, index), 0);
	}
}

static void test_no_more_is_given_back_than_allowed(void **state)
{
	for (unsigned limit = 1; limit < 40; limit++) {
		unsigned calls = 0;
		unsigned all;

		setup(state);
		map_all();
		all = pool.taken + (unsigned)ADDRESS_COUNT;
		while (!page_table_clear(root, &source, limit, HELD)) {
			calls++;
			assert_int_equal(pool.given_back, calls * limit);
		}
		assert_int_equal(pool.given_back, all);
		assert_int_equal(calls, (all - 1) / limit);
	}
	setup(state);
	map_all();
	assert_false(page_table_clear(root, &source, 0, HELD));
	assert_int_equal(pool.given_back, 0);
}

/* What lies behind a table, as more of it: descriptors of tables, which have such descriptors themselves. */
static void fill_frame_behind(uint64_t table)
{
	for (unsigned index = 0; index < PAGE_TABLE_ENTRIES; index++) {
		*fixture_entry(table + 0x1000, index) = FRAME(200) | 3;
	}
}

static void test_tables_end_after_their_last_entry(void **state)
{
	(void)state;
	map_all();
	fill_frame_behind(NEW_ROOT);
	for (unsigned i = 0; i < pool.taken; i++) {
		fill_frame_behind(POOL + POOL_STRIDE * i);
	}
	hal_frame_clear((phys_addr){FRAME(200)});
	*fixture_entry(FRAME(200), 0) = FRAME(201) | 3;
	assert_true(page_table_clear(root, &source, 1000, UINT64_MAX));
	assert_int_equal(pool.given_back, pool.taken + ADDRESS_COUNT);
}

/* What is not held is not looked for: the last entry of each table on the way to the last page is never reached. */
static void test_only_what_is_held_is_looked_for(void **state)
{
	(void)state;
	assert_int_equal(map(0x1000, FRAME(100)), K_OK);
	assert_int_equal(map(0x40000000, FRAME(101)), K_OK);
	hal_frame_clear((phys_addr){FRAME(200)});
	*fixture_entry(NEW_ROOT, 511) = FRAME(200) | 3;
	*fixture_entry(POOL + 2 * POOL_STRIDE, 511) = FRAME(200) | 3;
	*fixture_entry(POOL + 3 * POOL_STRIDE, 511) = FRAME(200) | 3;
	/* Four tables and two pages. */
	assert_true(page_table_clear(root, &source, 1000, 6));
	assert_int_equal(pool.given_back, 6);
	assert_int_equal(*fixture_entry(NEW_ROOT, 511), FRAME(200) | 3);
}

static void test_an_empty_root_is_clear(void **state)
{
	(void)state;
	assert_true(page_table_clear(root, &source, 0, 0));
	assert_int_equal(pool.given_back, 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_empty_tables_are_taken_out_from_below, setup),
		cmocka_unit_test(test_a_table_with_one_entry_stays),
		cmocka_unit_test_setup(test_an_empty_table_above, setup),
		cmocka_unit_test_setup(test_every_table_and_page_is_given_back_once, setup),
		cmocka_unit_test(test_no_more_is_given_back_than_allowed),
		cmocka_unit_test_setup(test_tables_end_after_their_last_entry, setup),
		cmocka_unit_test_setup(test_only_what_is_held_is_looked_for, setup),
		cmocka_unit_test_setup(test_an_empty_root_is_clear, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
