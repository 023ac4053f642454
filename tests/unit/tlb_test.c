/*
 * The worst-case TLB: what a kernel that forgets an invalidation would live to see. Each test that breaks a rule has a
 * neighbour that does the same thing right.
 */
#include "hal_host/tlb.h"

#include "hal/layout.h"
#include "hal_host/state.h"
#include "tests/unit/tlb_fixture.h"

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

/* By page. */

static void invalidate_page(uint64_t page)
{
	hal_tlb_invalidate_page(ASID, (user_addr){page});
}

static void test_a_page_is_invalidated_alone(void **state)
{
	(void)state;
	fixture_put_page(DATA, 0);
	fixture_put_page(CONSTANT, 0);
	invalidate_page(DATA);
	assert_int_equal(access_user(DATA, WALKER_READ), 0x07);
	assert_int_equal(access_user(CONSTANT, WALKER_READ), OK);
	expect_abort("stale-translation", enter_fixture, NULL);
	invalidate_page(CONSTANT);
	assert_int_equal(access_user(CONSTANT, WALKER_READ), 0x07);
	fixture_enter(&fixture_space);
}

static void test_a_page_is_invalidated_for_its_asid(void **state)
{
	(void)state;
	fixture_put_page(DATA, 0);
	hal_tlb_invalidate_page(ASID + 1, (user_addr){DATA});
	assert_int_equal(access_user(DATA, WALKER_READ), OK);
}

static void test_a_page_is_invalidated_with_the_tables_on_the_way(void **state)
{
	(void)state;
	fixture_put_page(CODE, 0);
	fixture_put_page(DATA, 0);
	fixture_put_page(CONSTANT, 0);
	fixture_put(LEVEL2, 2, 0);
	invalidate_page(CODE);
	invalidate_page(DATA);
	assert_int_equal(access_user(DATA, WALKER_READ), 0x06);
	/* Served by the same table, but cached as a page of its own. */
	assert_int_equal(access_user(CONSTANT, WALKER_READ), OK);
	invalidate_page(CONSTANT);
	hal_frame_clear((phys_addr){LEVEL3});
}

static void test_a_page_of_a_block_takes_the_block(void **state)
{
	(void)state;
	fixture_put(LEVEL2, 3, FRAMES | (D_USER_WRITE & ~2UL));
	assert_int_equal(access_user(0x600000, WALKER_READ), OK);
	fixture_put(LEVEL2, 3, 0);
	assert_int_equal(access_user(0x7ff000, WALKER_READ), OK);
	invalidate_page(0x7ff000);
	assert_int_equal(access_user(0x600000, WALKER_READ), 0x06);
}

static void test_a_global_page_is_invalidated_under_any_asid(void **state)
{
	(void)state;
	break_page(DATA);
	fixture_put_page(DATA, DATA_FRAME | (D_USER_WRITE & ~D_NG));
	assert_int_equal(access_user(DATA, WALKER_READ), OK);
	fixture_put_page(DATA, 0);
	hal_tlb_invalidate_page(ASID + 1, (user_addr){DATA});
	assert_int_equal(access_user(DATA, WALKER_READ), 0x07);
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

static void test_software_bits_change_with_rights(void **state)
{
	(void)state;
	fixture_put_page(CONSTANT, CONSTANT_FRAME | D_USER_WRITE | 1UL << 55);
	expect_abort("stale-translation", enter_fixture, NULL);
	hal_tlb_invalidate_page(ASID, (user_addr){CONSTANT});
	assert_int_equal(access_user(CONSTANT, WALKER_WRITE), OK);
	fixture_enter(&fixture_space);
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

static void invalidate_half_a_page(void *unused)
{
	(void)unused;
	invalidate_page(DATA + 8);
}

static void invalidate_kernel_as_user(void *unused)
{
	(void)unused;
	invalidate_page(KERNEL_IMAGE_BASE);
}

static void invalidate_parked(void *unused)
{
	(void)unused;
	hal_tlb_invalidate_page(0, (user_addr){DATA});
}

static void test_wrong_arguments_abort(void **state)
{
	(void)state;
	expect_abort("stray-table", write_outside_ram, NULL);
	expect_abort("misaligned", invalidate_misaligned, NULL);
	expect_abort("misaligned", invalidate_user_as_kernel, NULL);
	expect_abort("misaligned", invalidate_half_a_page, NULL);
	expect_abort("misaligned", invalidate_kernel_as_user, NULL);
	expect_abort("asid-zero", invalidate_parked, NULL);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_unmapped_page_is_served_until_invalidated, setup),
		cmocka_unit_test_setup(test_invalidation_takes_only_its_asid, setup),
		cmocka_unit_test_setup(test_missing_invalidation_aborts_on_the_way_to_el0, setup),
		cmocka_unit_test_setup(test_a_page_is_invalidated_alone, setup),
		cmocka_unit_test_setup(test_a_page_is_invalidated_for_its_asid, setup),
		cmocka_unit_test_setup(test_a_page_is_invalidated_with_the_tables_on_the_way, setup),
		cmocka_unit_test_setup(test_a_page_of_a_block_takes_the_block, setup),
		cmocka_unit_test_setup(test_a_global_page_is_invalidated_under_any_asid, setup),
		cmocka_unit_test_setup(test_lost_right_is_served_until_invalidated, setup),
		cmocka_unit_test_setup(test_software_bits_change_with_rights, setup),
		cmocka_unit_test_setup(test_lost_right_without_invalidation_aborts_on_the_way_to_el0, setup),
		cmocka_unit_test_setup(test_replacing_a_valid_descriptor_aborts, setup),
		cmocka_unit_test_setup(test_replacing_in_a_space_that_never_ran_aborts, setup),
		cmocka_unit_test_setup(test_break_without_invalidation_aborts, setup),
		cmocka_unit_test_setup(test_break_before_make, setup),
		cmocka_unit_test_setup(test_same_descriptor_again_is_no_replacement, setup),
		cmocka_unit_test_setup(test_kernel_page_is_served_until_invalidated, setup),
		cmocka_unit_test_setup(test_wrong_arguments_abort, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
