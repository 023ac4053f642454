/*
 * The worst-case TLB: what a kernel that forgets an invalidation would live to see. Each test that breaks a rule has a
 * neighbour that does the same thing right.
 */
#include "hal_host/tlb.h"

#include "hal/layout.h"
#include "hal_host/mmu.h"
#include "hal_host/state.h"
#include "tests/unit/expect_abort.h"
#include "tests/unit/twin_fixture.h"

#define OK 0xff

static const struct hal_space other_space = {{OTHER_ROOT}, ASID + 1};

static int setup(void **state)
{
	fixture_setup(state);
	for (unsigned programs = 0; programs < 4; programs++) {
		twin_program(fixture_driver, NULL);
	}
	fixture_enter(&fixture_space);
	return 0;
}

static uint8_t access_user(uint64_t address, enum walker_access access)
{
	uint64_t physical;
	uint8_t status = OK;

	(void)mmu_translate_user(address, access, &physical, &status);
	return status;
}

static void break_page(uint64_t page)
{
	fixture_put_page(page, 0);
	hal_tlb_invalidate_space(ASID);
}

static void enter(void *space)
{
	fixture_enter(space);
}

static void enter_fixture(void *unused)
{
	(void)unused;
	fixture_enter(&fixture_space);
}

/* Unmapping. */

static void test_unmapped_page_is_served_until_invalidated(void **state)
{
	(void)state;
	/* Never used so far, but it may have been cached since the space was entered. */
	fixture_put_page(DATA, 0);
	assert_int_equal(access_user(DATA, WALKER_WRITE), OK);
	hal_tlb_invalidate_space(ASID);
	assert_int_equal(access_user(DATA, WALKER_WRITE), 0x07);
}

static void test_invalidation_takes_only_its_asid(void **state)
{
	(void)state;
	fixture_put_page(DATA, 0);
	hal_tlb_invalidate_space(ASID + 1);
	assert_int_equal(access_user(DATA, WALKER_WRITE), OK);
	hal_tlb_invalidate_kernel((kernel_addr){KERNEL_IMAGE_BASE});
	assert_int_equal(access_user(DATA, WALKER_WRITE), OK);
	hal_tlb_invalidate_space(ASID);
	assert_int_equal(access_user(DATA, WALKER_WRITE), 0x07);
}

static void test_missing_invalidation_aborts_on_the_way_to_el0(void **state)
{
	(void)state;
	fixture_put_page(DATA, 0);
	expect_abort("stale-translation", enter_fixture, NULL);
	hal_tlb_invalidate_space(ASID);
	fixture_enter(&fixture_space);
}

/* Permissions. */

static void test_lost_right_is_served_until_invalidated(void **state)
{
	(void)state;
	fixture_put_page(DATA, DATA_FRAME | D_USER_READ);
	assert_int_equal(access_user(DATA, WALKER_WRITE), OK);
	hal_tlb_invalidate_space(ASID);
	assert_int_equal(access_user(DATA, WALKER_WRITE), 0x0f);
}

static void test_lost_right_without_invalidation_aborts_on_the_way_to_el0(void **state)
{
	(void)state;
	fixture_put_page(DATA, DATA_FRAME | D_USER_READ);
	expect_abort("stale-translation", enter_fixture, NULL);
}

/* Break-before-make. */

static void replace(void *unused)
{
	(void)unused;
	fixture_put_page(DATA, SPARE_FRAME | D_USER_WRITE);
}

static void replace_by_memory_type(void *unused)
{
	(void)unused;
	fixture_put_page(DATA, DATA_FRAME | D_DEVICE | D_USER_WRITE);
}

static void replace_by_global(void *unused)
{
	(void)unused;
	fixture_put_page(DATA, DATA_FRAME | (D_USER_WRITE & ~D_NG));
}

static void replace_table(void *unused)
{
	(void)unused;
	fixture_put(LEVEL2, 2, SPARE_FRAME | D_TABLE);
}

static void test_replacing_a_valid_descriptor_aborts(void **state)
{
	(void)state;
	expect_abort("break-before-make", replace, NULL);
	expect_abort("break-before-make", replace_by_memory_type, NULL);
	expect_abort("break-before-make", replace_by_global, NULL);
	expect_abort("break-before-make", replace_table, NULL);
}

static void replace_elsewhere(void *unused)
{
	(void)unused;
	fixture_put(OTHER_ROOT, 0, LEVEL3 | D_TABLE);
}

static void test_replacing_in_a_space_that_never_ran_aborts(void **state)
{
	(void)state;
	fixture_put(OTHER_ROOT, 0, LEVEL2 | D_TABLE);
	expect_abort("break-before-make", replace_elsewhere, NULL);
}

static void break_without_invalidation(void *unused)
{
	fixture_put_page(DATA, 0);
	replace(unused);
}

static void test_break_without_invalidation_aborts(void **state)
{
	(void)state;
	expect_abort("break-before-make", break_without_invalidation, NULL);
}

