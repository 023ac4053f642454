/*
 * The kernel's half: the linear map grows, devices get slots, and the check finds what must not be.
 */
#include "core/memory/kernel_map.h"

#include "core/memory/page_table.h"
#include "hal/layout.h"
#include "hal/memory.h"
#include "hal/mmu.h"
#include "hal_host/mmu.h"
#include "hal_host/ram.h"
#include "hal_host/state.h"
#include "tests/unit/cmocka_test.h"
#include "tests/unit/expect_panic.h"

#define BLOCK 0x200000UL
#define GIB 0x40000000UL
#define IMAGE_LEVEL3 (twin_boot_info()->kernel_root.value + 0x2000)

static struct kernel_map map;

static int setup(void **state)
{
	static const struct twin_options options = {.ram_size = TWIN_RAM_SIZE_MAX};

	(void)state;
	twin_reset(&options);
	kernel_map_init(&map, twin_boot_info(), (phys_addr){TWIN_RAM_BASE});
	return 0;
}

static k_status grow(uint64_t address, uint64_t size)
{
	return kernel_map_linear(&map, (phys_addr){address}, size);
}

static bool is_reachable(uint64_t address)
{
	struct walker_translation page;
	uint8_t status;

	return walker_walk(&twin.mmu, &walker_memory, KERNEL_LINEAR_BASE + (address - TWIN_RAM_BASE), &page, &status) &&
	       page.output + (KERNEL_LINEAR_BASE + (address - TWIN_RAM_BASE) - page.base) == address;
}

/* The linear map. */

static void test_blocks_become_reachable(void **state)
{
	uint8_t *bytes;

	(void)state;
	assert_false(is_reachable(0x41000000));
	assert_int_equal(grow(0x41000000, BLOCK), K_OK);
	assert_true(is_reachable(0x41000000));
	assert_true(is_reachable(0x411fffff));
	assert_false(is_reachable(0x40ffffff));
	assert_false(is_reachable(0x41200000));
	bytes = hal_phys_to_ptr((phys_addr){0x41000000}, BLOCK);
	bytes[0] = 1;
	bytes[BLOCK - 1] = 1;
}

static void test_parts_of_blocks_bring_whole_blocks(void **state)
{
	(void)state;
	assert_int_equal(grow(0x413ffff8, 16), K_OK);
	assert_true(is_reachable(0x41200000));
	assert_true(is_reachable(0x415fffff));
	assert_false(is_reachable(0x41600000));
}

static void test_nothing_is_mapped_for_nothing(void **state)
{
	(void)state;
	assert_int_equal(grow(0x41000100, 0), K_OK);
	assert_false(is_reachable(0x41000000));
}

static void test_growing_again_changes_nothing(void **state)
{
	(void)state;
	assert_int_equal(grow(0x41000000, 4 * BLOCK), K_OK);
	assert_int_equal(map.tables_used, 1);
	assert_int_equal(grow(0x41000000, 4 * BLOCK), K_OK);
	assert_int_equal(grow(0x41000000 + BLOCK, 4 * BLOCK), K_OK);
	assert_int_equal(map.tables_used, 1);
	assert_true(is_reachable(0x41000000 + 5 * BLOCK - 1));
}

static void test_a_table_for_each_gib(void **state)
{
	(void)state;
	assert_int_equal(grow(0x80000000 - BLOCK, 2 * BLOCK), K_OK);
	assert_int_equal(map.tables_used, 2);
	assert_true(is_reachable(0x80000000 - 1));
	assert_true(is_reachable(0x80000000));
	assert_int_equal(grow(TWIN_RAM_BASE + TWIN_RAM_SIZE_MAX - 1, 1), K_OK);
	assert_true(is_reachable(TWIN_RAM_BASE + TWIN_RAM_SIZE_MAX - 1));
}

static void test_tables_run_out(void **state)
{
	(void)state;
	for (uint64_t table = 0; table < KERNEL_TABLE_POOL_PAGES; table++) {
		assert_int_equal(grow(TWIN_RAM_BASE + table * GIB + 0x1000000, 1), K_OK);
	}
	assert_int_equal(grow(TWIN_RAM_BASE + KERNEL_TABLE_POOL_PAGES * GIB, 1), K_ENOMEM);
	/* Where there are tables, there is still room. */
	assert_int_equal(grow(TWIN_RAM_BASE + 0x2000000, 1), K_OK);
	assert_int_equal(map.tables_used, KERNEL_TABLE_POOL_PAGES);
}

