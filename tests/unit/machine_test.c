/*
 * What the kernel makes of trees: the widths of numbers, and RAM.
 */
#include "tests/unit/judge_machine.h"

static void a_whole_machine(void **state)
{
	(void)state;
	start_whole();
	accept();
	assert_int_equal(outcome.machine.ram.count, 1);
	assert_int_equal(outcome.machine.ram.ranges[0].base, MACHINE_TREE_RAM);
	assert_int_equal(outcome.machine.ram.ranges[0].size, MACHINE_TREE_RAM_SIZE);
	assert_int_equal(outcome.machine.reserved.count, 0);
	assert_int_equal(outcome.machine.uart.base, MACHINE_TREE_UART);
	assert_int_equal(outcome.machine.uart.size, 0x1000);
	assert_int_equal(outcome.machine.psci, HAL_PSCI_HVC);
	assert_int_equal(outcome.machine.gic.version, 2);
	assert_int_equal(outcome.machine.timer_interrupt, 27);
	assert_int_equal(outcome.machine.uart_interrupt, 33);
	assert_int_equal(outcome.machine.initrd.size, 0);
	assert_string_equal(outcome.machine.command_line, "");
	assert_int_equal(outcome.machine.seed_size, 0);
	assert_int_equal(outcome.machine.clipped, 0);
}

/* Everything beyond 32 bits arrives whole. */
static void wide_numbers(void **state)
{
	(void)state;
	machine_tree_root(&builder);
	machine_tree_memory(&builder, MACHINE_TREE_RAM, MACHINE_TREE_RAM_SIZE);
	machine_tree_memory(&builder, 0x123400000000, 0x567800000000);
	machine_tree_uart(&builder, "pl011@80", 0x8009000000);
	machine_tree_psci(&builder, "arm,psci-0.2", "smc");
	machine_tree_gic(&builder, "arm,gic-v3",
			 (const uint64_t[]){0x8008000000, 0x100010000, 0x8208000000, 0x200020000});
	machine_tree_timer(&builder);
	accept();
	assert_int_equal(outcome.machine.ram.count, 2);
	assert_int_equal(outcome.machine.ram.ranges[1].base, 0x123400000000);
	assert_int_equal(outcome.machine.ram.ranges[1].size, 0x567800000000);
	assert_int_equal(outcome.machine.uart.base, 0x8009000000);
	assert_int_equal(outcome.machine.psci, HAL_PSCI_SMC);
	assert_int_equal(outcome.machine.gic.distributor.base, 0x8008000000);
	assert_int_equal(outcome.machine.gic.distributor.size, 0x100010000);
	assert_int_equal(outcome.machine.gic.interface.base, 0x8208000000);
	assert_int_equal(outcome.machine.gic.interface.size, 0x200020000);
}

/* A `reg` of one range or two, all of the same size, in numbers of that many cells. */
static void put_ranges(uint32_t base_cells, uint32_t size_cells, size_t count, const uint32_t *bases, uint32_t size)
{
	uint32_t cells[8] = {0};
	size_t used = 0;

	for (size_t i = 0; i < count; i++) {
		used += base_cells;
		cells[used - 1] = bases[i];
		used += size_cells;
		cells[used - 1] = size;
	}
	machine_tree_cells(&builder, "reg", used, cells);
}

