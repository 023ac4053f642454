/*
 * core/start/main.c, when the machine or what it was given does not allow a boot: one clear line, and a stop.
 */
#include <stdlib.h>
#include <string.h>

#include "core/kernel.h"
#include "hal/layout.h"
#include "hal_host/ram.h"
#include "hal_host/twin.h"
#include "tests/support/archive_builder.h"
#include "tests/support/machine_tree.h"
#include "tests/unit/cmocka_test.h"
#include "tests/unit/program.h"

#define NO_MORE_LINES true
#define AFTER_OTHERS false

static struct tree_builder builder;
static struct program_image program;
static struct twin_options options;
static uint8_t *archive;

/* The program as it is now, twice, under two names. */
static void pack(void)
{
	struct archive_builder files = {0};

	free(archive);
	(void)archive_builder_add(&files, "first", ARCHIVE_REGULAR, program.bytes, sizeof(program.bytes));
	(void)archive_builder_add(&files, "second", ARCHIVE_REGULAR, program.bytes, sizeof(program.bytes));
	archive = archive_builder_end(&files, &options.archive_size);
	options.archive = archive;
}

static int free_archive(void **state)
{
	(void)state;
	free(archive);
	return 0;
}

static int setup(void **state)
{
	(void)state;
	program_make(&program, NULL, 0);
	options = (struct twin_options){0};
	pack();
	machine_tree_root(&builder);
	return 0;
}

/* Boots with what `options` say. The console ends with the line; before it there is nothing, or other lines. */
static void assert_boot_fails(const char *line, bool alone)
{
	const char *console;

	twin_reset(&options);
	assert_int_equal(twin_boot(), TWIN_STOPPED);
	console = twin_console();
	assert_true(strlen(console) >= strlen(line));
	assert_string_equal(console + strlen(console) - strlen(line), line);
	assert_int_equal(strlen(console) == strlen(line), alone);
	assert_false(kernel.panicking);
}

/* With the tree under construction. */
static void assert_tree_fails(const char *line)
{
	uint8_t *blob;

	tree_end(&builder);
	blob = tree_finish(&builder, &options.device_tree_size);
	options.device_tree = blob;
	assert_boot_fails(line, NO_MORE_LINES);
	free(blob);
}

static void without_ram(void **state)
{
	(void)state;
	machine_tree_uart(&builder, "pl011@9000000", MACHINE_TREE_UART);
	machine_tree_psci(&builder, "arm,psci-1.0", "hvc");
	machine_tree_interrupts(&builder);
	assert_tree_fails("BOOTFAIL[mem] no RAM\n");
}

static void without_uart(void **state)
{
	(void)state;
	machine_tree_memory(&builder, MACHINE_TREE_RAM, MACHINE_TREE_RAM_SIZE);
	machine_tree_psci(&builder, "arm,psci-1.0", "hvc");
	machine_tree_interrupts(&builder);
	assert_tree_fails("BOOTFAIL[uart] no PL011\n");
}

static void without_psci(void **state)
{
	(void)state;
	machine_tree_memory(&builder, MACHINE_TREE_RAM, MACHINE_TREE_RAM_SIZE);
	machine_tree_uart(&builder, "pl011@9000000", MACHINE_TREE_UART);
	machine_tree_interrupts(&builder);
	assert_tree_fails("BOOTFAIL[psci] no PSCI\n");
}

static void with_a_psci_that_nobody_knows(void **state)
{
	(void)state;
	machine_tree_memory(&builder, MACHINE_TREE_RAM, MACHINE_TREE_RAM_SIZE);
	machine_tree_uart(&builder, "pl011@9000000", MACHINE_TREE_UART);
	machine_tree_psci(&builder, "arm,psci-1.0", "svc");
	machine_tree_interrupts(&builder);
	assert_tree_fails("BOOTFAIL[psci] method is neither hvc nor smc\n");
}