static void test_the_image_gets_no_alias(void **state)
{
	(void)state;
	assert_int_equal(grow(TWIN_IMAGE_BASE, 1), K_EINVAL);
	assert_int_equal(grow(TWIN_IMAGE_BASE + TWIN_IMAGE_SIZE - 1, 1), K_EINVAL);
	assert_int_equal(grow(TWIN_IMAGE_BASE + BLOCK - 1, 1), K_EINVAL);
	assert_int_equal(grow(TWIN_IMAGE_BASE - 1, 2), K_EINVAL);
	assert_int_equal(grow(TWIN_IMAGE_BASE + BLOCK - 1, 2), K_EINVAL);
	assert_false(is_reachable(TWIN_IMAGE_BASE));
	assert_int_equal(grow(TWIN_IMAGE_BASE - 1, 1), K_OK);
	assert_int_equal(grow(TWIN_IMAGE_BASE + BLOCK, 1), K_OK);
	twin_check_kernel_half();
	kernel_map_check(&map);
}

static void test_limits_of_the_linear_map(void **state)
{
	uint64_t end = TWIN_RAM_BASE + KERNEL_LINEAR_SIZE;

	(void)state;
	assert_int_equal(grow(TWIN_RAM_BASE - 1, 1), K_EINVAL);
	assert_int_equal(grow(0, 1), K_EINVAL);
	assert_int_equal(grow(end, 1), K_EINVAL);
	assert_int_equal(grow(end - 1, 2), K_EINVAL);
	assert_int_equal(grow(UINT64_MAX, 1), K_EINVAL);
	assert_int_equal(grow(0x41000000, UINT64_MAX), K_EINVAL);
	assert_int_equal(grow(0x41000000, UINT64_MAX - 0x41000000 + 1), K_EINVAL);
	assert_int_equal(map.tables_used, 0);
	assert_int_equal(grow(end - 1, 1), K_OK);
}

static void test_the_map_starts_at_a_gib(void **state)
{
	(void)state;
	twin_reset(NULL);
	kernel_map_init(&map, twin_boot_info(), (phys_addr){0x7fffffff});
	assert_int_equal(map.linear_base.value, 0x40000000);
}

/* Devices. */

static void test_devices(void **state)
{
	kernel_addr registers;

	(void)state;
	assert_int_equal(kernel_map_device(&map, (phys_addr){0x9000000}, &registers), K_OK);
	assert_true(registers.value >= KERNEL_DEVICE_BASE);
	mmu_check_device(registers.value, 0x9000000);
	/* Registers that do not start on a page. */
	assert_int_equal(kernel_map_device(&map, (phys_addr){0xa000e00}, &registers), K_OK);
	assert_int_equal(registers.value % 0x1000, 0xe00);
	mmu_check_device(registers.value, 0xa000e00);
}

static void test_device_slots_run_out(void **state)
{
	kernel_addr registers = {0};
	kernel_addr last;
	unsigned count = 0;

	(void)state;
	while (kernel_map_device(&map, (phys_addr){0x9000000 + 0x1000UL * count}, &registers) == K_OK) {
		last = registers;
		count++;
	}
	/* The first slot is the early UART's. */
	assert_int_equal(count, KERNEL_DEVICE_SLOTS - 1);
	assert_int_equal(kernel_map_device(&map, (phys_addr){0x9000000}, &registers), K_ENOMEM);
	assert_int_equal(registers.value, last.value);
	assert_int_equal(last.value, KERNEL_DEVICE_BASE + 0x1000UL * (KERNEL_DEVICE_SLOTS - 1));
	mmu_check_device(KERNEL_DEVICE_BASE, TWIN_UART_BASE);
}

/* The end of boot. */

static bool is_mapped(uint64_t address)
{
	struct walker_translation page;
	uint8_t status;

	return walker_walk(&twin.mmu, &walker_memory, address, &page, &status);
}

static void test_closing_the_window(void **state)
{
	uint64_t tree = twin_boot_info()->device_tree_address.value;

	(void)state;
	assert_true(is_mapped(KERNEL_BOOT_WINDOW_BASE + tree % BLOCK));
	kernel_map_close_window(map.root);
	for (uint64_t offset = 0; offset < KERNEL_BOOT_WINDOW_SIZE; offset += BLOCK) {
		assert_false(is_mapped(KERNEL_BOOT_WINDOW_BASE + offset));
	}
	assert_true(is_mapped(KERNEL_IMAGE_BASE));
}

static bool is_writable(uint64_t address)
{
	struct walker_translation page;
	uint8_t status;

	assert_true(walker_walk(&twin.mmu, &walker_memory, address, &page, &status));
	return walker_allows(&page, WALKER_WRITE, true, &status);
}

static void test_sealing(void **state)
{
	kernel_addr start = twin_boot_info()->sealed_start;
	kernel_addr end = twin_boot_info()->sealed_end;

	(void)state;
	assert_true(is_writable(start.value));
	kernel_map_seal(&map, start, end);
	for (uint64_t page = start.value; page < end.value; page += 0x1000) {
		assert_false(is_writable(page));
	}
	assert_true(is_writable(end.value));
	kernel_map_seal(&map, end, end);
	assert_true(is_writable(end.value));
}

static void seal_a_hole(void *unused)
{
	(void)unused;
	kernel_map_seal(&map, (kernel_addr){KERNEL_IMAGE_BASE + 0xd0000}, (kernel_addr){KERNEL_IMAGE_BASE + 0xd1000});
}

