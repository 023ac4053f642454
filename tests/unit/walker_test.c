/*
 * The twin's walker against the architecture: expected values are those of the Arm ARM, D8 and D17.2.37.
 */
#include "hal_host/walker.h"

#include "hal/layout.h"
#include "tests/unit/walker_fixture.h"

#define TABLE_PXN (1UL << 59)
#define TABLE_UXN (1UL << 60)
#define TABLE_NO_EL0 (1UL << 61)
#define TABLE_READ_ONLY (1UL << 62)

static void test_translates_every_byte(void **state)
{
	struct walker_translation translation;

	(void)state;
	assert_int_equal(walk(DATA + 0x123, &translation), OK);
	assert_int_equal(translation.base, DATA);
	assert_int_equal(translation.size, 0x1000);
	assert_int_equal(translation.output, DATA_FRAME);
	assert_int_equal(translation.level, 3);
	assert_int_equal(translation.memory, 0xff);
	assert_false(translation.is_global);
}

static void test_translates_blocks(void **state)
{
	struct walker_translation translation;

	(void)state;
	poke(LEVEL2, 3, FRAMES | (D_USER_WRITE & ~2UL));
	assert_int_equal(walk(0x600000 + 0x12345, &translation), OK);
	assert_int_equal(translation.base, 0x600000);
	assert_int_equal(translation.size, 0x200000);
	assert_int_equal(translation.output, FRAMES);
	assert_int_equal(translation.level, 2);
	poke(ROOT, 1, TWIN_RAM_BASE | (D_USER_WRITE & ~2UL));
	assert_int_equal(walk(0x40000000 + 0x12345678, &translation), OK);
	assert_int_equal(translation.base, 0x40000000);
	assert_int_equal(translation.size, 0x40000000);
	assert_int_equal(translation.level, 1);
}

static void test_translates_both_ends_of_each_half(void **state)
{
	(void)state;
	poke(ROOT, 511, LEVEL2 | D_TABLE);
	poke(LEVEL2, 511, LEVEL3 | D_TABLE);
	poke(LEVEL3, 511, DATA_FRAME | D_USER_WRITE);
	assert_int_equal(access_page(0x7fffffffff, WALKER_READ, false), OK);
	assert_int_equal(access_page(KERNEL_IMAGE_BASE, WALKER_READ, true), OK);
	assert_int_equal(access_page(0xffffffffffffffff, WALKER_READ, true), 0x05);
}

static void test_addresses_outside_both_halves_fault_at_level_0(void **state)
{
	static const uint64_t addresses[] = {
		0x8000000000,	    0x0001000000000000, 0x0080000000000000, 0x7fffffffffffffff, 0x0100000000401000,
		0xff7fffffffffffff, 0xffffff7fffffffff, 0x8000000000401000, 0xfeffffc000000000,
	};

	(void)state;
	for (size_t i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++) {
		assert_int_equal(access_page(addresses[i], WALKER_READ, true), 0x04);
	}
}

static void test_invalid_descriptors_fault_at_their_level(void **state)
{
	(void)state;
	assert_int_equal(access_page(0x40000000, WALKER_READ, false), 0x05);
	assert_int_equal(access_page(0x200000, WALKER_READ, false), 0x06);
	assert_int_equal(access_page(UNMAPPED, WALKER_READ, false), 0x07);
	/* Valid bit clear, everything else set: still no translation. */
	poke(LEVEL3, 3, (DATA_FRAME | D_USER_WRITE) & ~1UL);
	assert_int_equal(access_page(UNMAPPED, WALKER_READ, false), 0x07);
	/* The reserved encoding 0b01 at level 3. */
	poke(LEVEL3, 3, (DATA_FRAME | D_USER_WRITE) & ~2UL);
	assert_int_equal(access_page(UNMAPPED, WALKER_READ, false), 0x07);
}

static void test_access_flag_faults(void **state)
{
	(void)state;
	poke(LEVEL3, 1, (DATA_FRAME | D_USER_WRITE) & ~D_AF);
	assert_int_equal(access_page(DATA, WALKER_READ, false), 0x0b);
	poke(LEVEL2, 3, (FRAMES | (D_USER_WRITE & ~2UL)) & ~D_AF);
	assert_int_equal(access_page(0x600000, WALKER_READ, false), 0x0a);
}

