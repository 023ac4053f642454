/*
 * core/process/lifecycle.h: ends of the first process that nothing at EL0 can bring about.
 */
#include "core/process/lifecycle.h"

#include "tests/unit/world.h"

static int setup(void **state)
{
	(void)state;
	world_reset(NULL);
	world_begin();
	return 0;
}

static void kill_first(void *argument)
{
	lifecycle_end(process_table_find(&kernel.processes, LIFECYCLE_FIRST_PID),
		      (struct panther_exit){PANTHER_ENDED_KILLED, *(const uint32_t *)argument});
}

/* Nobody may kill it. If it is killed all the same, that is no end to be content with, whatever the code says. */
static void a_killed_first_process_fails_the_boot(void **state)
{
	uint32_t code = 0;

	(void)state;
	assert_int_equal(twin_call(kill_first, &code), TWIN_STOPPED);
	assert_string_equal(twin_console(), "BOOTFAIL[init] program ended with status 0\n");
}

/* Its file was acceptable when it was chosen. */
static void a_first_program_that_is_none_any_more_fails_the_boot(void **state)
{
	(void)state;
	world.program.bytes[0] = 0;
	assert_int_equal(world_run(), TWIN_STOPPED);
	assert_string_equal(twin_console(), "BOOTFAIL[init] program: not an acceptable program\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_killed_first_process_fails_the_boot, setup),
		cmocka_unit_test_setup(a_first_program_that_is_none_any_more_fails_the_boot, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
