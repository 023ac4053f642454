/*
 * core/syscall/exit.c.
 */
#include "abi/syscalls.h"
#include "core/process/scheduler.h"
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

static void the_low_eight_bits_count(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++) {
		world_setup(NULL);
		(void)world_call(SYS_exit, statuses[i].given, ~(uint64_t)0, ~(uint64_t)0);
		assert_int_equal(world.process->state, PROCESS_ENDED);
		assert_int_equal(world.process->exit_status, statuses[i].taken);
		assert_int_equal(twin_console_size(), 0);
	}
}

static void a_process_that_ended_is_never_run_again(void **state)
{
	struct scheduler scheduler = {.current = NULL};

	(void)state;
	scheduler_add(&scheduler, world.process);
	assert_ptr_equal(scheduler_next(&scheduler, &kernel.heap), world.process);
	(void)world_call(SYS_exit, 0, 0, 0);
	assert_null(scheduler_next(&scheduler, &kernel.heap));
	world_assert_nothing_is_used();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(the_low_eight_bits_count, world_setup),
		cmocka_unit_test_setup(a_process_that_ended_is_never_run_again, world_setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