static void test_break_before_make(void **state)
{
	(void)state;
	break_page(DATA);
	replace(NULL);
	assert_int_equal(access_user(DATA, WALKER_WRITE), OK);
	fixture_enter(&fixture_space);
}

static void test_same_descriptor_again_is_no_replacement(void **state)
{
	(void)state;
	fixture_put_page(DATA, DATA_FRAME | D_USER_WRITE);
	fixture_enter(&fixture_space);
}

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
	assert_int_equal(access_user(CONSTANT, WALKER_READ), OK);
	expect_abort("missing-invalidation", clear, &frame);
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

static void test_asid_zero_aborts(void **state)
{
	static const struct hal_space parked = {{ROOT}, 0};

	(void)state;
	expect_abort("asid-zero", enter, (void *)(uintptr_t)&parked);
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

/* The kernel's half. */

static void test_kernel_page_is_served_until_invalidated(void **state)
{
	struct walker_translation translation;
	uint64_t page = twin_boot_info()->sealed_start.value;
	uint64_t table = twin_boot_info()->kernel_root.value + 0x2000;
	unsigned index = (unsigned)(page >> 12 & 511);
	uint8_t status;

	(void)state;
	fixture_put(table, index, *fixture_entry(table, index) | D_READ_ONLY);
	assert_true(tlb_translate(&twin.mmu, page, &translation, &status));
	assert_true(translation.el1_write);
	expect_abort("stale-translation", enter_fixture, NULL);
	hal_tlb_invalidate_kernel((kernel_addr){page});
	assert_true(tlb_translate(&twin.mmu, page, &translation, &status));
	assert_false(translation.el1_write);
	fixture_enter(&fixture_space);
}

/* Arguments. */

static void write_outside_ram(void *unused)
{
	uint64_t elsewhere = 0;

	(void)unused;
	hal_descriptor_write(&elsewhere, 0);
}

static void invalidate_misaligned(void *unused)
{
	(void)unused;
	hal_tlb_invalidate_kernel((kernel_addr){KERNEL_IMAGE_BASE + 8});
}

static void invalidate_user_as_kernel(void *unused)
{
	(void)unused;
	hal_tlb_invalidate_kernel((kernel_addr){DATA});
}

static void test_wrong_arguments_abort(void **state)
{
	(void)state;
	expect_abort("stray-table", write_outside_ram, NULL);
	expect_abort("misaligned", invalidate_misaligned, NULL);
	expect_abort("misaligned", invalidate_user_as_kernel, NULL);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_unmapped_page_is_served_until_invalidated, setup),
		cmocka_unit_test_setup(test_invalidation_takes_only_its_asid, setup),
		cmocka_unit_test_setup(test_missing_invalidation_aborts_on_the_way_to_el0, setup),
		cmocka_unit_test_setup(test_lost_right_is_served_until_invalidated, setup),
		cmocka_unit_test_setup(test_lost_right_without_invalidation_aborts_on_the_way_to_el0, setup),
		cmocka_unit_test_setup(test_replacing_a_valid_descriptor_aborts, setup),
		cmocka_unit_test_setup(test_replacing_in_a_space_that_never_ran_aborts, setup),
		cmocka_unit_test_setup(test_break_without_invalidation_aborts, setup),
		cmocka_unit_test_setup(test_break_before_make, setup),
		cmocka_unit_test_setup(test_same_descriptor_again_is_no_replacement, setup),
		cmocka_unit_test_setup(test_clearing_a_frame_of_the_live_space_aborts, setup),
		cmocka_unit_test_setup(test_clearing_a_frame_of_a_space_that_may_be_cached_aborts, setup),
		cmocka_unit_test_setup(test_invalidating_before_parking_is_not_enough, setup),
		cmocka_unit_test_setup(test_clearing_an_unmapped_frame_needs_an_invalidation, setup),
		cmocka_unit_test_setup(test_clearing_an_unlinked_table_needs_an_invalidation, setup),
		cmocka_unit_test_setup(test_unlinked_table_leaves_its_pages_cached, setup),
		cmocka_unit_test_setup(test_clearing_a_table_of_the_kernel_aborts, setup),
		cmocka_unit_test_setup(test_asid_of_another_space_aborts, setup),
		cmocka_unit_test_setup(test_asid_zero_aborts, setup),
		cmocka_unit_test_setup(test_invalidating_asid_zero_aborts, setup),
		cmocka_unit_test_setup(test_spaces_do_not_share_translations, setup),
		cmocka_unit_test_setup(test_global_user_page_outlives_its_space, setup),
		cmocka_unit_test_setup(test_global_user_page_is_served_to_every_space, setup),
		cmocka_unit_test_setup(test_global_and_own_page_conflict, setup),
		cmocka_unit_test_setup(test_kernel_page_is_served_until_invalidated, setup),
		cmocka_unit_test_setup(test_wrong_arguments_abort, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
