/*
 * Which RAM the kernel may use, of which machine.
 */
#include "core/start/machine.h"

#include <string.h>

#include "tests/unit/cmocka_test.h"

#define MIB 0x100000UL
#define GIB 0x40000000UL
#define REACH (1UL << 44) /* what a cortex-a72 can address */

static const struct phys_range image = {0x40200000, 0x100000};
static struct machine machine;
static struct region_set usable;
static struct machine_error error;
static bool clipped;

static void add(struct region_set *set, uint64_t base, uint64_t size)
{
	assert_int_equal(region_set_add(set, (struct phys_range){base, size}), K_OK);
}

/* One range of RAM, a UART and a GIC. */
static void start(uint64_t base, uint64_t size)
{
	memset(&machine, 0, sizeof(machine));
	machine.uart = (struct phys_range){0x9000000, 0x1000};
	machine.gic.distributor = (struct phys_range){0x8000000, 0x10000};
	machine.gic.interface = (struct phys_range){0x8010000, 0x10000};
	add(&machine.ram, base, size);
}

static void accept_within(uint64_t limit)
{
	memset(&usable, 0xa7, sizeof(usable));
	if (!machine_memory(&machine, image, limit, &usable, &clipped, &error)) {
		fail_msg("refused: [%s] %s", error.tag, error.reason);
	}
}

static void accept(void)
{
	accept_within(REACH);
}

static void refuse_within(uint64_t limit, const char *tag)
{
	assert_false(machine_memory(&machine, image, limit, &usable, &clipped, &error));
	assert_string_equal(error.tag, tag);
	assert_non_null(error.reason);
}

static void refuse(const char *tag)
{
	refuse_within(REACH, tag);
}

static void assert_range(size_t index, uint64_t base, uint64_t end)
{
	assert_true(index < usable.count);
	assert_int_equal(usable.ranges[index].base, base);
	assert_int_equal(usable.ranges[index].size, end - base);
}

static void the_images_blocks_are_not_usable(void **state)
{
	(void)state;
	start(0x40000000, 128 * MIB);
	accept();
	assert_int_equal(usable.count, 2);
	assert_range(0, 0x40000000, 0x40200000);
	assert_range(1, 0x40400000, 0x48000000);
	assert_false(clipped);
}

static void an_image_across_blocks(void **state)
{
	(void)state;
	start(0x40000000, 128 * MIB);
	assert_true(
		machine_memory(&machine, (struct phys_range){0x403ff000, 0x2000}, REACH, &usable, &clipped, &error));
	assert_range(0, 0x40000000, 0x40200000);
	assert_range(1, 0x40600000, 0x48000000);
	assert_true(
		machine_memory(&machine, (struct phys_range){0x40400000, 0x200000}, REACH, &usable, &clipped, &error));
	assert_range(0, 0x40000000, 0x40400000);
	assert_range(1, 0x40600000, 0x48000000);
}

/* RAM that ends inside the image's last block. */
static void little_ram_behind_the_image(void **state)
{
	(void)state;
	start(0x3f000000, 0x40300000 - 0x3f000000);
	accept();
	assert_int_equal(usable.count, 1);
	assert_range(0, 0x3f000000, 0x40200000);
	assert_false(clipped);
}

/* What is taken is rounded out to blocks. */
static void reservations_and_initrd_are_not_usable(void **state)
{
	(void)state;
	start(0x40000000, 128 * MIB);
	add(&machine.reserved, 0x44000000, 0x1000);
	add(&machine.reserved, 0x451fffff, 2);
	add(&machine.reserved, 0x90000000, 0x1000);
	add(&machine.reserved, UINT64_MAX - 0x1000, 0x1000);
	machine.initrd = (struct phys_range){0x46000001, 0x1000};
	accept();
	assert_int_equal(usable.count, 5);
	assert_range(0, 0x40000000, 0x40200000);
	assert_range(1, 0x40400000, 0x44000000);
	assert_range(2, 0x44200000, 0x45000000);
	assert_range(3, 0x45400000, 0x46000000);
	assert_range(4, 0x46200000, 0x48000000);
	assert_false(clipped);
}

static void an_empty_initrd_takes_nothing(void **state)
{
	(void)state;
	start(0x40000000, 128 * MIB);
	machine.initrd = (struct phys_range){0x44000001, 0};
	accept();
	assert_int_equal(usable.count, 2);
	machine.initrd = (struct phys_range){0x90000001, 0};
	accept();
}

