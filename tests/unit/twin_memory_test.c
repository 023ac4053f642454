/*
 * The twin's physical memory: hostile when fresh, out of reach unless mapped.
 */
#include "hal/console.h"
#include "hal/layout.h"
#include "hal_host/ram.h"
#include "tests/unit/expect_abort.h"
#include "tests/unit/expect_death.h"
#include "tests/unit/twin_fixture.h"

#define BLOCK 0x200000UL

struct range {
	uint64_t address;
	size_t size;
};

static void reach(void *argument)
{
	const struct range *range = argument;

	(void)hal_phys_to_ptr((phys_addr){range->address}, range->size);
}

static void test_fresh_ram_is_hostile(void **state)
{
	const uint8_t *bytes = hal_phys_to_ptr((phys_addr){FRAME(100)}, 4096);

	(void)state;
	for (size_t i = 0; i < 4096; i++) {
		assert_int_equal(bytes[i], 0xa7);
	}
}

static void test_ram_does_not_outlive_a_reset(void **state)
{
	memset(hal_phys_to_ptr((phys_addr){FRAME(100)}, 4096), 0, 4096);
	fixture_setup(state);
	test_fresh_ram_is_hostile(state);
}

/* Volatile, so that the read happens. */
static void read_byte(void *byte)
{
	(void)*(const volatile uint8_t *)byte;
}

static void test_reading_on_ends_the_process(void **state)
{
	uint8_t *bytes = hal_phys_to_ptr((phys_addr){FRAME(100)}, 4096);

	(void)state;
	expect_death(read_byte, bytes + 4096);
	expect_death(read_byte, bytes - 1);
	/* Whoever asks for the next frame may have it. */
	(void)hal_phys_to_ptr((phys_addr){FRAME(101)}, 1);
	read_byte(bytes + 4096);
}

static void test_clearing_a_frame(void **state)
{
	const uint8_t *bytes = hal_phys_to_ptr((phys_addr){FRAME(100)}, 8192);

	(void)state;
	hal_frame_clear((phys_addr){FRAME(100)});
	assert_int_equal(bytes[0], 0);
	assert_int_equal(bytes[4095], 0);
	assert_int_equal(bytes[4096], 0xa7);
}

static void clear_misaligned(void *unused)
{
	(void)unused;
	hal_frame_clear((phys_addr){FRAME(100) + 64});
}

static void test_clearing_half_frames_aborts(void **state)
{
	(void)state;
	expect_abort("misaligned", clear_misaligned, NULL);
}

static void test_addresses_outside_ram_abort(void **state)
{
	struct range ranges[] = {
		{TWIN_RAM_BASE - 8, 8},
		{TWIN_RAM_BASE - 4, 8},
		{TWIN_RAM_BASE + TWIN_RAM_SIZE_DEFAULT, 1},
		{TWIN_RAM_BASE + TWIN_RAM_SIZE_DEFAULT - 4, 8},
		{0, 1},
		{UINT64_MAX, 1},
		{UINT64_MAX - 7, 16},
		{TWIN_RAM_BASE, UINT64_MAX},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
		expect_abort("outside-ram", reach, &ranges[i]);
	}
}

static void test_unmapped_ram_aborts(void **state)
{
	struct range below = {FRAMES - 8, 8};
	struct range across = {FRAMES + BLOCK - 8, 16};
	struct range within = {FRAMES + BLOCK - 8, 8};

	(void)state;
	expect_abort("not-mapped", reach, &below);
	expect_abort("not-mapped", reach, &across);
	reach(&within);
}

static void test_image_is_reached_in_its_own_window(void **state)
{
	struct range data = {twin_boot_info()->table_pool.value, 0x1000};
	struct range guard = {TWIN_IMAGE_BASE + 0xd0000, 1};

	(void)state;
	reach(&data);
	expect_abort("not-mapped", reach, &guard);
}

static void map_block(uint64_t bits)
{
	/* The linear map's level-2 table is the first of the pool. */
	uint64_t table = twin_boot_info()->table_pool.value;

	fixture_put(table, 9, (TWIN_RAM_BASE + 9 * BLOCK) | bits);
}

