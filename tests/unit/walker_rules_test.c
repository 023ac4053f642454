/*
 * What the twin's walker does not accept, though the hardware would: each is a bug of the kernel's tables.
 */
#include "hal_host/walker.h"

#include "hal/layout.h"
#include "tests/unit/walker_fixture.h"

static void walk_data(void *unused)
{
	struct walker_translation translation;

	(void)unused;
	(void)walk(DATA, &translation);
}

static void test_reserved_bits_of_pages_abort(void **state)
{
	static const unsigned bits[] = {5, 48, 49, 50, 51, 52, 56, 57, 58, 59, 60, 61, 62, 63};

	(void)state;
	for (size_t i = 0; i < sizeof(bits) / sizeof(bits[0]); i++) {
		poke(LEVEL3, 1, DATA_FRAME | D_USER_WRITE | 1UL << bits[i]);
		expect_abort("reserved-bit", walk_data, NULL);
	}
}

static void walk_block(void *unused)
{
	struct walker_translation translation;

	(void)unused;
	(void)walk(0x600000, &translation);
}

static void walk_kernel(void *unused)
{
	struct walker_translation translation;

	(void)unused;
	(void)walk(KERNEL_IMAGE_BASE, &translation);
}

static void test_bit_55_is_for_pages_of_processes(void **state)
{
	uint64_t table = twin_boot_info()->kernel_root.value + 0x2000;

	(void)state;
	poke(LEVEL3, 1, DATA_FRAME | D_USER_WRITE | 1UL << 55);
	assert_int_equal(access_page(DATA, WALKER_WRITE, false), OK);
	poke(LEVEL2, 3, FRAMES | (D_USER_WRITE & ~2UL) | 1UL << 55);
	expect_abort("reserved-bit", walk_block, NULL);
	poke(table, 0, *fixture_entry(table, 0) | 1UL << 55);
	expect_abort("reserved-bit", walk_kernel, NULL);
}

/* GP, Arm ARM D8.3.2: RES0 without FEAT_BTI, where SCTLR_EL1.BT0 is RES0 too. */
static void test_bit_50_is_for_code_of_processes(void **state)
{
	const uint64_t code = DATA_FRAME | ((D_USER_WRITE | D_READ_ONLY) & ~D_UXN);
	struct walker_translation translation;
	uint64_t table = twin_boot_info()->kernel_root.value + 0x2000;

	(void)state;
	poke(LEVEL3, 1, code | 1UL << 50);
	expect_abort("reserved-bit", walk_data, NULL);
	registers.sctlr |= 1UL << 35;
	assert_int_equal(walk(DATA, &translation), OK);
	assert_true(translation.is_guarded && translation.el0_execute);
	poke(LEVEL3, 1, code);
	assert_int_equal(walk(DATA, &translation), OK);
	assert_true(!translation.is_guarded && translation.el0_execute);
	poke(LEVEL3, 1, DATA_FRAME | D_USER_WRITE | 1UL << 50);
	expect_abort("reserved-bit", walk_data, NULL);
	poke(LEVEL2, 3, FRAMES | (code & ~2UL) | 1UL << 50);
	expect_abort("reserved-bit", walk_block, NULL);
	poke(table, 0, *fixture_entry(table, 0) | 1UL << 50);
	expect_abort("reserved-bit", walk_kernel, NULL);
}

static void test_reserved_bits_of_tables_abort(void **state)
{
	static const unsigned bits[] = {2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 63};

	(void)state;
	for (size_t i = 0; i < sizeof(bits) / sizeof(bits[0]); i++) {
		poke(LEVEL2, 2, LEVEL3 | D_TABLE | 1UL << bits[i]);
		expect_abort("reserved-bit", walk_data, NULL);
	}
}

static void test_misaligned_blocks_abort(void **state)
{
	(void)state;
	for (unsigned bit = 12; bit < 21; bit++) {
		poke(LEVEL2, 2, FRAMES | (D_USER_WRITE & ~2UL) | 1UL << bit);
		expect_abort("reserved-bit", walk_data, NULL);
	}
	for (unsigned bit = 12; bit < 30; bit++) {
		poke(ROOT, 0, TWIN_RAM_BASE | (D_USER_WRITE & ~2UL) | 1UL << bit);
		expect_abort("reserved-bit", walk_data, NULL);
	}
}

static void test_wrong_memory_types_abort(void **state)
{
	(void)state;
	for (uint64_t attribute = 2; attribute < 8; attribute++) {
		poke(LEVEL3, 1, DATA_FRAME | D_USER_WRITE | attribute << 2);
		expect_abort("memory-type", walk_data, NULL);
	}
	for (uint64_t shareability = 0; shareability < 3; shareability++) {
		poke(LEVEL3, 1, DATA_FRAME | (D_USER_WRITE & ~D_INNER) | shareability << 8);
		expect_abort("shareability", walk_data, NULL);
	}
	poke(LEVEL3, 1, DATA_FRAME | D_DEVICE | (D_USER_WRITE & ~D_UXN));
	expect_abort("device-execute", walk_data, NULL);
	poke(LEVEL3, 1, DATA_FRAME | (D_USER_WRITE & ~D_PXN));
	expect_abort("user-pxn", walk_data, NULL);
}

static void test_stray_descriptors_abort(void **state)
{
	uint64_t *entry = fixture_entry(LEVEL3, 1);

	(void)state;
	/* A plain store instead of hal_descriptor_write. */
	*entry |= D_READ_ONLY;
	expect_abort("stray-descriptor", walk_data, NULL);
	*entry &= ~D_READ_ONLY;
	/* A table that was never cleared. */
	poke(LEVEL2, 2, FRAME(20) | D_TABLE);
	expect_abort("stray-descriptor", walk_data, NULL);
}

static void test_other_geometries_abort(void **state)
{
	(void)state;
	registers.tcr = (registers.tcr & ~0x3fUL) | 24;
	expect_abort("tcr", walk_data, NULL);
	registers.tcr = twin.mmu.tcr | 7UL << 32;
	expect_abort("tcr", walk_data, NULL);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_reserved_bits_of_pages_abort, setup),
		cmocka_unit_test_setup(test_bit_55_is_for_pages_of_processes, setup),
		cmocka_unit_test_setup(test_bit_50_is_for_code_of_processes, setup),
		cmocka_unit_test_setup(test_reserved_bits_of_tables_abort, setup),
		cmocka_unit_test_setup(test_misaligned_blocks_abort, setup),
		cmocka_unit_test_setup(test_wrong_memory_types_abort, setup),
		cmocka_unit_test_setup(test_stray_descriptors_abort, setup),
		cmocka_unit_test_setup(test_other_geometries_abort, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