/* The linear map has no smaller pieces. */
static void ram_is_rounded_inward(void **state)
{
	(void)state;
	start(0x3fffffff, 128 * MIB);
	accept();
	assert_range(0, 0x40000000, 0x40200000);
	assert_range(1, 0x40400000, 0x47e00000);
	start(0x3fe00001, 128 * MIB + 0x200000);
	add(&machine.ram, 0x50000001, 0x3ffffe);
	accept();
	assert_int_equal(usable.count, 2);
	assert_range(0, 0x40000000, 0x40200000);
	assert_range(1, 0x40400000, 0x48000000);
	start(0x40000000, 128 * MIB);
	add(&machine.ram, 0x50000001, 0x3fffff);
	accept();
	assert_range(2, 0x50200000, 0x50400000);
	/* Less than a block is none. */
	start(0x40000000, 128 * MIB);
	add(&machine.ram, 0x50001000, 0x1000);
	accept();
	assert_int_equal(usable.count, 2);
	/* The last block of the address space is cut off by its very end. */
	start(0x40000000, 128 * MIB);
	add(&machine.ram, 0xffffffffffe00001, 0x1ffffe);
	accept_within(UINT64_MAX);
	assert_int_equal(usable.count, 2);
}

/* B07: RAM that this CPU cannot address. */
static void ram_beyond_the_cpu_is_clipped(void **state)
{
	(void)state;
	start(0x40000000, 128 * MIB);
	add(&machine.ram, 1UL << 32, 128 * MIB);
	accept_within(1UL << 33);
	assert_int_equal(usable.count, 3);
	assert_false(clipped);
	accept_within(1UL << 32);
	assert_int_equal(usable.count, 2);
	assert_range(1, 0x40400000, 0x48000000);
	assert_true(clipped);
	start(0x40000000, 4 * GIB);
	accept_within(1UL << 32);
	assert_range(1, 0x40400000, 1UL << 32);
	assert_true(clipped);
	accept_within(0x140000000);
	assert_range(1, 0x40400000, 0x140000000);
	assert_false(clipped);
	accept_within(0x140000000 - 1);
	assert_range(1, 0x40400000, 0x140000000 - 0x200000);
	assert_true(clipped);
}

/* 8 GiB at 0x40000000 are wholly usable, whatever was added above is not. */
static void the_linear_map_ends(void **state)
{
	(void)state;
	start(0x40000000, 8 * GIB);
	accept();
	assert_range(1, 0x40400000, 0x240000000);
	assert_false(clipped);
	start(0x40000000, 9 * GIB);
	accept();
	assert_range(1, 0x40400000, 0x280000000);
	assert_false(clipped);
	start(0x40000000, 9 * GIB + 1);
	accept();
	assert_range(1, 0x40400000, 0x280000000);
	assert_true(clipped);
	/* Counted from the GiB that RAM starts in. */
	start(0x40000000 - 0x1000, 16 * GIB);
	accept();
	assert_range(0, 0x40000000, 0x40200000);
	assert_range(1, 0x40400000, 9 * GIB);
	assert_true(clipped);
	/* The top of the address space. */
	start(0x40000000, 128 * MIB);
	add(&machine.ram, UINT64_MAX - 0x10000, 0x10000);
	accept_within(UINT64_MAX);
	assert_int_equal(usable.count, 2);
	assert_true(clipped);
}

static void ranges_that_found_no_place(void **state)
{
	(void)state;
	start(0x40000000, 128 * MIB);
	machine.clipped = 1;
	accept();
	assert_true(clipped);
}

static void tiny_machines(void **state)
{
	(void)state;
	start(0x40000000, 32 * MIB);
	accept();
	assert_int_equal(region_set_total(&usable), 30 * MIB);
	start(0x40000000, 10 * MIB);
	accept();
	start(0x40000000, 10 * MIB - 1);
	refuse("mem");
	start(0x40000000, 4 * MIB);
	refuse("mem");
	start(0x40200000, 0x100000);
	refuse("mem");
	memset(&machine.ram, 0, sizeof(machine.ram));
	refuse("mem");
}

static void the_image_is_in_ram(void **state)
{
	(void)state;
	/* Where the linear map's end has no number. */
	start(0xffffffff00000000, 128 * MIB);
	refuse("mem");
	start(0x80000000, 128 * MIB);
	refuse("mem");
	start(0x40200001, 128 * MIB);
	refuse("mem");
	start(0x40000000, 0x2fffff);
	add(&machine.ram, 0x80000000, 128 * MIB);
	refuse("mem");
	/* Beyond the CPU, all of it. */
	start(0x40000000, 128 * MIB);
	refuse_within(0x20000000, "mem");
}

/* B09. */
static void a_reservation_covers_the_image(void **state)
{
	(void)state;
	start(0x40000000, 128 * MIB);
	add(&machine.reserved, 0x402fffff, 1);
	refuse("mem");
	start(0x40000000, 128 * MIB);
	add(&machine.reserved, 0x401ff000, 0x1001);
	refuse("mem");
	start(0x40000000, 128 * MIB);
	add(&machine.reserved, 0x40300000, 0x100000);
	add(&machine.reserved, 0x40000000, 0x200000);
	accept();
	start(0x40000000, 128 * MIB);
	add(&machine.reserved, 0, UINT64_MAX);
	refuse("mem");
}