/* A tree whose numbers have `address` and `size` cells; absent if 0. */
static void put_with_cells(uint32_t address, uint32_t size)
{
	uint32_t base_cells = address == 0 ? 2 : address;
	uint32_t size_cells = size == 0 ? 1 : size;

	tree_start(&builder);
	tree_begin(&builder, "");
	if (address != 0) {
		tree_u32(&builder, "#address-cells", address);
	}
	if (size != 0) {
		tree_u32(&builder, "#size-cells", size);
	}
	tree_begin(&builder, "m");
	tree_text(&builder, "device_type", "memory");
	put_ranges(base_cells, size_cells, 1, (const uint32_t[]){MACHINE_TREE_RAM}, MACHINE_TREE_RAM_SIZE);
	tree_end(&builder);
	tree_begin(&builder, "u");
	tree_text(&builder, "compatible", "arm,pl011");
	put_ranges(base_cells, size_cells, 1, (const uint32_t[]){MACHINE_TREE_UART}, 0x1000);
	tree_end(&builder);
	tree_begin(&builder, "i");
	tree_text(&builder, "compatible", "arm,gic-400");
	tree_u32(&builder, "#interrupt-cells", 3);
	put_ranges(base_cells, size_cells, 2, (const uint32_t[]){MACHINE_TREE_DISTRIBUTOR, MACHINE_TREE_CPU_INTERFACE},
		   0x2000);
	tree_end(&builder);
	machine_tree_timer(&builder);
	machine_tree_psci(&builder, "arm,psci", "hvc");
}

static void cells_of_every_width(void **state)
{
	(void)state;
	for (uint32_t address = 0; address <= 2; address++) {
		for (uint32_t size = 0; size <= 2; size++) {
			put_with_cells(address, size);
			accept();
			assert_int_equal(outcome.machine.ram.ranges[0].base, MACHINE_TREE_RAM);
			assert_int_equal(outcome.machine.ram.ranges[0].size, MACHINE_TREE_RAM_SIZE);
			assert_int_equal(outcome.machine.uart.base, MACHINE_TREE_UART);
			assert_int_equal(outcome.machine.uart.size, 0x1000);
			assert_int_equal(outcome.machine.gic.distributor.base, MACHINE_TREE_DISTRIBUTOR);
			assert_int_equal(outcome.machine.gic.distributor.size, 0x2000);
			assert_int_equal(outcome.machine.gic.interface.base, MACHINE_TREE_CPU_INTERFACE);
			assert_int_equal(outcome.machine.gic.interface.size, 0x2000);
		}
	}
}

/* B06. */
static void cells_of_no_width(void **state)
{
	static const uint32_t wrong[] = {0, 3, 5, 0x40000001, 0x80000000, UINT32_MAX};

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		for (int which = 0; which < 2; which++) {
			tree_start(&builder);
			tree_begin(&builder, "");
			tree_u32(&builder, "#address-cells", which == 0 ? wrong[i] : 2);
			tree_u32(&builder, "#size-cells", which == 1 ? wrong[i] : 2);
			machine_tree_devices(&builder);
			refuse("dtb");
		}
	}
}

static void no_cells_at_all(void **state)
{
	(void)state;
	tree_start(&builder);
	tree_begin(&builder, "");
	tree_u32(&builder, "#address-cells", 0);
	tree_u32(&builder, "#size-cells", 0);
	machine_tree_devices(&builder);
	refuse("dtb");
}

/* A property that says it has 4 KiB. */
static void put_broken_property(void)
{
	tree_word(&builder, TREE_TOKEN_PROPERTY);
	tree_word(&builder, 0x1000);
	tree_word(&builder, 0);
}

/* A tree that breaks off after all that is needed is as bad as any, and its broken node says nothing. */
static void malformed_to_the_last(void **state)
{
	(void)state;
	start_whole();
	tree_word(&builder, 5);
	refuse("dtb");
	start_whole();
	tree_end(&builder);
	refuse("dtb");
	start_whole();
	tree_begin(&builder, "memory@80000000");
	tree_text(&builder, "device_type", "memory");
	tree_u64s(&builder, "reg", 2, (const uint64_t[]){0x80000000, 0});
	put_broken_property();
	tree_end(&builder);
	refuse("dtb");
}

static void cells_that_are_no_number(void **state)
{
	static const char *const names[] = {"#address-cells", "#size-cells"};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		for (size_t size = 0; size <= 8; size += 2) {
			tree_start(&builder);
			tree_begin(&builder, "");
			tree_bytes(&builder, names[i], "\0\0\0\2\0\0\0\2", size);
			tree_u32(&builder, names[1 - i], 2);
			machine_tree_devices(&builder);
			if (size == 4) {
				accept();
			} else {
				refuse("dtb");
			}
		}
	}
}

