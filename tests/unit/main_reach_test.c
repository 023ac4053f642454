/*
 * core/start/main.c on a machine with RAM that the linear map has no room for: that stays unused, and boot says so.
 */
#include <stdlib.h>
#include <string.h>

#include "abi/syscalls.h"
#include "core/kernel.h"
#include "hal_host/twin.h"
#include "tests/support/archive_builder.h"
#include "tests/support/machine_tree.h"
#include "tests/unit/cmocka_test.h"
#include "tests/unit/program.h"

#define WARNING "[BOOT] Some RAM is out of reach and stays unused\n"
/* 256 GiB behind the first byte of RAM (KERNEL_LINEAR_SIZE). */
#define REACH (MACHINE_TREE_RAM + (1UL << 38))

static uint8_t *archive;
static size_t archive_size;

static int setup(void **state)
{
	static struct program_image image;
	struct archive_builder builder = {0};

	(void)state;
	program_make(&image, NULL, 0);
	(void)archive_builder_add(&builder, "first", ARCHIVE_REGULAR, image.bytes, sizeof(image.bytes));
	archive = archive_builder_end(&builder, &archive_size);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	free(archive);
	return 0;
}

/* With one bank more than the twin has RAM for. Returns how many frames there are. */
static uint64_t boot(uint64_t base, uint64_t size)
{
	static const struct twin_step end = {.kind = TWIN_SVC, .number = SYS_exit};
	struct twin_options options = {.archive = archive, .archive_size = archive_size};
	struct twin_script script = {.steps = &end, .count = 1};
	struct tree_builder builder;
	uint8_t *blob;

	machine_tree_root(&builder);
	machine_tree_devices(&builder);
	if (size != 0) {
		machine_tree_memory(&builder, base, size);
	}
	tree_end(&builder);
	blob = tree_finish(&builder, &options.device_tree_size);
	options.device_tree = blob;
	twin_reset(&options);
	twin_program(twin_script_driver, &script);
	assert_int_equal(twin_boot(), TWIN_POWER_OFF);
	free(blob);
	return kernel.frames.total_count;
}

static void ram_out_of_reach_is_named(void **state)
{
	uint64_t frames = boot(0, 0);

	(void)state;
	assert_null(strstr(twin_console(), WARNING));
	assert_int_equal(boot(REACH, 0x8000000), frames);
	assert_non_null(strstr(twin_console(), "[BOOT] Initializing kernel...\n"));
	assert_non_null(strstr(twin_console(), WARNING));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {cmocka_unit_test(ram_out_of_reach_is_named)};

	return cmocka_run_group_tests(tests, setup, teardown);
}
