/*
 * Frames and tags that are given to others while something of them may still be cached.
 */
#include "hal_host/speculation.h"

#include "tests/unit/tlb_fixture.h"

/* Frames that are given to others. */

static void clear(void *frame)
{
	hal_frame_clear((phys_addr){*(uint64_t *)frame});
}

static void test_clearing_a_frame_of_the_live_space_aborts(void **state)
{
	uint64_t frames[] = {DATA_FRAME, CODE_FRAME, ROOT, LEVEL2, LEVEL3};

	(void)state;
	for (size_t i = 0; i < sizeof(frames) / sizeof(frames[0]); i++) {
		expect_abort("live-space", clear, &frames[i]);
	}
}

static void test_clearing_a_frame_of_a_space_that_may_be_cached_aborts(void **state)
{
	uint64_t frames[] = {DATA_FRAME, CODE_FRAME, ROOT, LEVEL2, LEVEL3};

	(void)state;
	hal_space_park();
	for (size_t i = 0; i < sizeof(frames) / sizeof(frames[0]); i++) {
		expect_abort("missing-invalidation", clear, &frames[i]);
	}
	hal_tlb_invalidate_space(ASID + 1);
	expect_abort("missing-invalidation", clear, &frames[0]);
	hal_tlb_invalidate_space(ASID);
	for (size_t i = 0; i < sizeof(frames) / sizeof(frames[0]); i++) {
		clear(&frames[i]);
	}
}

static void test_invalidating_before_parking_is_not_enough(void **state)
{
	uint64_t frame = DATA_FRAME;

	(void)state;
	/* While the space is live the MMU may cache everything again. */
	hal_tlb_invalidate_space(ASID);
	hal_space_park();
	expect_abort("missing-invalidation", clear, &frame);
}

static void test_clearing_an_unmapped_frame_needs_an_invalidation(void **state)
{
	uint64_t frame = DATA_FRAME;

	(void)state;
	fixture_put_page(DATA, 0);
	expect_abort("missing-invalidation", clear, &frame);
	hal_tlb_invalidate_space(ASID);
	clear(&frame);
}

static void test_clearing_an_unlinked_table_needs_an_invalidation(void **state)
{
	uint64_t frame = LEVEL3;

	(void)state;
	break_page(CODE);
	break_page(DATA);
	break_page(CONSTANT);
	/* The table is empty now, but still in the walk caches. */
	assert_int_equal(access_user(DATA, WALKER_READ), 0x07);
	fixture_put(LEVEL2, 2, 0);
	expect_abort("missing-invalidation", clear, &frame);
	hal_tlb_invalidate_space(ASID);
	clear(&frame);
}

static void test_unlinked_table_leaves_its_pages_cached(void **state)
{
	uint64_t frame = CONSTANT_FRAME;

	(void)state;
	fixture_put(LEVEL2, 2, 0);
	expect_abort("missing-invalidation", clear, &frame);
	assert_int_equal(access_user(CONSTANT, WALKER_READ), OK);
	hal_tlb_invalidate_space(ASID);
	assert_int_equal(access_user(CONSTANT, WALKER_READ), 0x06);
	clear(&frame);
}

static void test_clearing_a_table_of_the_kernel_aborts(void **state)
{
	uint64_t root = twin_boot_info()->kernel_root.value;
	uint64_t pool = twin_boot_info()->table_pool.value;

	(void)state;
	expect_abort("live-table", clear, &root);
	/* The first table of the pool serves the linear map. */
	expect_abort("live-table", clear, &pool);
}

/* ASIDs. */

static void enter_for_copies(void *space)
{
	hal_space_enter(space);
}

static void test_a_space_that_is_entered_for_copies_may_be_cached(void **state)
{
	uint64_t frame = DATA_FRAME;

	fixture_setup(state);
	hal_space_enter(&fixture_space);
	expect_abort("live-space", clear, &frame);
	hal_space_park();
	expect_abort("missing-invalidation", clear, &frame);
}

static void make_other_space(void)
{
	fixture_put(OTHER_ROOT, 0, LEVEL2 | D_TABLE);
}

static void test_asid_of_another_space_aborts(void **state)
{
	static const struct hal_space reused = {{OTHER_ROOT}, ASID};

	(void)state;
	make_other_space();
	expect_abort("asid-reuse", enter, (void *)(uintptr_t)&reused);
	hal_space_park();
	expect_abort("asid-reuse", enter, (void *)(uintptr_t)&reused);
	hal_tlb_invalidate_space(ASID);
	fixture_enter(&reused);
}

