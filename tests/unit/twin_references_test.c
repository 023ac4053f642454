/*
 * The twin's shortcut to the tables that lead to a frame: it may not know, but must never be wrong.
 */
#include "hal_host/references.h"

#include "tests/unit/twin_fixture.h"

static bool may_reach(uint64_t frame, uint64_t root)
{
	struct references_path path = references_to(frame);

	return references_may_come_from(&path, root);
}

static bool is_known(uint64_t frame)
{
	return references_to(frame).is_known;
}

static void test_a_way_leads_to_its_root(void **state)
{
	static const uint64_t frames[] = {ROOT, LEVEL2, LEVEL3, DATA_FRAME, CODE_FRAME};

	(void)state;
	for (size_t i = 0; i < sizeof(frames) / sizeof(frames[0]); i++) {
		assert_true(is_known(frames[i]));
		assert_true(may_reach(frames[i], ROOT));
		assert_false(may_reach(frames[i], OTHER_ROOT));
	}
	assert_false(may_reach(SPARE_FRAME, ROOT));
	assert_true(is_known(0x1000));
}

static void test_what_is_unmapped_is_out_of_reach(void **state)
{
	(void)state;
	fixture_put_page(DATA, 0);
	assert_false(may_reach(DATA_FRAME, ROOT));
	/* Unlinking a table takes what lies below along. */
	fixture_put(LEVEL2, 2, 0);
	assert_false(may_reach(CODE_FRAME, ROOT));
	assert_true(may_reach(CODE_FRAME, LEVEL3));
	hal_frame_clear((phys_addr){LEVEL3});
	assert_false(may_reach(CODE_FRAME, LEVEL3));
}

static void test_permissions_do_not_count(void **state)
{
	(void)state;
	fixture_put_page(DATA, DATA_FRAME | D_USER_READ);
	assert_true(is_known(DATA_FRAME));
	assert_true(may_reach(DATA_FRAME, ROOT));
	fixture_put_page(DATA, 0);
	assert_false(may_reach(DATA_FRAME, ROOT));
}

static void test_two_ways_are_not_told_apart(void **state)
{
	(void)state;
	fixture_put_page(UNMAPPED, DATA_FRAME | D_USER_READ);
	assert_false(is_known(DATA_FRAME));
	assert_true(may_reach(DATA_FRAME, ROOT));
	assert_true(may_reach(DATA_FRAME, OTHER_ROOT));
	/* Which of them is left is not known either. */
	fixture_put_page(DATA, 0);
	assert_false(is_known(DATA_FRAME));
	fixture_put_page(UNMAPPED, 0);
	assert_true(is_known(DATA_FRAME));
	assert_false(may_reach(DATA_FRAME, ROOT));
}

static void test_a_shared_table_is_not_told_apart(void **state)
{
	(void)state;
	fixture_put(OTHER_ROOT, 0, LEVEL2 | D_TABLE);
	assert_true(may_reach(DATA_FRAME, ROOT));
	assert_true(may_reach(DATA_FRAME, OTHER_ROOT));
}

static void test_a_root_that_is_mapped_stays_a_root(void **state)
{
	(void)state;
	/* Another space maps the fixture's root as a page. */
	hal_frame_clear((phys_addr){FRAME(8)});
	hal_frame_clear((phys_addr){FRAME(9)});
	fixture_put(OTHER_ROOT, 0, FRAME(8) | D_TABLE);
	fixture_put(FRAME(8), 0, FRAME(9) | D_TABLE);
	fixture_put(FRAME(9), 0, ROOT | D_USER_READ);
	assert_true(may_reach(ROOT, ROOT));
	assert_true(may_reach(ROOT, OTHER_ROOT));
	assert_true(may_reach(DATA_FRAME, ROOT));
	assert_true(may_reach(LEVEL2, ROOT));
}

static void test_a_table_that_leads_to_itself_ends_nowhere(void **state)
{
	(void)state;
	fixture_put_page(UNMAPPED, ROOT | D_USER_READ);
	assert_false(is_known(DATA_FRAME));
	assert_true(may_reach(DATA_FRAME, ROOT));
}

static void test_with_a_block_nothing_is_known(void **state)
{
	(void)state;
	fixture_put(LEVEL2, 3, 0x41200000 | (D_USER_WRITE & ~2UL));
	assert_false(is_known(SPARE_FRAME));
	fixture_put(LEVEL2, 3, 0);
	assert_true(is_known(SPARE_FRAME));
}

static void test_nothing_outlives_a_reset(void **state)
{
	fixture_put(LEVEL2, 3, 0x41200000 | (D_USER_WRITE & ~2UL));
	twin_reset(NULL);
	assert_true(is_known(DATA_FRAME));
	assert_false(may_reach(DATA_FRAME, ROOT));
	fixture_setup(state);
	assert_true(may_reach(DATA_FRAME, ROOT));
}

static bool is_table_at(uint64_t frame, uint64_t root, unsigned level, uint64_t address)
{
	struct references_path path = references_to(frame);
	unsigned found_level;
	uint64_t found_address;

	return references_find_table(&path, root, &found_level, &found_address) && found_level == level &&
	       found_address == address;
}

static bool is_table(uint64_t frame, uint64_t root)
{
	struct references_path path = references_to(frame);

	return references_find_table(&path, root, &(unsigned){0}, &(uint64_t){0});
}

static void test_where_a_table_is(void **state)
{
	(void)state;
	hal_frame_clear((phys_addr){FRAME(16)});
	hal_frame_clear((phys_addr){FRAME(17)});
	fixture_put(OTHER_ROOT, 511, FRAME(16) | D_TABLE);
	fixture_put(FRAME(16), 5, FRAME(17) | D_TABLE);
	assert_true(is_table_at(ROOT, ROOT, 1, 0));
	assert_true(is_table_at(LEVEL2, ROOT, 2, 0));
	assert_true(is_table_at(LEVEL3, ROOT, 3, 0x400000));
	assert_true(is_table_at(LEVEL3, LEVEL2, 2, 0x80000000));
	assert_true(is_table_at(FRAME(16), OTHER_ROOT, 2, 511UL << 30));
	assert_true(is_table_at(FRAME(17), OTHER_ROOT, 3, 511UL << 30 | 5UL << 21));
	/* A page is none, and neither is a table of another space. */
	assert_false(is_table(DATA_FRAME, ROOT));
	assert_false(is_table(LEVEL3, OTHER_ROOT));
	assert_false(is_table(SPARE_FRAME, ROOT));
	fixture_put(LEVEL2, 2, 0);
	assert_false(is_table(LEVEL3, ROOT));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_a_way_leads_to_its_root, fixture_setup),
		cmocka_unit_test_setup(test_what_is_unmapped_is_out_of_reach, fixture_setup),
		cmocka_unit_test_setup(test_permissions_do_not_count, fixture_setup),
		cmocka_unit_test_setup(test_two_ways_are_not_told_apart, fixture_setup),
		cmocka_unit_test_setup(test_a_shared_table_is_not_told_apart, fixture_setup),
		cmocka_unit_test_setup(test_a_root_that_is_mapped_stays_a_root, fixture_setup),
		cmocka_unit_test_setup(test_a_table_that_leads_to_itself_ends_nowhere, fixture_setup),
		cmocka_unit_test_setup(test_with_a_block_nothing_is_known, fixture_setup),
		cmocka_unit_test_setup(test_nothing_outlives_a_reset, fixture_setup),
		cmocka_unit_test_setup(test_where_a_table_is, fixture_setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