/* The reasons are device_tree.c's. */
static void assert_stops_with_tag(const char *tag)
{
	twin_reset(&options);
	assert_int_equal(twin_boot(), TWIN_STOPPED);
	assert_memory_equal(twin_console(), tag, strlen(tag));
	assert_ptr_equal(strchr(twin_console(), '\n'), twin_console() + twin_console_size() - 1);
}

static void with_a_broken_tree(void **state)
{
	uint8_t *blob;

	(void)state;
	machine_tree_devices(&builder);
	tree_end(&builder);
	blob = tree_finish(&builder, &options.device_tree_size);
	options.device_tree = blob;
	tree_poke(blob, TREE_MAGIC, 0xd00dfeee);
	assert_stops_with_tag("BOOTFAIL[dtb] ");
	options.device_tree_size = 0;
	assert_stops_with_tag("BOOTFAIL[dtb] ");
	free(blob);
}

static void call_main(void *boot)
{
	kernel_main(boot);
}

static void assert_stops_with_tag_of_tree(const char *tag)
{
	uint8_t *blob;

	tree_end(&builder);
	blob = tree_finish(&builder, &options.device_tree_size);
	options.device_tree = blob;
	assert_stops_with_tag(tag);
	free(blob);
}

/* The boot loader gave an address that cannot be mapped. */
static void without_a_tree(void **state)
{
	struct boot_info boot;

	(void)state;
	twin_reset(&options);
	boot = *twin_boot_info();
	boot.device_tree = NULL;
	boot.device_tree_limit = 0;
	assert_int_equal(twin_call(call_main, &boot), TWIN_STOPPED);
	assert_memory_equal(twin_console(), "BOOTFAIL[dtb] ", 14);
	assert_ptr_equal(strchr(twin_console(), '\n'), twin_console() + twin_console_size() - 1);
}

static void without_an_interrupt_controller(void **state)
{
	(void)state;
	machine_tree_memory(&builder, MACHINE_TREE_RAM, MACHINE_TREE_RAM_SIZE);
	machine_tree_uart(&builder, "pl011@9000000", MACHINE_TREE_UART);
	machine_tree_psci(&builder, "arm,psci-1.0", "hvc");
	machine_tree_timer(&builder);
	assert_stops_with_tag_of_tree("BOOTFAIL[gic] ");
}

static void with_a_counter_that_is_none(void **state)
{
	static const struct {
		uint64_t frequency;
		const char *line;
	} counters[] = {
		{0, "BOOTFAIL[timer] a counter of 0 Hz\n"},
		{999, "BOOTFAIL[timer] a counter of 999 Hz\n"},
		{0x100000001, "BOOTFAIL[timer] a counter of 4294967297 Hz\n"},
		{UINT64_MAX, "BOOTFAIL[timer] a counter of 18446744073709551615 Hz\n"},
	};

	(void)state;
	options.has_frequency = true;
	for (size_t i = 0; i < sizeof(counters) / sizeof(counters[0]); i++) {
		options.frequency = counters[i].frequency;
		assert_boot_fails(counters[i].line, AFTER_OTHERS);
	}
}

#define NOT_ACCEPTABLE "\nBOOTFAIL[init] first is not an acceptable program, or does not fit into memory\n"

static void with_a_bad_program(void **state)
{
	(void)state;
	program.bytes[1] = 'e';
	pack();
	assert_boot_fails(NOT_ACCEPTABLE, AFTER_OTHERS);
	assert_int_equal(kernel.frames.free_count, kernel.frames.total_count);
	assert_int_equal(heap_used(&kernel.heap), 0);
}

static void with_an_archive_that_is_none(void **state)
{
	(void)state;
	archive[3] = 'x';
	twin_reset(&options);
	assert_int_equal(twin_boot(), TWIN_STOPPED);
	assert_non_null(strstr(twin_console(), "\n\nBOOTFAIL[initrd] "));
	options.archive_size = 0;
	twin_reset(&options);
	assert_int_equal(twin_boot(), TWIN_STOPPED);
	assert_non_null(strstr(twin_console(), "\n\nBOOTFAIL[initrd] "));
}