static void test_sealing_a_hole_panics(void **state)
{
	(void)state;
	expect_panic("seal", seal_a_hole, NULL);
}

static uint64_t memory_of(uint64_t address)
{
	struct walker_translation page;
	uint8_t status;

	assert_true(walker_walk(&twin.mmu, &walker_memory, address, &page, &status));
	assert_true(page.el1_write && !page.el1_execute && !page.el0_read);
	return page.memory;
}

static void test_changing_the_memory_type(void **state)
{
	kernel_addr start = twin_boot_info()->sealed_end;
	kernel_addr end = {start.value + 0x2000};

	(void)state;
	twin.mmu.mair = 0xf004ff;
	kernel_map_change(&map, start, end, PAGE_KERNEL_TAGGED);
	assert_int_equal(memory_of(start.value), 0xf0);
	assert_int_equal(memory_of(start.value + 0x1000), 0xf0);
	assert_int_equal(memory_of(end.value), 0xff);
	kernel_map_check(&map);
	kernel_map_change(&map, start, end, PAGE_KERNEL_READ_WRITE);
	assert_int_equal(memory_of(start.value), 0xff);
	assert_int_equal(memory_of(start.value + 0x1000), 0xff);
}

static void change_a_hole(void *unused)
{
	(void)unused;
	kernel_map_change(&map, (kernel_addr){KERNEL_IMAGE_BASE + 0xd0000}, (kernel_addr){KERNEL_IMAGE_BASE + 0xd1000},
			  PAGE_KERNEL_TAGGED);
}

static void test_changing_a_hole_panics(void **state)
{
	(void)state;
	expect_panic("seal", change_a_hole, NULL);
}

/* The check. */

static void check(void *unused)
{
	(void)unused;
	kernel_map_check(&map);
}

static void test_what_boot_made_passes(void **state)
{
	(void)state;
	assert_int_equal(grow(TWIN_RAM_BASE, BLOCK), K_OK);
	kernel_map_check(&map);
}

static void test_check_finds_what_must_not_be(void **state)
{
	static const uint64_t bad[] = {
		0x0000000041000703, /* writable and executable at EL1 (but for WXN) and EL0 */
		0x0040000041000703, /* writable, executable at EL1 */
		0x0020000041000703, /* writable, executable at EL0 */
		0x0060000041000743, /* writable by EL0 */
		0x00600000410007c3, /* readable by EL0 */
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		setup(state);
		ram_table_store(IMAGE_LEVEL3 + 8 * 0x120, bad[i]);
		expect_panic("wx", check, NULL);
	}
}

static void test_check_finds_an_alias(void **state)
{
	uint64_t table = twin_boot_info()->table_pool.value;

	(void)state;
	assert_int_equal(grow(TWIN_RAM_BASE, BLOCK), K_OK);
	ram_table_store(table + 8 * 1, 0x0060000040200701);
	expect_panic("wx", check, NULL);
	setup(state);
	/* A block of a GiB has the image in it. */
	ram_table_store(twin_boot_info()->kernel_root.value, 0x0060000040000701);
	expect_panic("wx", check, NULL);
	setup(state);
	/* A single page of the image under the linear map. */
	assert_int_equal(grow(TWIN_RAM_BASE, BLOCK), K_OK);
	hal_frame_clear((phys_addr){table + 0x5000});
	ram_table_store(table + 8 * 1, (table + 0x5000) | 3);
	ram_table_store(table + 0x5000, 0x0060000040200703);
	expect_panic("wx", check, NULL);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_blocks_become_reachable, setup),
		cmocka_unit_test_setup(test_parts_of_blocks_bring_whole_blocks, setup),
		cmocka_unit_test_setup(test_nothing_is_mapped_for_nothing, setup),
		cmocka_unit_test_setup(test_growing_again_changes_nothing, setup),
		cmocka_unit_test_setup(test_a_table_for_each_gib, setup),
		cmocka_unit_test_setup(test_tables_run_out, setup),
		cmocka_unit_test_setup(test_the_image_gets_no_alias, setup),
		cmocka_unit_test_setup(test_limits_of_the_linear_map, setup),
		cmocka_unit_test_setup(test_the_map_starts_at_a_gib, setup),
		cmocka_unit_test_setup(test_devices, setup),
		cmocka_unit_test_setup(test_device_slots_run_out, setup),
		cmocka_unit_test_setup(test_closing_the_window, setup),
		cmocka_unit_test_setup(test_sealing, setup),
		cmocka_unit_test_setup(test_sealing_a_hole_panics, setup),
		cmocka_unit_test_setup(test_changing_the_memory_type, setup),
		cmocka_unit_test_setup(test_changing_a_hole_panics, setup),
		cmocka_unit_test_setup(test_what_boot_made_passes, setup),
		cmocka_unit_test_setup(test_check_finds_what_must_not_be, setup),
		cmocka_unit_test_setup(test_check_finds_an_alias, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
