/*
 * The oracle for what changed finds what those for everything find.
 */
#include "hal_host/ram.h"
#include "hal_host/state.h"
#include "tests/unit/tlb_fixture.h"

#define TABLE_FRAME FRAME(16)

static void check_changes(void *unused)
{
	(void)unused;
	twin_check_changes();
}

static int checked_setup(void **state)
{
	setup(state);
	hal_frame_clear((phys_addr){TABLE_FRAME});
	twin_check_changes();
	return 0;
}

static const uint64_t bad_pages[] = {
	0x40200000 | D_USER_READ, /* the image */
	LEVEL3 | D_USER_READ,	  /* its own table */
	SPARE_FRAME | D_USER,	  /* writable and executable, but for WXN */
	ROOT | D_USER_READ,
	0x10000000 | D_USER_READ, /* no RAM */
	SPARE_FRAME | (D_USER_READ & ~D_NG),
};

#define BAD_PAGES (sizeof(bad_pages) / sizeof(bad_pages[0]))

static void test_bad_pages(void **state)
{
	for (size_t i = 0; i < BAD_PAGES; i++) {
		checked_setup(state);
		fixture_put_page(UNMAPPED, bad_pages[i]);
		expect_abort("oracle", check_changes, NULL);
	}
}

static void test_bad_pages_on_a_fresh_machine(void **state)
{
	for (size_t i = 0; i < BAD_PAGES; i++) {
		setup(state);
		fixture_put_page(UNMAPPED, bad_pages[i]);
		expect_abort("oracle", check_changes, NULL);
	}
}

static void test_good_changes(void **state)
{
	(void)state;
	fixture_put_page(UNMAPPED, SPARE_FRAME | D_USER_WRITE);
	fixture_put_page(CONSTANT, CONSTANT_FRAME | D_USER_CODE);
	fixture_put_page(DATA, 0);
	twin_check_changes();
	twin_check_changes();
}

static void test_the_kernel_half(void **state)
{
	static const uint64_t bad[] = {
		D_UXN | D_PXN | D_READ_ONLY | D_EL0, /* open to EL0 */
		D_PXN | D_READ_ONLY,		     /* executable at EL0 */
		D_UXN,				     /* writable and executable, but for WXN */
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		checked_setup(state);
		fixture_put(twin_boot_info()->kernel_root.value + 0x2000, 0x101,
			    SPARE_FRAME | D_PAGE | D_INNER | D_AF | bad[i]);
		expect_abort("oracle", check_changes, NULL);
	}
}

/* The page was there first. */
static void test_a_mapped_frame_becomes_a_table(void **state)
{
	(void)state;
	fixture_put_page(UNMAPPED, TABLE_FRAME | D_USER_READ);
	twin_check_changes();
	fixture_put(ROOT, 4, TABLE_FRAME | D_TABLE);
	expect_abort("oracle", check_changes, NULL);
}

static void test_what_lies_below_a_new_table(void **state)
{
	for (size_t i = 0; i < BAD_PAGES; i++) {
		checked_setup(state);
		fixture_put(TABLE_FRAME, 0, bad_pages[i]);
		twin_check_changes();
		fixture_put(LEVEL2, 8, TABLE_FRAME | D_TABLE);
		expect_abort("oracle", check_changes, NULL);
	}
}

static void test_spaces_that_are_not_live(void **state)
{
	(void)state;
	hal_space_park();
	fixture_put_page(UNMAPPED, SPARE_FRAME | D_USER);
	expect_abort("oracle", check_changes, NULL);
}

static void test_a_space_is_checked_when_it_is_entered(void **state)
{
	(void)state;
	fixture_put(OTHER_ROOT, 0, FRAME(17) | D_TABLE);
	hal_frame_clear((phys_addr){FRAME(17)});
	fixture_put(FRAME(17), 2, TABLE_FRAME | D_TABLE);
	fixture_put(TABLE_FRAME, 0, SPARE_FRAME | D_USER_CODE);
	hal_code_sync((phys_addr){SPARE_FRAME}, 4096);
	fixture_put(TABLE_FRAME, 3, FRAME(18) | D_USER);
	twin_check_changes();
	fixture_enter(&other_space);
	expect_abort("oracle", check_changes, NULL);
}

static void test_more_changes_than_are_listed(void **state)
{
	(void)state;
	for (unsigned i = 8; i < 8 + 300; i++) {
		fixture_put_page(CODE + 0x1000UL * i, FRAME(16 + i) | D_USER_READ);
	}
	fixture_put_page(UNMAPPED, SPARE_FRAME | D_USER);
	expect_abort("oracle", check_changes, NULL);
}