/* The built-in archive does not step in: what was asked for is not what would run. */
static void with_a_bad_initrd(void **state)
{
	static const uint8_t text[] = "#!/bin/sh\n";

	(void)state;
	options.initrd = text;
	options.initrd_size = sizeof(text);
	twin_reset(&options);
	assert_int_equal(twin_boot(), TWIN_STOPPED);
	assert_non_null(strstr(twin_console(), "\n\nBOOTFAIL[initrd] "));
}

static void without_the_program_that_was_asked_for(void **state)
{
	struct archive_builder empty = {0};

	(void)state;
	options.command_line = "init=third nonce=31";
	assert_boot_fails("\nBOOTFAIL[init] the boot archive has no program third #31\n", AFTER_OTHERS);
	free(archive);
	archive = archive_builder_end(&empty, &options.archive_size);
	options.archive = archive;
	options.command_line = NULL;
	assert_boot_fails("\nBOOTFAIL[init] the boot archive has no program\n", AFTER_OTHERS);
}

static void the_line_carries_the_nonce(void **state)
{
	(void)state;
	options.command_line = "nonce=31";
	program.bytes[0] = 0;
	pack();
	assert_boot_fails("or does not fit into memory #31\n", AFTER_OTHERS);
}

/* 32 MiB, of which 12 may be used; the program wants 14. */
static void with_a_program_that_is_too_large(void **state)
{
	uint8_t *blob;

	(void)state;
	tree_reserve(&builder, 0x40c00000, 0x400000);
	tree_reserve(&builder, 0x41200000, 0xe00000);
	machine_tree_memory(&builder, MACHINE_TREE_RAM, TWIN_RAM_SIZE_MIN);
	machine_tree_uart(&builder, "pl011@9000000", MACHINE_TREE_UART);
	machine_tree_psci(&builder, "arm,psci-1.0", "hvc");
	machine_tree_interrupts(&builder);
	tree_end(&builder);
	blob = tree_finish(&builder, &options.device_tree_size);
	options.device_tree = blob;
	options.ram_size = TWIN_RAM_SIZE_MIN;
	program_put(&program, 64 + 56 * 2 + 40, 0xe00000, 8); /* p_memsz of the data */
	pack();
	assert_boot_fails(NOT_ACCEPTABLE, AFTER_OTHERS);
	assert_int_equal(kernel.frames.free_count, kernel.frames.total_count);
	free(blob);
}

/* Only 4 MiB: too little to start with. */
static void with_too_little_ram(void **state)
{
	uint8_t *blob;

	(void)state;
	machine_tree_memory(&builder, MACHINE_TREE_RAM, 0x400000);
	machine_tree_uart(&builder, "pl011@9000000", MACHINE_TREE_UART);
	machine_tree_psci(&builder, "arm,psci-1.0", "hvc");
	machine_tree_interrupts(&builder);
	tree_end(&builder);
	blob = tree_finish(&builder, &options.device_tree_size);
	options.device_tree = blob;
	twin_reset(&options);
	assert_int_equal(twin_boot(), TWIN_STOPPED);
	assert_non_null(strstr(twin_console(), "BOOTFAIL[mem] "));
	free(blob);
}

#define PAGE 3UL
#define TABLE 3UL
#define TO_NORMAL_MEMORY (1UL << 10 | 3UL << 8) /* AF, inner shareable, MAIR attribute 0 */
#define PXN (1UL << 53)
#define UXN (1UL << 54)

/* A table on the way to the image's pages: boot's root, then one of the level behind that. */
static uint64_t table_below(uint64_t table, uint64_t address, unsigned shift)
{
	return ram_read64(table + (address >> shift & 511) * 8) & 0xfffffffff000;
}