static void test_address_size_faults(void **state)
{
	uint64_t beyond = 1UL << 44; /* the Cortex-A72 has 44 bits */

	(void)state;
	poke(LEVEL3, 1, beyond | D_USER_WRITE);
	assert_int_equal(access_page(DATA, WALKER_READ, false), 0x03);
	poke(LEVEL2, 2, beyond | D_TABLE);
	assert_int_equal(access_page(DATA, WALKER_READ, false), 0x02);
	poke(ROOT, 0, beyond | D_TABLE);
	assert_int_equal(access_page(DATA, WALKER_READ, false), 0x01);
	registers.ttbr0 = beyond;
	assert_int_equal(access_page(DATA, WALKER_READ, false), 0x00);
}

static void test_tables_outside_ram_abort_externally(void **state)
{
	(void)state;
	poke(LEVEL2, 2, 0x10000000 | D_TABLE);
	assert_int_equal(access_page(DATA, WALKER_READ, false), 0x17);
	poke(ROOT, 0, 0x10000000 | D_TABLE);
	assert_int_equal(access_page(DATA, WALKER_READ, false), 0x16);
	registers.ttbr0 = 0x10000000;
	assert_int_equal(access_page(DATA, WALKER_READ, false), 0x15);
}

static void test_disabled_walks_fault_at_level_0(void **state)
{
	(void)state;
	registers.tcr |= 1UL << 7;
	assert_int_equal(access_page(DATA, WALKER_READ, false), 0x04);
	assert_int_equal(access_page(KERNEL_IMAGE_BASE, WALKER_READ, true), OK);
	registers.tcr ^= 1UL << 7 | 1UL << 23;
	assert_int_equal(access_page(DATA, WALKER_READ, false), OK);
	assert_int_equal(access_page(KERNEL_IMAGE_BASE, WALKER_READ, true), 0x04);
}

/* What each combination of AP and XN allows: read, write and execute at EL0, write and execute at EL1 (D8.4.1, WXN =
 * 1). */
struct rights {
	uint64_t bits;
	bool el0_read, el0_write, el0_execute, el1_write, el1_execute;
};

static const struct rights rights[] = {
	{0, false, false, true, true, false},
	{D_EL0, true, true, false, true, false},
	{D_READ_ONLY, false, false, true, false, true},
	{D_EL0 | D_READ_ONLY, true, false, true, false, true},
	{D_UXN, false, false, false, true, false},
	{D_EL0 | D_UXN, true, true, false, true, false},
	{D_READ_ONLY | D_UXN, false, false, false, false, true},
	{D_EL0 | D_READ_ONLY | D_UXN, true, false, false, false, true},
	{D_READ_ONLY | D_PXN, false, false, true, false, false},
	{D_EL0 | D_READ_ONLY | D_PXN, true, false, true, false, false},
};

static void check_rights(uint64_t address, const struct rights *expected)
{
	uint8_t denied = 0x0f;

	assert_int_equal(access_page(address, WALKER_READ, true), OK);
	assert_int_equal(access_page(address, WALKER_READ, false), expected->el0_read ? OK : denied);
	assert_int_equal(access_page(address, WALKER_WRITE, false), expected->el0_write ? OK : denied);
	assert_int_equal(access_page(address, WALKER_EXECUTE, false), expected->el0_execute ? OK : denied);
	assert_int_equal(access_page(address, WALKER_WRITE, true), expected->el1_write ? OK : denied);
	assert_int_equal(access_page(address, WALKER_EXECUTE, true), expected->el1_execute ? OK : denied);
}

static void test_permissions(void **state)
{
	unsigned slot = KERNEL_IMAGE_MAX >> 12;
	uint64_t table = twin_boot_info()->kernel_root.value + 0x2000;

	(void)state;
	/* In the kernel's half: there PXN may be 0. */
	for (size_t i = 0; i < sizeof(rights) / sizeof(rights[0]); i++) {
		poke(table, slot, DATA_FRAME | D_PAGE | D_INNER | D_AF | rights[i].bits);
		check_rights(KERNEL_IMAGE_BASE + KERNEL_IMAGE_MAX, &rights[i]);
	}
}

static void test_without_wxn_writable_is_executable(void **state)
{
	(void)state;
	registers.sctlr &= ~(1UL << 19);
	poke(LEVEL3, 1, DATA_FRAME | (D_USER_WRITE & ~D_UXN));
	assert_int_equal(access_page(DATA, WALKER_EXECUTE, false), OK);
	registers.sctlr |= 1UL << 19;
	assert_int_equal(access_page(DATA, WALKER_EXECUTE, false), 0x0f);
}