static void test_a_space_under_two_asids_is_cached_twice(void **state)
{
	static const struct hal_space renewed = {{ROOT}, ASID + 1};
	uint64_t frame = DATA_FRAME;

	(void)state;
	fixture_enter(&renewed);
	hal_space_park();
	hal_tlb_invalidate_space(ASID + 1);
	expect_abort("missing-invalidation", clear, &frame);
	hal_tlb_invalidate_space(ASID);
	clear(&frame);
}

static void invalidate_all(void *unused)
{
	(void)unused;
	hal_tlb_invalidate_all();
}

/* A generation of ASIDs ends: no space is live, and each tag is worth nothing. */
static void test_all_spaces_are_forgotten_at_once(void **state)
{
	static const struct hal_space reused = {{OTHER_ROOT}, ASID};
	static const struct hal_space renewed = {{ROOT}, ASID + 1};
	uint64_t frame = CONSTANT_FRAME;

	(void)state;
	make_other_space();
	fixture_enter(&other_space);
	expect_abort("all-live", invalidate_all, NULL);
	hal_space_park();
	fixture_put_page(CONSTANT, 0);
	expect_abort("missing-invalidation", clear, &frame);
	hal_tlb_invalidate_all();
	clear(&frame);
	/* The two spaces change their tags. */
	fixture_enter(&reused);
	assert_int_equal(access_user(CONSTANT, WALKER_READ), 0x07);
	fixture_enter(&renewed);
}

static void test_a_generation_without_an_invalidation_aborts(void **state)
{
	static const struct hal_space renewed = {{ROOT}, ASID + 1};

	(void)state;
	make_other_space();
	fixture_enter(&other_space);
	hal_space_park();
	expect_abort("asid-reuse", enter, (void *)(uintptr_t)&renewed);
	expect_abort("asid-reuse", enter_for_copies, (void *)(uintptr_t)&renewed);
	/* An invalidation of another tag does not help. */
	hal_tlb_invalidate_space(ASID);
	expect_abort("asid-reuse", enter, (void *)(uintptr_t)&renewed);
	hal_tlb_invalidate_space(ASID + 1);
	fixture_enter(&renewed);
}

static void test_all_kernel_pages_are_forgotten_too(void **state)
{
	uint64_t page = twin_boot_info()->sealed_start.value;
	uint64_t table = twin_boot_info()->kernel_root.value + 0x2000;
	unsigned index = (unsigned)(page >> 12 & 511);

	(void)state;
	hal_space_park();
	fixture_put(table, index, *fixture_entry(table, index) | D_READ_ONLY);
	expect_abort("stale-translation", enter_fixture, NULL);
	hal_tlb_invalidate_all();
	fixture_enter(&fixture_space);
}

static void test_a_kernel_page_may_be_cached_unused(void **state)
{
	kernel_addr page = twin_boot_info()->sealed_start;
	uint64_t table = twin_boot_info()->kernel_root.value + 0x2000;

	(void)state;
	fixture_put(table, (unsigned)(page.value >> 12 & 511), 0);
	expect_abort("stale-translation", enter_fixture, NULL);
	hal_tlb_invalidate_kernel(page);
	enter_fixture(NULL);
}

static void test_a_table_of_nothing_may_be_cached_unused(void **state)
{
	(void)state;
	fixture_put(ROOT, 3, SPARE_FRAME | D_TABLE);
	fixture_put(ROOT, 3, 0);
	expect_abort("stale-translation", enter_fixture, NULL);
	hal_tlb_invalidate_page(ASID, (user_addr){3UL << 30});
	enter_fixture(NULL);
}

static void test_asid_zero_aborts(void **state)
{
	static const struct hal_space parked = {{ROOT}, 0};

	(void)state;
	expect_abort("asid-zero", enter, (void *)(uintptr_t)&parked);
	expect_abort("asid-zero", enter_for_copies, (void *)(uintptr_t)&parked);
}

static void invalidate_asid_zero(void *unused)
{
	(void)unused;
	hal_tlb_invalidate_space(0);
}

static void test_invalidating_asid_zero_aborts(void **state)
{
	(void)state;
	expect_abort("asid-zero", invalidate_asid_zero, NULL);
}