/* What boot assembly would have left behind: an entry for a page next to the image's. */
static void plant_page(uint64_t address, uint64_t descriptor)
{
	uint64_t level2 = table_below(twin_boot_info()->kernel_root.value, address, 30);
	uint64_t level3 = table_below(level2, address, 21);

	ram_table_store(level3 + (address >> 12 & 511) * 8, descriptor);
}

static void assert_boot_ends_in(const char *line, enum twin_end end)
{
	const char *console;

	assert_int_equal(twin_boot(), end);
	console = twin_console();
	if (strstr(console, line) == NULL) {
		fail_msg("no line \"%s\" in: %s", line, console);
	}
}

/* The UART's slot is taken. */
static void without_a_device_slot(void **state)
{
	(void)state;
	twin_reset(&options);
	plant_page(KERNEL_DEVICE_BASE + 0x1000, MACHINE_TREE_UART | PAGE | TO_NORMAL_MEMORY | PXN | UXN);
	assert_boot_ends_in("BOOTFAIL[uart] no device slot is left for the UART\n", TWIN_STOPPED);
}

/* Where the linear map would show the initrd's block, at half of RAM, there is a table already. */
static void without_a_place_for_the_initrd(void **state)
{
	uint64_t root;
	uint64_t table;

	(void)state;
	options.initrd = archive;
	options.initrd_size = options.archive_size;
	twin_reset(&options);
	root = twin_boot_info()->kernel_root.value;
	table = twin_boot_info()->table_pool.value + (KERNEL_TABLE_POOL_PAGES - 2) * 0x1000;
	ram_frame_clear(table);
	ram_frame_clear(table + 0x1000);
	ram_table_store(root, table | TABLE);
	ram_table_store(table + (TWIN_RAM_SIZE_DEFAULT / 2 >> 21) * 8, (table + 0x1000) | TABLE);
	assert_boot_ends_in("BOOTFAIL[initrd] the boot archive lies outside the memory that can be mapped\n",
			    TWIN_STOPPED);
}

/* With `verbose`, boot looks at every mapping of the kernel: one that is writable and executable is the end. */
static void with_a_writable_and_executable_page(void **state)
{
	(void)state;
	options.command_line = "verbose";
	twin_reset(&options);
	plant_page(KERNEL_IMAGE_BASE + KERNEL_IMAGE_MAX, TWIN_IMAGE_BASE | PAGE | TO_NORMAL_MEMORY | UXN);
	assert_boot_ends_in("KPANIC[wx] ", TWIN_STOPPED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(without_ram, setup),
		cmocka_unit_test_setup(without_uart, setup),
		cmocka_unit_test_setup(without_psci, setup),
		cmocka_unit_test_setup(with_a_psci_that_nobody_knows, setup),
		cmocka_unit_test_setup(with_a_broken_tree, setup),
		cmocka_unit_test_setup(without_a_tree, setup),
		cmocka_unit_test_setup(without_an_interrupt_controller, setup),
		cmocka_unit_test_setup(with_a_counter_that_is_none, setup),
		cmocka_unit_test_setup(with_a_bad_program, setup),
		cmocka_unit_test_setup(with_an_archive_that_is_none, setup),
		cmocka_unit_test_setup(without_the_program_that_was_asked_for, setup),
		cmocka_unit_test_setup(with_a_bad_initrd, setup),
		cmocka_unit_test_setup(the_line_carries_the_nonce, setup),
		cmocka_unit_test_setup(with_a_program_that_is_too_large, setup),
		cmocka_unit_test_setup(with_too_little_ram, setup),
		cmocka_unit_test_setup(without_a_device_slot, setup),
		cmocka_unit_test_setup(without_a_place_for_the_initrd, setup),
		cmocka_unit_test_setup(with_a_writable_and_executable_page, setup),
	};

	return cmocka_run_group_tests(tests, NULL, free_archive);
}