static void test_badly_mapped_ram_aborts(void **state)
{
	static const uint64_t bad[] = {
		D_BLOCK | D_INNER | D_AF | D_UXN | D_PXN | D_READ_ONLY, /* read-only */
		D_BLOCK | D_INNER | D_AF | D_UXN | D_PXN | D_EL0,	/* open to EL0 */
		D_BLOCK | D_AF | D_UXN | D_PXN | D_DEVICE,		/* device memory */
		D_BLOCK | D_INNER | D_AF | D_PXN | D_READ_ONLY,		/* executable by EL0 */
		D_BLOCK | D_INNER | D_AF | D_UXN | D_READ_ONLY,		/* executable by EL1 */
	};
	struct range range = {TWIN_RAM_BASE + 9 * BLOCK, 8};

	(void)state;
	/* Core's table takes these rights away, whatever the block says; here it must not. */
	fixture_put(twin_boot_info()->kernel_root.value, 0, twin_boot_info()->table_pool.value | D_TABLE);
	hal_tlb_invalidate_kernel((kernel_addr){KERNEL_LINEAR_BASE});
	map_block(D_BLOCK | D_INNER | D_AF | D_UXN | D_PXN);
	reach(&range);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		map_block(0);
		hal_tlb_invalidate_kernel((kernel_addr){KERNEL_LINEAR_BASE + 9 * BLOCK});
		map_block(bad[i]);
		expect_abort("kernel-page", reach, &range);
	}
}

static void test_linear_map_to_another_address_aborts(void **state)
{
	struct range range = {TWIN_RAM_BASE + 9 * BLOCK, 8};
	uint64_t table = twin_boot_info()->table_pool.value;

	(void)state;
	fixture_put(table, 9, (TWIN_RAM_BASE + 10 * BLOCK) | D_BLOCK | D_INNER | D_AF | D_UXN | D_PXN);
	expect_abort("not-mapped", reach, &range);
}

static void set_base(void *base)
{
	hal_linear_base_set((phys_addr){*(uint64_t *)base});
}

static void test_linear_base_is_set_once_and_aligned(void **state)
{
	uint64_t good = TWIN_RAM_BASE;
	uint64_t misaligned = TWIN_RAM_BASE - BLOCK;
	uint64_t above = 2 * TWIN_RAM_BASE;
	struct range range = {FRAMES, 8};

	(void)state;
	expect_abort("linear-base", set_base, &good);
	twin_reset(NULL);
	expect_abort("linear-base", reach, &range);
	expect_abort("linear-base", set_base, &misaligned);
	expect_abort("linear-base", set_base, &above);
	set_base(&good);
	expect_abort("not-mapped", reach, &range);
}

static void test_ram_sizes(void **state)
{
	static const uint64_t sizes[] = {TWIN_RAM_SIZE_MIN, TWIN_RAM_SIZE_MAX};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct twin_options options = {.ram_size = sizes[i]};
		uint64_t last;

		twin_reset(&options);
		last = TWIN_RAM_BASE + sizes[i] - 4096;
		assert_int_equal(*ram_bytes(last, 4096), 0xa7);
		assert_false(ram_contains(last, 4097));
	}
}

static void bad_options(void *options)
{
	twin_reset(options);
}

static void test_impossible_sizes_abort(void **state)
{
	struct twin_options options[] = {
		{.ram_size = TWIN_RAM_SIZE_MIN - BLOCK},
		{.ram_size = TWIN_RAM_SIZE_MAX + BLOCK},
		{.ram_size = TWIN_RAM_SIZE_MIN + 4096},
	};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		expect_abort("options", bad_options, &options[i]);
	}
}

/* The window on the device tree. */

static void test_tree_lies_in_ram_and_in_the_window(void **state)
{
	const struct boot_info *boot = twin_boot_info();

	(void)state;
	assert_memory_equal(boot->device_tree, "\xd0\x0d\xfe\xed", 4);
	assert_memory_equal(ram_bytes(boot->device_tree_address.value, 4), "\xd0\x0d\xfe\xed", 4);
	assert_true(boot->device_tree_limit <= BLOCK);
}