static void a_reservation_covers_the_initrd(void **state)
{
	(void)state;
	start(0x40000000, 128 * MIB);
	machine.initrd = (struct phys_range){0x44000000, 0x1000};
	add(&machine.reserved, 0x44000fff, 1);
	refuse("mem");
	start(0x40000000, 128 * MIB);
	machine.initrd = (struct phys_range){0x44000000, 0x1000};
	add(&machine.reserved, 0x44001000, 1);
	accept();
}

static void all_is_reserved_but_the_image(void **state)
{
	(void)state;
	start(0x40000000, 128 * MIB);
	add(&machine.reserved, 0x40300000, 128 * MIB);
	refuse("mem");
}

static void an_initrd_elsewhere(void **state)
{
	static const struct phys_range places[] = {
		{0x30000000, 0x1000},		       /* no RAM */
		{0x3ffff000, 0x2000},		       /* some RAM */
		{0x47fff000, 0x1001},		       /* a byte too many */
		{0x40280000, 0x1000},		       /* in the image */
		{0x403ff000, 0x1000},		       /* in the image's block */
		{0x401ff000, 0x1001},		       /* reaches into it */
		{0x140000000, 0x1000},		       /* no RAM, far up */
		{UINT64_MAX, 1},		       /* wraps */
		{0x44000000, UINT64_MAX - 0x44000000}, /* nearly */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		start(0x40000000, 128 * MIB);
		machine.initrd = places[i];
		refuse("initrd");
	}
	/* In a block that is not wholly RAM: at either end. */
	start(0x40000000, 127 * MIB);
	machine.initrd = (struct phys_range){0x47e00000, 0x1000};
	refuse("initrd");
	start(0x3ff00000, 128 * MIB);
	machine.initrd = (struct phys_range){0x3ffff000, 0x1000};
	refuse("initrd");
	/* In RAM that cannot be reached. */
	start(0x40000000, 128 * MIB);
	add(&machine.ram, 0x280000000, 128 * MIB);
	machine.initrd = (struct phys_range){0x280000000, 0x1000};
	refuse("initrd");
}

static void the_uart_is_within_reach(void **state)
{
	(void)state;
	start(0x40000000, 128 * MIB);
	machine.uart = (struct phys_range){0x80000000, 0x1000};
	accept_within(0x80001000);
	refuse_within(0x80000fff, "uart");
	refuse_within(0x80000000, "uart");
	refuse_within(0x70000000, "uart");
	machine.uart = (struct phys_range){REACH, 0x1000};
	refuse("uart");
}

static void the_gic_is_within_reach(void **state)
{
	(void)state;
	for (int which = 0; which < 2; which++) {
		struct phys_range *range = which == 0 ? &machine.gic.distributor : &machine.gic.interface;

		start(0x40000000, 128 * MIB);
		*range = (struct phys_range){0x80000000, 0x20000};
		accept_within(0x80020000);
		refuse_within(0x8001ffff, "gic");
		refuse_within(0x80000000, "gic");
		refuse_within(0x70000000, "gic");
		*range = (struct phys_range){REACH, 0x20000};
		refuse("gic");
	}
}

/* The set is full, and the image splits a range: the larger half stays. */
static void a_split_that_does_not_fit(void **state)
{
	(void)state;
	start(0x40000000, 32 * MIB);
	for (uint64_t i = 1; i < REGIONS_MAX; i++) {
		add(&machine.ram, 0x50000000 + i * 0x400000, 2 * MIB);
	}
	accept();
	assert_int_equal(usable.count, REGIONS_MAX);
	assert_range(0, 0x40400000, 0x42000000);
	assert_true(clipped);
	start(0x3e000000, 0x40700000 - 0x3e000000);
	for (uint64_t i = 1; i < REGIONS_MAX; i++) {
		add(&machine.ram, 0x50000000 + i * 0x400000, 2 * MIB);
	}
	accept();
	assert_int_equal(usable.count, REGIONS_MAX);
	assert_range(0, 0x3e000000, 0x40200000);
	assert_true(clipped);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_images_blocks_are_not_usable),
		cmocka_unit_test(an_image_across_blocks),
		cmocka_unit_test(little_ram_behind_the_image),
		cmocka_unit_test(reservations_and_initrd_are_not_usable),
		cmocka_unit_test(an_empty_initrd_takes_nothing),
		cmocka_unit_test(ram_is_rounded_inward),
		cmocka_unit_test(ram_beyond_the_cpu_is_clipped),
		cmocka_unit_test(the_linear_map_ends),
		cmocka_unit_test(ranges_that_found_no_place),
		cmocka_unit_test(tiny_machines),
		cmocka_unit_test(the_image_is_in_ram),
		cmocka_unit_test(a_reservation_covers_the_image),
		cmocka_unit_test(a_reservation_covers_the_initrd),
		cmocka_unit_test(all_is_reserved_but_the_image),
		cmocka_unit_test(an_initrd_elsewhere),
		cmocka_unit_test(the_uart_is_within_reach),
		cmocka_unit_test(the_gic_is_within_reach),
		cmocka_unit_test(a_split_that_does_not_fit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
