/*
 * `seed=N`: a kernel that is made for tests places its programs by that number alone. The one that ships does not know
 * the word.
 */
#include <stdlib.h>

#include "core/kernel.h"
#include "hal_host/twin.h"
#include "tests/support/archive_builder.h"
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_seed_alone_places_a_program),
		cmocka_unit_test(without_a_seed_the_machine_does),
	};
	const struct CMUnitTest shipped[] = {
		cmocka_unit_test(the_kernel_that_ships_passes_the_word_over),
	};

	return SEEDED ? cmocka_run_group_tests(tests, NULL, NULL) : cmocka_run_group_tests(shipped, NULL, NULL);
}
