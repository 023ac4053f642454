/*
 * The image at another place: its tables, before and after it has moved, and what the twin wants of a move.
 */
#include <string.h>

#include "core/kernel.h"
#include "core/memory/kernel_map.h"
#include "core/memory/page_table.h"
#include "hal/layout.h"
#include "hal_host/mmu.h"
#include "hal_host/ram.h"
#include "hal_host/state.h"
#include "tests/unit/cmocka_test.h"
#include "tests/unit/expect_abort.h"
#include "tests/unit/expect_panic.h"

#define GIB 0x40000000UL
#define PAGE 0x1000UL
#define TABLES 0xe0000UL /* of the twin's image: root, level 2, level 3 */

/* In another table of level 1, of level 2, of both; and the last of all. */
static const uint64_t distances[] = {GIB, KERNEL_PLACE_SIZE, 2 * KERNEL_PLACE_SIZE, 77 * GIB + 5 * KERNEL_PLACE_SIZE,
				     (KERNEL_PLACES - 1) * KERNEL_PLACE_SIZE};

#define DISTANCES (sizeof(distances) / sizeof(distances[0]))

static struct boot_info boot;

static void start(void)
{
	twin_reset(NULL);
	boot = *twin_boot_info();
	kernel_map_close_window(boot.kernel_root);
}

static int setup(void **state)
{
	(void)state;
	start();
	return 0;
}

static bool find(uint64_t address, struct walker_translation *page)
{
	uint8_t status;

	return walker_walk(&twin.mmu, &walker_memory, address, page, &status);
}

static bool is_relocated(uint64_t offset)
{
	return offset >= boot.relocated_start.value - KERNEL_IMAGE_BASE &&
	       offset < boot.relocated_end.value - KERNEL_IMAGE_BASE;
}

/* The image's block at that distance: what it was when the twin was reset, but that constants may be writable. */
static void assert_is_there(const struct walker_translation *before, const bool *was_there, uint64_t distance,
			    bool constants_are_writable)
{
	for (uint64_t page = 0; page < 512; page++) {
		struct walker_translation now;
		bool is_there = find(KERNEL_IMAGE_BASE + distance + page * PAGE, &now);

		assert_int_equal(is_there, was_there[page]);
		if (is_there) {
			assert_int_equal(now.output, before[page].output);
			assert_int_equal(now.memory, before[page].memory);
			assert_int_equal(now.el1_execute, before[page].el1_execute);
			assert_int_equal(now.el1_write, (constants_are_writable && is_relocated(page * PAGE)) ||
								before[page].el1_write);
		}
	}
}

static void assert_is_gone(uint64_t distance)
{
	struct walker_translation page;

	for (uint64_t offset = 0; offset < KERNEL_PLACE_SIZE; offset += PAGE) {
		assert_false(find(KERNEL_IMAGE_BASE + distance + offset, &page));
	}
}

static struct walker_translation before[512];
static bool was_there[512];

static void remember(void)
{
	for (uint64_t page = 0; page < 512; page++) {
		was_there[page] = find(KERNEL_IMAGE_BASE + page * PAGE, &before[page]);
	}
}

/* Places on the way, to which only one of the two entries of a move has led. */
static void assert_is_gone_unless(uint64_t distance, uint64_t exception)
{
	if (distance != exception) {
		assert_is_gone(distance);
	}
}

static struct kernel_map map;

static void check_move(uint64_t distance)
{
	start();
	remember();
	kernel_map_open_place(&boot, distance);
	assert_is_there(before, was_there, 0, true);
	assert_is_there(before, was_there, distance, true);
	twin.boot.image_address.value += distance;
	boot.image_address.value += distance;
	boot.relocated_start.value += distance;
	boot.relocated_end.value += distance;
	kernel_map_close_place(&boot);
	boot.relocated_start.value -= distance;
	boot.relocated_end.value -= distance;
	assert_is_there(before, was_there, distance, false);
	assert_is_gone(0);
	assert_is_gone_unless(distance % GIB, distance);
	assert_is_gone_unless(distance - distance % GIB, distance);
	twin_check_kernel_half();
	kernel_map_init(&map, &boot, (phys_addr){TWIN_RAM_BASE});
	kernel_map_check(&map);
}

