/*
 * core/start/machine.h: RAM in as many ranges as there may be, and at the end of all addresses.
 */
#include "core/start/machine.h"

#include <string.h>

#include "tests/unit/cmocka_test.h"

#define MIB 0x100000UL

static struct machine machine;
static struct region_set usable;
static bool clipped;

static void start(void)
{
	memset(&machine, 0, sizeof(machine));
	machine.uart = (struct phys_range){0x9000000, 0x1000};
	machine.gic.distributor = (struct phys_range){0x8000000, 0x10000};
	machine.gic.interface = (struct phys_range){0x8010000, 0x10000};
}

static void add(uint64_t base, uint64_t size)
{
	assert_int_equal(region_set_add(&machine.ram, (struct phys_range){base, size}), K_OK);
}

static void accept(uint64_t image)
{
	struct machine_error error;

	memset(&usable, 0xa7, sizeof(usable));
	if (!machine_memory(&machine, (struct phys_range){image, MIB}, UINT64_MAX, &usable, &clipped, &error)) {
		fail_msg("refused: [%s] %s", error.tag, error.reason);
	}
}

static void assert_range(size_t index, uint64_t base, uint64_t end)
{
	assert_true(index < usable.count);
	assert_int_equal(usable.ranges[index].base, base);
	assert_int_equal(usable.ranges[index].size, end - base);
}

/* The image splits the range with that index: its larger side stays, and the others are whole. */
static void split(uint64_t which)
{
	start();
	for (uint64_t i = 0; i < REGIONS_MAX; i++) {
		add(0x40000000 + i * 64 * MIB, 32 * MIB);
	}
	accept(0x40000000 + which * 64 * MIB + 2 * MIB);
	assert_true(clipped);
	assert_int_equal(usable.count, REGIONS_MAX);
	for (uint64_t i = 0; i < REGIONS_MAX; i++) {
		uint64_t base = 0x40000000 + i * 64 * MIB;

		assert_range(i, i == which ? base + 4 * MIB : base, base + 32 * MIB);
	}
}

static void any_range_may_be_the_one_that_is_split(void **state)
{
	(void)state;
	for (uint64_t which = 0; which < REGIONS_MAX; which++) {
		split(which);
	}
}

/* The block that ends at 2^64 is not used, and a range within it not at all. */
static void ram_at_the_end_of_all_addresses(void **state)
{
	const uint64_t top = 0 - 2 * MIB;

	(void)state;
	start();
	add(top - 64 * MIB, 48 * MIB);
	add(top + MIB, MIB - 1);
	accept(top - 64 * MIB);
	assert_int_equal(usable.count, 1);
	assert_range(0, top - 62 * MIB, top - 16 * MIB);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_range_may_be_the_one_that_is_split),
		cmocka_unit_test(ram_at_the_end_of_all_addresses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