static void test_spaces_do_not_share_translations(void **state)
{
	(void)state;
	make_other_space();
	fixture_enter(&other_space);
	assert_int_equal(access_user(DATA, WALKER_READ), OK);
	/* One page, two tags: each has to be invalidated. */
	fixture_put_page(DATA, 0);
	hal_tlb_invalidate_space(ASID + 1);
	assert_int_equal(access_user(DATA, WALKER_READ), 0x07);
	expect_abort("stale-translation", enter, (void *)(uintptr_t)&other_space);
	hal_tlb_invalidate_space(ASID);
	fixture_enter(&other_space);
}

static void test_global_user_page_outlives_its_space(void **state)
{
	uint64_t frame = DATA_FRAME;

	(void)state;
	break_page(DATA);
	fixture_put_page(DATA, DATA_FRAME | (D_USER_WRITE & ~D_NG));
	hal_space_park();
	hal_tlb_invalidate_space(ASID);
	expect_abort("missing-invalidation", clear, &frame);
}

static void test_global_user_page_is_served_to_every_space(void **state)
{
	struct hal_context context = fixture_context();
	struct hal_trap trap;

	(void)state;
	break_page(DATA);
	fixture_put_page(DATA, DATA_FRAME | (D_USER_WRITE & ~D_NG));
	assert_int_equal(access_user(DATA, WALKER_READ), OK);
	/* The other space is empty, down to its first instruction. */
	hal_user_run(&context, &other_space, &trap);
	assert_int_equal(trap.esr, 0x82000005);
	assert_int_equal(access_user(DATA, WALKER_READ), OK);
	assert_int_equal(access_user(CONSTANT, WALKER_READ), 0x05);
}

static void read_data(void *unused)
{
	(void)unused;
	(void)access_user(DATA, WALKER_READ);
}

static void test_global_and_own_page_conflict(void **state)
{
	(void)state;
	/* Another space with a page of its own at the same address, cached first. */
	hal_frame_clear((phys_addr){FRAME(8)});
	hal_frame_clear((phys_addr){FRAME(9)});
	fixture_put(OTHER_ROOT, 0, FRAME(8) | D_TABLE);
	fixture_put(FRAME(8), 2, FRAME(9) | D_TABLE);
	fixture_put(FRAME(9), 0, CODE_FRAME | D_USER_CODE);
	fixture_put(FRAME(9), 1, SPARE_FRAME | D_USER_WRITE);
	fixture_enter(&other_space);
	read_data(NULL);
	break_page(DATA);
	fixture_put_page(DATA, DATA_FRAME | (D_USER_WRITE & ~D_NG));
	fixture_enter(&fixture_space);
	read_data(NULL);
	fixture_enter(&other_space);
	expect_abort("tlb-conflict", read_data, NULL);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_clearing_a_frame_of_the_live_space_aborts, setup),
		cmocka_unit_test_setup(test_clearing_a_frame_of_a_space_that_may_be_cached_aborts, setup),
		cmocka_unit_test_setup(test_invalidating_before_parking_is_not_enough, setup),
		cmocka_unit_test_setup(test_clearing_an_unmapped_frame_needs_an_invalidation, setup),
		cmocka_unit_test_setup(test_clearing_an_unlinked_table_needs_an_invalidation, setup),
		cmocka_unit_test_setup(test_unlinked_table_leaves_its_pages_cached, setup),
		cmocka_unit_test_setup(test_clearing_a_table_of_the_kernel_aborts, setup),
		cmocka_unit_test_setup(test_a_space_that_is_entered_for_copies_may_be_cached, setup),
		cmocka_unit_test_setup(test_asid_of_another_space_aborts, setup),
		cmocka_unit_test_setup(test_a_space_under_two_asids_is_cached_twice, setup),
		cmocka_unit_test_setup(test_all_spaces_are_forgotten_at_once, setup),
		cmocka_unit_test_setup(test_a_generation_without_an_invalidation_aborts, setup),
		cmocka_unit_test_setup(test_all_kernel_pages_are_forgotten_too, setup),
		cmocka_unit_test_setup(test_a_kernel_page_may_be_cached_unused, setup),
		cmocka_unit_test_setup(test_a_table_of_nothing_may_be_cached_unused, setup),
		cmocka_unit_test_setup(test_asid_zero_aborts, setup),
		cmocka_unit_test_setup(test_invalidating_asid_zero_aborts, setup),
		cmocka_unit_test_setup(test_spaces_do_not_share_translations, setup),
		cmocka_unit_test_setup(test_global_user_page_outlives_its_space, setup),
		cmocka_unit_test_setup(test_global_user_page_is_served_to_every_space, setup),
		cmocka_unit_test_setup(test_global_and_own_page_conflict, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