static void test_closing_the_window_writes_back(void **state)
{
	uint64_t address = twin_boot_info()->device_tree_address.value;

	(void)state;
	twin_boot_info()->device_tree[8] = 0x5a;
	kernel_map_close_window(fixture_map.root);
	assert_int_equal(ram_bytes(address, 16)[8], 0x5a);
}

static void test_the_window_ends(void **state)
{
	const struct boot_info *boot = twin_boot_info();

	(void)state;
	read_byte(boot->device_tree + boot->device_tree_limit - 1);
	expect_death(read_byte, boot->device_tree + boot->device_tree_limit);
	kernel_map_close_window(fixture_map.root);
	expect_death(read_byte, boot->device_tree);
}

static void test_the_window_ends_with_all_translations(void **state)
{
	const struct boot_info *boot = twin_boot_info();
	unsigned index = KERNEL_BOOT_WINDOW_BASE >> 21 & 511;

	(void)state;
	fixture_put(boot->kernel_root.value + 0x1000, index, 0);
	fixture_put(boot->kernel_root.value + 0x1000, index + 1, 0);
	read_byte(boot->device_tree);
	hal_tlb_invalidate_all();
	expect_death(read_byte, boot->device_tree);
}

/* Devices. */

static void attach(void *registers)
{
	assert_true(hal_console_attach((kernel_addr){*(uint64_t *)registers}));
}

static void put_device(uint64_t descriptor)
{
	uint64_t level3 = twin_boot_info()->kernel_root.value + 0x2000;

	fixture_put(level3, 0x185, 0);
	hal_tlb_invalidate_kernel((kernel_addr){KERNEL_DEVICE_BASE + 0x5000});
	fixture_put(level3, 0x185, descriptor);
}

static void test_console_must_be_a_device_page_of_the_uart(void **state)
{
	static const uint64_t bad[] = {
		0,
		TWIN_UART_BASE | D_PAGE | D_INNER | D_AF | D_PXN | D_UXN,
		(TWIN_UART_BASE + 0x1000) | D_PAGE | D_DEVICE | D_AF | D_PXN | D_UXN,
		TWIN_UART_BASE | D_PAGE | D_DEVICE | D_AF | D_PXN | D_UXN | D_READ_ONLY,
		TWIN_UART_BASE | D_PAGE | D_DEVICE | D_AF | D_PXN | D_UXN | D_EL0,
	};
	uint64_t registers = KERNEL_DEVICE_BASE + 0x5000;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		put_device(bad[i]);
		expect_abort("device-page", attach, &registers);
	}
	put_device(TWIN_UART_BASE | D_PAGE | D_DEVICE | D_AF | D_PXN | D_UXN);
	attach(&registers);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_fresh_ram_is_hostile, fixture_setup),
		cmocka_unit_test_setup(test_ram_does_not_outlive_a_reset, fixture_setup),
		cmocka_unit_test_setup(test_reading_on_ends_the_process, fixture_setup),
		cmocka_unit_test_setup(test_clearing_a_frame, fixture_setup),
		cmocka_unit_test_setup(test_clearing_half_frames_aborts, fixture_setup),
		cmocka_unit_test_setup(test_addresses_outside_ram_abort, fixture_setup),
		cmocka_unit_test_setup(test_unmapped_ram_aborts, fixture_setup),
		cmocka_unit_test_setup(test_image_is_reached_in_its_own_window, fixture_setup),
		cmocka_unit_test_setup(test_badly_mapped_ram_aborts, fixture_setup),
		cmocka_unit_test_setup(test_linear_map_to_another_address_aborts, fixture_setup),
		cmocka_unit_test_setup(test_linear_base_is_set_once_and_aligned, fixture_setup),
		cmocka_unit_test_setup(test_ram_sizes, fixture_setup),
		cmocka_unit_test_setup(test_impossible_sizes_abort, fixture_setup),
		cmocka_unit_test_setup(test_tree_lies_in_ram_and_in_the_window, fixture_setup),
		cmocka_unit_test_setup(test_closing_the_window_writes_back, fixture_setup),
		cmocka_unit_test_setup(test_the_window_ends, fixture_setup),
		cmocka_unit_test_setup(test_the_window_ends_with_all_translations, fixture_setup),
		cmocka_unit_test_setup(test_console_must_be_a_device_page_of_the_uart, fixture_setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