static void test_the_image_moves(void **state)
{
	(void)state;
	for (size_t i = 0; i < DISTANCES; i++) {
		check_move(distances[i]);
	}
}

/* Devices are behind the image. */
static void test_devices_move_with_it(void **state)
{
	kernel_addr registers;

	(void)state;
	check_move(distances[3]);
	assert_int_equal(kernel_map_device(&map, (phys_addr){TWIN_UART_BASE + 0x24}, &registers), K_OK);
	assert_int_equal(registers.value, KERNEL_DEVICE_BASE + distances[3] + PAGE + 0x24);
	mmu_check_device(registers.value, TWIN_UART_BASE + 0x24);
}

static void check(void *argument)
{
	kernel_map_check(argument);
}

/* With the old place left, or one of those between. */
static void test_the_check_finds_a_place_that_is_left(void **state)
{
	(void)state;
	for (size_t i = 0; i < DISTANCES; i++) {
		start();
		kernel_map_open_place(&boot, distances[i]);
		kernel_map_init(&map, &boot, (phys_addr){TWIN_RAM_BASE});
		expect_panic("wx", check, &map);
		map.image_address.value += distances[i];
		expect_panic("wx", check, &map);
	}
}

static void look_at_kernel_half(void *unused)
{
	(void)unused;
	twin_check_kernel_half();
}

static void test_so_does_the_twin(void **state)
{
	(void)state;
	kernel_map_open_place(&boot, distances[0]);
	expect_abort("oracle", look_at_kernel_half, NULL);
}

/* What the twin wants of hal_image_move. */

static uint64_t wanted;

static void move(void *unused)
{
	(void)unused;
	hal_image_move(wanted);
}

static void test_a_distance_that_is_none(void **state)
{
	static const uint64_t bad[] = {1, PAGE, KERNEL_PLACE_SIZE - 1, KERNEL_PLACES * KERNEL_PLACE_SIZE,
				       0 - KERNEL_PLACE_SIZE};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		setup(state);
		wanted = bad[i];
		expect_abort("place", move, NULL);
	}
}

static void test_a_place_that_is_not_mapped(void **state)
{
	(void)state;
	wanted = GIB;
	expect_abort("place", move, NULL);
}

/* One page of it is another's. */
static void test_a_place_that_is_not_the_image(void **state)
{
	uint64_t root = boot.kernel_root.value;
	uint64_t other = boot.table_pool.value;

	(void)state;
	kernel_map_open_place(&boot, KERNEL_PLACE_SIZE);
	ram_frame_clear(other);
	for (uint64_t slot = 0; slot < 512; slot++) {
		ram_table_store(other + slot * 8, ram_read64(root + 0x2000 + slot * 8) + (slot == 100 ? PAGE : 0));
	}
	ram_table_store(root + 0x1000 + 8, other | 3);
	wanted = KERNEL_PLACE_SIZE;
	expect_abort("place", move, NULL);
}

static void test_constants_that_are_not_writable(void **state)
{
	uint64_t entry = boot.kernel_root.value + 0x2000 + (boot.relocated_start.value >> 12 & 511) * 8;
	uint64_t sealed = ram_read64(entry);

	(void)state;
	kernel_map_open_place(&boot, KERNEL_PLACE_SIZE);
	ram_table_store(entry, sealed);
	wanted = KERNEL_PLACE_SIZE;
	expect_abort("place", move, NULL);
}

static void test_a_window_that_is_open(void **state)
{
	(void)state;
	twin_reset(NULL);
	wanted = 0;
	expect_abort("place", move, NULL);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_the_image_moves, setup),
		cmocka_unit_test_setup(test_devices_move_with_it, setup),
		cmocka_unit_test_setup(test_the_check_finds_a_place_that_is_left, setup),
		cmocka_unit_test_setup(test_so_does_the_twin, setup),
		cmocka_unit_test_setup(test_a_distance_that_is_none, setup),
		cmocka_unit_test_setup(test_a_place_that_is_not_mapped, setup),
		cmocka_unit_test_setup(test_a_place_that_is_not_the_image, setup),
		cmocka_unit_test_setup(test_constants_that_are_not_writable, setup),
		cmocka_unit_test_setup(test_a_window_that_is_open, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