/* Each node's cells are for its children only. */
static void cells_of_other_nodes(void **state)
{
	(void)state;
	start_whole();
	tree_begin(&builder, "cpus");
	tree_u32(&builder, "#address-cells", 1);
	tree_u32(&builder, "#size-cells", 0);
	tree_begin(&builder, "cpu@0");
	tree_text(&builder, "device_type", "cpu");
	tree_u32(&builder, "reg", 0);
	tree_end(&builder);
	tree_end(&builder);
	tree_begin(&builder, "pcie");
	tree_u32(&builder, "#address-cells", 3);
	tree_end(&builder);
	machine_tree_memory(&builder, 0x80000000, 0x1000000);
	accept();
	assert_int_equal(outcome.machine.ram.count, 2);
	assert_int_equal(outcome.machine.ram.ranges[1].base, 0x80000000);
}

static void lengths_of_reg(void **state)
{
	static const char *const kinds[] = {"memory", "uart"};

	(void)state;
	for (size_t kind = 0; kind < 2; kind++) {
		for (size_t size = 0; size <= 36; size++) {
			uint8_t reg[36] = {0, 0, 0, 0, 0x50, 0, 0, 0, 0, 0, 0, 0, 0, 0x10, 0, 0,
					   0, 0, 0, 0, 0x60, 0, 0, 0, 0, 0, 0, 0, 0, 0x10, 0, 0};

			if (kind == 0) {
				start_whole();
			} else {
				start_without_uart();
			}
			tree_begin(&builder, kinds[kind]);
			tree_text(&builder, kind == 0 ? "device_type" : "compatible",
				  kind == 0 ? "memory" : "arm,pl011");
			tree_bytes(&builder, "reg", reg, size);
			tree_end(&builder);
			if (size % 16 != 0) {
				refuse("dtb");
			} else if (kind == 1 && size == 0) {
				refuse("uart");
			} else {
				accept();
				assert_int_equal(outcome.machine.ram.count, kind == 0 ? 1 + size / 16 : 1);
			}
		}
	}
}

/* B07. */
static void memory_that_is_none(void **state)
{
	(void)state;
	start_without_ram();
	refuse("mem");
	start_without_ram();
	tree_begin(&builder, "memory");
	tree_text(&builder, "device_type", "memory");
	tree_end(&builder);
	refuse("mem");
	start_without_ram();
	machine_tree_memory(&builder, MACHINE_TREE_RAM, 0);
	refuse("mem");
	start_without_ram();
	machine_tree_memory(&builder, MACHINE_TREE_RAM, 0xffffffffc0000000);
	refuse("mem");
	start_without_ram();
	machine_tree_memory(&builder, UINT64_MAX, UINT64_MAX);
	refuse("mem");
	/* Even beside good memory. */
	start_whole();
	machine_tree_memory(&builder, 0x80000000, 0);
	refuse("mem");
	start_whole();
	machine_tree_memory(&builder, 0x80000000, 0xffffffff80000000);
	refuse("mem");
}

/* The name of a node says nothing, nor does its depth. */
static void memory_is_told_by_its_type(void **state)
{
	(void)state;
	start_whole();
	tree_begin(&builder, "memory@80000000");
	tree_u64s(&builder, "reg", 2, (const uint64_t[]){0x80000000, 0x1000000});
	tree_end(&builder);
	tree_begin(&builder, "bus");
	machine_tree_memory(&builder, 0x90000000, 0x1000000);
	tree_end(&builder);
	tree_begin(&builder, "any");
	tree_text(&builder, "device_type", "memory");
	tree_u64s(&builder, "reg", 2, (const uint64_t[]){0xa0000000, 0x1000000});
	tree_end(&builder);
	accept();
	assert_int_equal(outcome.machine.ram.count, 2);
	assert_int_equal(outcome.machine.ram.ranges[1].base, 0xa0000000);
}

