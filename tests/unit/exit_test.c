/*
 * core/syscall/exit.c.
 */
#include "tests/unit/world.h"

/* The low eight bits count, as attack A44 has it. */
static const struct {
	uint64_t given;
	uint8_t taken;
} statuses[] = {
	{0, 0},
	{1, 1},
	{42, 42},
	{255, 255},
	{256, 0},
	{257, 1},
	{0x1ff, 255},
	{0xffffff80, 128},
	{0xffffffffffffffff, 255},
	{0x8000000000000000, 0},
	{0x100000007, 7},
};

/* A child, which tells its parent: the first process would fail the boot with most of them. */
static void the_low_eight_bits_count(void **state)
{
	static struct twin_step steps[sizeof(statuses) / sizeof(statuses[0])];

	(void)state;
	for (uint64_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++) {
		struct panther_exit end;
		uint64_t pid = 128 * i + 2;

		steps[i] = (struct twin_step)WORLD_CALL(exit, statuses[i].given, ~(uint64_t)0, ~(uint64_t)0);
		(void)world_plays(pid, &steps[i], 1);
		assert_int_equal(world_spawn(), pid);
		assert_int_equal(world_call_and_wait(SYS_wait, 0, PROGRAM_DATA, 0), pid);
		world_peek(PROGRAM_DATA, &end, sizeof(end));
		assert_int_equal(end.reason, PANTHER_ENDED_EXIT);
		assert_int_equal(end.code, statuses[i].taken);
		assert_int_equal(twin_console_size(), 0);
	}
}

/* There are no further steps: another one would end the run otherwise. */
static void a_process_that_ended_is_never_run_again(void **state)
{
	(void)state;
	(void)world_call(SYS_exit, 0, 0, 0);
	assert_int_equal(world.process->state, PROCESS_ENDING);
	assert_int_equal(world_run(), TWIN_POWER_OFF);
	world_assert_nothing_is_used();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_low_eight_bits_count, world_setup, world_teardown),
		cmocka_unit_test_setup(a_process_that_ended_is_never_run_again, world_setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
