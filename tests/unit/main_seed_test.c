/*
 * What a kernel and its programs are placed by. `seed=N`: one that is made for tests places its programs by that number
 * alone, and stays itself. The one that ships does not know the word.
 */
#include <stdlib.h>
#include <string.h>

#include "core/kernel.h"
#include "hal/layout.h"
#include "hal_host/twin.h"
#include "tests/support/archive_builder.h"
#include "tests/support/machine_tree.h"
#include "tests/unit/cmocka_test.h"
#include "tests/unit/program.h"

/* Where the stack of the first program lies, which is random. */
static uint64_t place(const char *command_line, enum twin_cpu cpu)
{
	static const struct twin_step steps[] = {{.kind = TWIN_MOVE, .target = 9}};
	struct archive_builder builder = {0};
	struct program_image program;
	struct hal_context result;
	struct twin_script script = {.steps = steps, .count = 1, .results = &result};
	struct twin_options options = {.command_line = command_line, .cpu = cpu};
	uint8_t *archive;

	program_make(&program, NULL, 0);
	(void)archive_builder_add(&builder, "first", ARCHIVE_REGULAR, program.bytes, sizeof(program.bytes));
	archive = archive_builder_end(&builder, &options.archive_size);
	options.archive = archive;
	twin_reset(&options);
	twin_program(twin_script_driver, &script);
	assert_int_equal(twin_boot(), TWIN_SCRIPT_END);
	free(archive);
	return result.sp;
}

/* A machine with a generator of its own starts from other numbers. */
static void the_seed_alone_places_a_program(void **state)
{
	uint64_t five = place("seed=5", TWIN_CPU_A72);

	(void)state;
	assert_int_equal(place("seed=5", TWIN_CPU_MAX), five);
	assert_int_equal(place("verbose nonce=7 seed=5", TWIN_CPU_MAX), five);
	assert_int_not_equal(place("seed=6", TWIN_CPU_A72), five);
	assert_int_not_equal(place("seed=0", TWIN_CPU_A72), five);
	assert_true(kernel.random.is_seeded);
}

static void without_a_seed_the_machine_does(void **state)
{
	(void)state;
	assert_int_not_equal(place("", TWIN_CPU_A72), place("", TWIN_CPU_MAX));
	assert_int_equal(place("seed=x", TWIN_CPU_A72), place("", TWIN_CPU_A72));
	assert_int_equal(place("seed", TWIN_CPU_A72), place("", TWIN_CPU_A72));
}

static void the_kernel_that_ships_passes_the_word_over(void **state)
{
	(void)state;
	assert_int_equal(place("seed=5", TWIN_CPU_A72), place("", TWIN_CPU_A72));
	assert_int_not_equal(place("seed=5", TWIN_CPU_MAX), place("seed=5", TWIN_CPU_A72));
}

/* The image lies where it is linked, and nobody complains of it. */
static void a_seed_keeps_the_kernel_where_it_is(void **state)
{
	(void)state;
	(void)place("seed=5", TWIN_CPU_MAX);
	assert_int_equal(twin_boot_info()->image_address.value, KERNEL_IMAGE_BASE);
	assert_null(strstr(twin_console(), "No seed"));
	(void)place("seed=x", TWIN_CPU_MAX);
	assert_int_not_equal(twin_boot_info()->image_address.value, KERNEL_IMAGE_BASE);
}

/* The twin's kaslr-seed is 0x90979ea5acb3bac1. */
static void the_tree_places_the_kernel(void **state)
{
	(void)state;
	(void)place("seed=5", TWIN_CPU_A72);
	assert_int_equal(twin_boot_info()->image_address.value, KERNEL_IMAGE_BASE + 0x1bac1 * KERNEL_PLACE_SIZE);
	assert_int_equal(kernel.map.image_address.value, KERNEL_IMAGE_BASE + 0x1bac1 * KERNEL_PLACE_SIZE);
	assert_null(strstr(twin_console(), "No seed"));
}

/* A tree without /chosen. */
static uint64_t place_by(enum twin_cpu cpu)
{
	struct twin_options options = {.cpu = cpu};
	struct tree_builder builder;
	uint8_t *tree;

	machine_tree_root(&builder);
	machine_tree_devices(&builder);
	tree_end(&builder);
	tree = tree_finish(&builder, &options.device_tree_size);
	options.device_tree = tree;
	twin_reset(&options);
	(void)twin_boot();
	free(tree);
	return twin_boot_info()->image_address.value;
}

static void without_a_tree_s_seed_the_cpu_does(void **state)
{
	(void)state;
	assert_int_not_equal(place_by(TWIN_CPU_MAX), KERNEL_IMAGE_BASE);
	assert_null(strstr(twin_console(), "No seed"));
	assert_int_equal(place_by(TWIN_CPU_A72), KERNEL_IMAGE_BASE);
	assert_non_null(strstr(twin_console(),
			       "\n[BOOT] No seed to place the kernel by: it stays at the address it is linked for\n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_seed_alone_places_a_program),
		cmocka_unit_test(without_a_seed_the_machine_does),
		cmocka_unit_test(a_seed_keeps_the_kernel_where_it_is),
	};
	const struct CMUnitTest shipped[] = {
		cmocka_unit_test(the_kernel_that_ships_passes_the_word_over),
		cmocka_unit_test(the_tree_places_the_kernel),
		cmocka_unit_test(without_a_tree_s_seed_the_cpu_does),
	};

	return SEEDED ? cmocka_run_group_tests(tests, NULL, NULL) : cmocka_run_group_tests(shipped, NULL, NULL);
}