static void memory_that_overlaps_is_one(void **state)
{
	(void)state;
	start_whole();
	machine_tree_memory(&builder, MACHINE_TREE_RAM, MACHINE_TREE_RAM_SIZE);
	machine_tree_memory(&builder, 0x44000000, 0x10000000);
	machine_tree_memory(&builder, 0x54000000, 0x1000000);
	accept();
	assert_int_equal(outcome.machine.ram.count, 1);
	assert_int_equal(outcome.machine.ram.ranges[0].base, 0x40000000);
	assert_int_equal(outcome.machine.ram.ranges[0].size, 0x15000000);
	assert_int_equal(outcome.machine.clipped, 0);
}

/* More ranges than there is room for: the image's own is kept, wherever it comes. */
static void too_many_ranges(void **state)
{
	(void)state;
	for (unsigned place = 0; place < 64; place += 9) {
		start_without_ram();
		for (unsigned i = 0; i < 64; i++) {
			uint64_t base = i == place ? MACHINE_TREE_RAM : 0x100000000 + i * 0x2000000UL;

			machine_tree_memory(&builder, base, 0x1000000);
		}
		accept();
		assert_int_equal(outcome.machine.ram.count, REGIONS_MAX);
		assert_int_equal(outcome.machine.clipped, 64 - REGIONS_MAX);
		assert_int_equal(outcome.machine.ram.ranges[0].base, MACHINE_TREE_RAM);
	}
}

static void put_with_status(const char *status, size_t size)
{
	start_whole();
	tree_begin(&builder, "memory@80000000");
	tree_text(&builder, "device_type", "memory");
	tree_bytes(&builder, "status", status, size);
	tree_u64s(&builder, "reg", 2, (const uint64_t[]){0x80000000, 0x1000000});
	tree_text(&builder, "secure-status", "okay");
	tree_end(&builder);
	accept();
}

static void only_what_is_okay_is_used(void **state)
{
	(void)state;
	put_with_status("okay", 5);
	assert_int_equal(outcome.machine.ram.count, 2);
	put_with_status("ok", 3);
	assert_int_equal(outcome.machine.ram.count, 2);
	put_with_status("disabled", 9);
	assert_int_equal(outcome.machine.ram.count, 1);
	put_with_status("reserved", 9);
	assert_int_equal(outcome.machine.ram.count, 1);
	put_with_status("fail-okay", 10);
	assert_int_equal(outcome.machine.ram.count, 1);
	put_with_status("okay", 4);
	assert_int_equal(outcome.machine.ram.count, 1);
	put_with_status("", 0);
	assert_int_equal(outcome.machine.ram.count, 1);
}

static void a_disabled_node_may_be_wrong(void **state)
{
	(void)state;
	start_whole();
	tree_begin(&builder, "memory@0");
	tree_text(&builder, "device_type", "memory");
	tree_text(&builder, "status", "disabled");
	tree_bytes(&builder, "reg", "odd", 3);
	tree_end(&builder);
	tree_begin(&builder, "psci@1");
	tree_text(&builder, "compatible", "arm,psci");
	tree_text(&builder, "status", "disabled");
	tree_text(&builder, "method", "magic");
	tree_end(&builder);
	accept();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_whole_machine),
		cmocka_unit_test(wide_numbers),
		cmocka_unit_test(cells_of_every_width),
		cmocka_unit_test(cells_of_no_width),
		cmocka_unit_test(no_cells_at_all),
		cmocka_unit_test(malformed_to_the_last),
		cmocka_unit_test(cells_that_are_no_number),
		cmocka_unit_test(cells_of_other_nodes),
		cmocka_unit_test(lengths_of_reg),
		cmocka_unit_test(memory_that_is_none),
		cmocka_unit_test(memory_is_told_by_its_type),
		cmocka_unit_test(memory_that_overlaps_is_one),
		cmocka_unit_test(too_many_ranges),
		cmocka_unit_test(only_what_is_okay_is_used),
		cmocka_unit_test(a_disabled_node_may_be_wrong),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