/* What boot made was not looked at, either. */
static void test_a_reset_starts_again(void **state)
{
	(void)state;
	twin_reset(NULL);
	ram_table_store(twin_boot_info()->kernel_root.value + 0x2000 + 0x101 * 8,
			SPARE_FRAME | D_PAGE | D_INNER | D_AF | D_UXN);
	expect_abort("oracle", check_changes, NULL);
}

static void test_a_table_that_became_a_page(void **state)
{
	setup(state);
	hal_frame_clear((phys_addr){TABLE_FRAME});
	fixture_put(ROOT, 4, TABLE_FRAME | D_TABLE);
	twin_check_changes();
	fixture_put(ROOT, 4, 0);
	hal_tlb_invalidate_space(ASID);
	hal_frame_clear((phys_addr){TABLE_FRAME});
	fixture_put_page(UNMAPPED, TABLE_FRAME | D_USER_READ);
	twin_check_changes();
}

static void test_what_a_restore_takes_back(void **state)
{
	(void)state;
	twin_snapshot();
	fixture_put_page(UNMAPPED, SPARE_FRAME | D_USER);
	twin_restore();
	twin_check_changes();
	fixture_put_page(UNMAPPED, SPARE_FRAME | D_USER);
	expect_abort("oracle", check_changes, NULL);
}

static void test_what_a_snapshot_has_not_looked_at(void **state)
{
	(void)state;
	fixture_put_page(UNMAPPED, SPARE_FRAME | D_USER);
	twin_snapshot();
	for (unsigned round = 0; round < 2; round++) {
		fixture_put_page(UNMAPPED, 0);
		twin_check_changes();
		twin_restore();
		expect_abort("oracle", check_changes, NULL);
		twin_restore();
	}
}

static void check_kernel_half(void *unused)
{
	(void)unused;
	twin_check_kernel_half();
}

static uint64_t kernel_table(void)
{
	return twin_boot_info()->kernel_root.value + 0x2000;
}

/* The oracle for everything believes what it saw before only as long as nobody has asked for a table. */
static void test_the_kept_kernel_half_changes(void **state)
{
	(void)state;
	for (unsigned round = 0; round < 2; round++) {
		fixture_put(kernel_table(), 0x101, SPARE_FRAME | D_PAGE | D_INNER | D_AF | D_UXN);
		expect_abort("oracle", check_kernel_half, NULL);
		fixture_put(kernel_table(), 0x101, 0);
		twin_snapshot();
		twin_check_kernel_half();
		fixture_put(kernel_table(), 0x101, SPARE_FRAME | D_PAGE | D_INNER | D_AF | D_UXN);
		expect_abort("oracle", check_kernel_half, NULL);
		twin_restore();
		twin_check_kernel_half();
	}
}

/* Nor is what one machine kept true of another one. */
static void test_another_kernel_half(void **state)
{
	twin_snapshot();
	setup(state);
	fixture_put(kernel_table(), 0x101, SPARE_FRAME | D_PAGE | D_INNER | D_AF | D_UXN);
	expect_abort("oracle", check_kernel_half, NULL);
}

/* Each bit of what all walks depend on, in the machine that was kept and in one that was not. */
static void test_the_registers_change(void **state)
{
	uint64_t *const words[] = {&twin.mmu.sctlr, &twin.mmu.tcr, &twin.mmu.mair};

	(void)state;
	for (unsigned round = 0; round < 2; round++) {
		for (unsigned bit = 0; bit < 3 * 64; bit++) {
			*words[bit / 64] ^= 1UL << bit % 64;
			expect_abort("registers", check_kernel_half, NULL);
			*words[bit / 64] ^= 1UL << bit % 64;
		}
		twin_check_kernel_half();
		twin_snapshot();
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bad_pages),
		cmocka_unit_test(test_bad_pages_on_a_fresh_machine),
		cmocka_unit_test_setup(test_good_changes, checked_setup),
		cmocka_unit_test(test_the_kernel_half),
		cmocka_unit_test_setup(test_a_mapped_frame_becomes_a_table, checked_setup),
		cmocka_unit_test(test_what_lies_below_a_new_table),
		cmocka_unit_test_setup(test_spaces_that_are_not_live, checked_setup),
		cmocka_unit_test_setup(test_a_space_is_checked_when_it_is_entered, checked_setup),
		cmocka_unit_test_setup(test_more_changes_than_are_listed, checked_setup),
		cmocka_unit_test_setup(test_a_reset_starts_again, checked_setup),
		cmocka_unit_test(test_a_table_that_became_a_page),
		cmocka_unit_test_setup(test_what_a_restore_takes_back, checked_setup),
		cmocka_unit_test_setup(test_what_a_snapshot_has_not_looked_at, checked_setup),
		cmocka_unit_test_setup(test_the_kept_kernel_half_changes, checked_setup),
		cmocka_unit_test_setup(test_another_kernel_half, checked_setup),
		cmocka_unit_test_setup(test_the_registers_change, checked_setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
