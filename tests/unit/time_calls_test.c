/*
 * core/syscall/time.c: clock, sleep and yield.
 */
#include "abi/errno.h"
#include "tests/unit/world.h"

/* A tick of the counter, in nanoseconds: 62.5 MHz. */
#define TICK 16
#define SECOND 1000000000UL

static uint64_t now(void)
{
	return world_call(SYS_clock, 0, 0, 0);
}

static uint64_t ticks_since_boot(void)
{
	return hal_time_ticks() - TWIN_FIRST_TICK;
}

static void the_clock_tells_nanoseconds_since_boot(void **state)
{
	uint64_t start = ticks_since_boot();

	(void)state;
	assert_int_equal(now(), start * TICK);
	twin_advance(1);
	assert_int_equal(now(), (start + 1) * TICK);
	twin_advance(62500000);
	assert_int_equal(now(), start * TICK + TICK + SECOND);
	/* Hundred years. */
	twin_advance(62500000UL * 3155760000);
	assert_int_equal(now(), start * TICK + TICK + SECOND * 3155760001);
}

static void a_time_that_has_passed_is_no_sleep(void **state)
{
	(void)state;
	twin_advance(1000);
	assert_int_equal(world_call(SYS_sleep, 0, 0, 0), 0);
	assert_int_equal(world.process->state, PROCESS_RUNNING);
	assert_int_equal(world_call(SYS_sleep, 1, 0, 0), 0);
	assert_int_equal(world.process->state, PROCESS_RUNNING);
	assert_int_equal(world_call(SYS_sleep, now() - 1, 0, 0), 0);
	assert_int_equal(world.process->state, PROCESS_RUNNING);
	assert_int_equal(world_call(SYS_sleep, now(), 0, 0), 0);
	assert_int_equal(world.process->state, PROCESS_RUNNING);
	assert_int_equal(ticks_since_boot(), 1000);
}

/* Never earlier, and never a tick later than it must be. */
static void a_sleep_ends_at_its_time(void **state)
{
	static const struct {
		uint64_t nanoseconds, ticks;
	} sleeps[] = {{1, 1}, {TICK - 1, 1}, {TICK, 1}, {TICK + 1, 2}, {SECOND, 62500000}, {SECOND + 1, 62500001}};

	(void)state;
	for (size_t i = 0; i < sizeof(sleeps) / sizeof(sleeps[0]); i++) {
		uint64_t before = hal_time_ticks();

		assert_int_equal(world_call(SYS_sleep, now() + sleeps[i].nanoseconds, 0, 0), 0);
		assert_int_equal(world.process->state, PROCESS_SLEEPING);
		world_go_on_as(1);
		assert_int_equal(world.process->context.x[0], 0);
		assert_int_equal(hal_time_ticks(), before + sleeps[i].ticks);
	}
}

/* attacks A41: the sign bit is refused; all that is positive is a time. */
static void negative_times_are_refused(void **state)
{
	(void)state;
	assert_int_equal((int64_t)world_call(SYS_sleep, (uint64_t)1 << 63, 0, 0), -PANTHER_EINVAL);
	assert_int_equal((int64_t)world_call(SYS_sleep, ~(uint64_t)0, 0, 0), -PANTHER_EINVAL);
	assert_int_equal((int64_t)world_call(SYS_sleep, 0xffffffff80000000, 0, 0), -PANTHER_EINVAL);
	assert_int_equal(world.process->state, PROCESS_RUNNING);
	assert_null(kernel.scheduler.sleepers);
}

/* 2^63 - 1 ns are 576460752303423488 ticks of 16 ns: some 292 years. */
static void the_longest_sleep_ends_as_well(void **state)
{
	(void)state;
	assert_int_equal(world_call(SYS_sleep, INT64_MAX, 0, 0), 0);
	world_go_on_as(1);
	assert_int_equal(ticks_since_boot(), 576460752303423488);
}

/* The counter would not get there: nobody can wake, which is no reason to wait for ever without a word. */
static void who_sleeps_for_ever_is_found_out(void **state)
{
	const struct twin_options options = {.frequency = 0x100000000};

	(void)state;
	world_reset(&options);
	world_begin();
	world_go_on_as(1);
	assert_int_equal(world_call(SYS_sleep, INT64_MAX, 0, 0), 0);
	assert_int_equal(world.process->state, PROCESS_SLEEPING);
	assert_int_equal(world_run(), TWIN_STOPPED);
	assert_string_equal(twin_console(), "HALT[deadlock] every process waits, and nothing can wake one\n");
}