static void test_tables_take_rights_away(void **state)
{
	static const struct {
		uint64_t bits;
		enum walker_access access;
		uint64_t page;
	} cases[] = {
		{TABLE_NO_EL0, WALKER_READ, DATA},
		{TABLE_NO_EL0, WALKER_WRITE, DATA},
		{TABLE_READ_ONLY, WALKER_WRITE, DATA},
		{TABLE_UXN, WALKER_EXECUTE, CODE},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(access_page(cases[i].page, cases[i].access, false), OK);
		poke(LEVEL2, 2, LEVEL3 | D_TABLE | cases[i].bits);
		assert_int_equal(access_page(cases[i].page, cases[i].access, false), 0x0f);
		poke(LEVEL2, 2, LEVEL3 | D_TABLE);
		poke(ROOT, 0, LEVEL2 | D_TABLE | cases[i].bits);
		assert_int_equal(access_page(cases[i].page, cases[i].access, false), 0x0f);
		poke(ROOT, 0, LEVEL2 | D_TABLE);
	}
	poke(ROOT, 0, LEVEL2 | D_TABLE | TABLE_PXN);
	assert_int_equal(access_page(CODE, WALKER_EXECUTE, false), OK);
	assert_int_equal(access_page(CODE, WALKER_EXECUTE, true), 0x0f);
}

static void count_page(void *owner, const struct walker_translation *translation)
{
	uint64_t *sum = owner;

	*sum += translation->base;
}

static void count_table(void *owner, uint64_t table, unsigned level, uint64_t address)
{
	uint64_t *sum = owner;

	*sum += table * level + address;
}

static void test_visits_everything_once(void **state)
{
	uint64_t pages = 0;
	uint64_t tables = 0;

	(void)state;
	walker_visit(&registers, false, count_page, &pages);
	assert_int_equal(pages, CODE + DATA + CONSTANT);
	walker_visit_tables(&registers, false, count_table, &tables);
	assert_int_equal(tables, ROOT + 2 * LEVEL2 + 3 * LEVEL3 + 0x400000);
}

static uint64_t pages_in(uint64_t address, uint64_t size)
{
	uint64_t pages = 0;

	walker_visit_range(&registers, address, size, count_page, &pages);
	return pages;
}

static void test_visits_a_range(void **state)
{
	(void)state;
	assert_int_equal(pages_in(0, 1UL << 39), CODE + DATA + CONSTANT);
	assert_int_equal(pages_in(0x400000, 0x200000), CODE + DATA + CONSTANT);
	assert_int_equal(pages_in(0, 0x400000), 0);
	assert_int_equal(pages_in(0x600000, 0x200000), 0);
	assert_int_equal(pages_in(1UL << 30, 1UL << 30), 0);
	assert_int_equal(pages_in(DATA, 0x1000), DATA);
	assert_int_equal(pages_in(DATA, 0x2000), DATA + CONSTANT);
	assert_int_equal(pages_in(DATA + 0xfff, 1), DATA);
	assert_int_equal(pages_in(CODE, 0x1001), CODE + DATA);
}

/* Wherever it stands among entries that are zero. */
static void test_visits_each_place_of_a_table(void **state)
{
	(void)state;
	for (unsigned index = 0; index < 512; index++) {
		ram_frame_clear(LEVEL3);
		poke(LEVEL3, index, DATA_FRAME | D_USER_READ);
		assert_int_equal(pages_in(0, 1UL << 39), 0x400000 + index * 0x1000UL);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_translates_every_byte, setup),
		cmocka_unit_test_setup(test_translates_blocks, setup),
		cmocka_unit_test_setup(test_translates_both_ends_of_each_half, setup),
		cmocka_unit_test_setup(test_addresses_outside_both_halves_fault_at_level_0, setup),
		cmocka_unit_test_setup(test_invalid_descriptors_fault_at_their_level, setup),
		cmocka_unit_test_setup(test_access_flag_faults, setup),
		cmocka_unit_test_setup(test_address_size_faults, setup),
		cmocka_unit_test_setup(test_tables_outside_ram_abort_externally, setup),
		cmocka_unit_test_setup(test_disabled_walks_fault_at_level_0, setup),
		cmocka_unit_test_setup(test_permissions, setup),
		cmocka_unit_test_setup(test_without_wxn_writable_is_executable, setup),
		cmocka_unit_test_setup(test_tables_take_rights_away, setup),
		cmocka_unit_test_setup(test_visits_everything_once, setup),
		cmocka_unit_test_setup(test_visits_a_range, setup),
		cmocka_unit_test_setup(test_visits_each_place_of_a_table, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