/* Each child sleeps until the time that its parent has put into its memory, then says its letter. */
static void put_sleeper(uint64_t pid, uint64_t until, char letter, struct twin_step steps[3])
{
	steps[0] = (struct twin_step)WORLD_CALL(sleep, until);
	steps[1] = (struct twin_step)WORLD_CALL(write, 1, PROGRAM_CONSTANTS + 0x300 + (uint64_t)(letter - 'a'), 1);
	steps[2] = (struct twin_step)WORLD_CALL(exit);
	(void)world_plays(pid, steps, 3);
}

static void sleepers_wake_in_the_order_of_their_times(void **state)
{
	static const uint64_t times[] = {5000000, 3000000, 9000000, 3000000, 1000000, 5000000, 3000000};
	static struct twin_step steps[7][3];

	(void)state;
	memcpy(world.program.bytes + PROGRAM_CONSTANTS_OFFSET + 0x300, "abcdefg", 7);
	for (unsigned i = 0; i < 7; i++) {
		put_sleeper(i + 2, times[i], (char)('a' + i), steps[i]);
		assert_int_equal(world_spawn(), i + 2);
	}
	for (unsigned i = 0; i < 7; i++) {
		assert_int_not_equal(world_call_and_wait(SYS_wait, 0, PROGRAM_DATA, 0), 0);
	}
	/* Those with one time in the order in which they fell asleep. */
	assert_string_equal(twin_console(), "ebdgafc");
	assert_int_equal(ticks_since_boot(), 9000000 / TICK);
}

static void alone_who_yields_goes_on(void **state)
{
	(void)state;
	assert_int_equal(world_call(SYS_yield, 0, 0, 0), 0);
	assert_int_equal(world.process->state, PROCESS_READY);
	world_go_on_as(1);
	assert_int_equal(world.process->context.x[0], 0);
	assert_int_equal(ticks_since_boot(), 0);
}

/* All that are ready have a turn before the one that yields has its next. */
static void the_others_run_first(void **state)
{
	(void)state;
	for (uint64_t pid = 2; pid < 6; pid++) {
		static const struct twin_step quiet[] = {WORLD_CALL(sleep, 1000), WORLD_CALL(write, 1, PROGRAM_DATA, 1),
							 WORLD_CALL(exit)};

		(void)WORLD_PLAYS(pid, quiet);
		assert_int_equal(world_spawn(), pid);
	}
	world_yield();
	for (uint64_t pid = 2; pid < 6; pid++) {
		assert_int_equal(process_table_find(&kernel.processes, pid)->state, PROCESS_SLEEPING);
	}
	twin_advance(10000);
	interrupt_take();
	assert_int_equal(twin_console_size(), 0);
	world_yield();
	assert_int_equal(twin_console_size(), 4);
	for (uint64_t pid = 2; pid < 6; pid++) {
		assert_int_equal(world_call_and_wait(SYS_wait, pid, PROGRAM_DATA, 0), pid);
	}
}

/* WFI and WFE count as a yield: here the child runs in between. */
static void an_instruction_that_waits_is_a_yield(void **state)
{
	static const struct twin_step child[] = {WORLD_CALL(write, 1, PROGRAM_DATA, 2),
						 WORLD_CALL(read, 0, PROGRAM_DATA, 1), WORLD_CALL(exit)};
	const struct twin_step wfi = {.kind = TWIN_TRAP, .trap = {.esr = 0x07e00000}};

	(void)state;
	(void)WORLD_PLAYS(2, child);
	assert_int_equal(world_call(SYS_spawn, WORLD_REQUEST, WORLD_REQUEST_SIZE, 0), WORLD_REQUEST);
	world_go_on_as(1);
	world_step(&wfi);
	assert_int_equal(world.process->state, PROCESS_READY);
	assert_int_equal(world.process->context.pc, PROGRAM_CODE + 4);
	world_go_on_as(1);
	assert_int_equal(process_table_find(&kernel.processes, 2)->state, PROCESS_READING);
	twin_console_type("x", 1);
	assert_int_equal(world_call_and_wait(SYS_wait, 2, PROGRAM_DATA, 0), 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_clock_tells_nanoseconds_since_boot, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(a_time_that_has_passed_is_no_sleep, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(a_sleep_ends_at_its_time, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(negative_times_are_refused, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(the_longest_sleep_ends_as_well, world_setup, world_teardown),
		cmocka_unit_test(who_sleeps_for_ever_is_found_out),
		cmocka_unit_test_setup_teardown(sleepers_wake_in_the_order_of_their_times, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(alone_who_yields_goes_on, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(the_others_run_first, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(an_instruction_that_waits_is_a_yield, world_setup, world_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
