/*
 * core/trap/interrupt.h, and what interrupts do to who runs.
 */
#include "core/trap/interrupt.h"

#include "tests/unit/world.h"

#define ROOM PROGRAM_DATA
#define STRAY 57
#define STUCK "[INPUT] The UART's interrupt is stuck: there will be no more input\n"

static void nothing_pending_is_nothing_to_do(void **state)
{
	const struct world_counts before = world_count();
	struct scheduler scheduler = kernel.scheduler;

	(void)state;
	interrupt_take();
	assert_memory_equal(&kernel.scheduler, &scheduler, sizeof(scheduler));
	assert_int_equal(kernel.spurious_interrupts, 0);
	world_assert_counts(&before);
}

/* A program that is interrupted by nothing goes on as it was. */
static void a_spurious_interrupt_is_passed_over(void **state)
{
	const struct twin_step load = {.kind = TWIN_LOAD, .address = PROGRAM_CONSTANTS, .size = 5};

	(void)state;
	for (unsigned i = 0; i < 5; i++) {
		twin_interrupt_spurious();
		world_step(&load);
		assert_memory_equal(&world.seen, "Hello\0\0", 8);
	}
	assert_int_equal(kernel.spurious_interrupts, 0);
	assert_int_equal(twin_console_size(), 0);
}

/* Only such as the kernel has not asked for. It would come for ever. */
static void an_interrupt_that_nobody_listens_to_is_switched_off_and_counted(void **state)
{
	struct panther_memory_info info;

	(void)state;
	for (uint32_t number = STRAY; number < STRAY + 3; number++) {
		hal_interrupt_enable(number);
		twin_interrupt_raise(number);
	}
	(void)world_call(SYS_getpid, 0, 0, 0);
	for (uint32_t number = STRAY; number < STRAY + 3; number++) {
		assert_false(twin_interrupt_is_enabled(number));
	}
	assert_int_equal(kernel.spurious_interrupts, 3);
	assert_int_equal(world_call4(SYS_info, PANTHER_INFO_MEMORY, 0, ROOM, sizeof(info)), sizeof(info));
	world_peek(ROOM, &info, sizeof(info));
	assert_int_equal(info.spurious_interrupts, 3);
	assert_true(twin_interrupt_is_enabled(TWIN_TIMER_INTERRUPT));
	assert_true(twin_interrupt_is_enabled(TWIN_UART_INTERRUPT));
}

static void the_highest_number_is_an_interrupt_too(void **state)
{
	(void)state;
	hal_interrupt_enable(HAL_INTERRUPT_LIMIT - 1);
	twin_interrupt_raise(HAL_INTERRUPT_LIMIT - 1);
	interrupt_take();
	assert_false(twin_interrupt_is_enabled(HAL_INTERRUPT_LIMIT - 1));
	assert_int_equal(kernel.spurious_interrupts, 1);
}

static void input_is_kept_until_somebody_reads(void **state)
{
	(void)state;
	twin_console_type("abc", 3);
	interrupt_take();
	twin_console_type("def", 3);
	interrupt_take();
	assert_int_equal(world_call(SYS_read, 0, ROOM, 10), 6);
	assert_int_equal(kernel.input.lost, 0);
}

/* It is pending whatever is read: 16 times in a row are enough. */
static void an_interrupt_of_the_uart_that_is_stuck_is_switched_off(void **state)
{
	(void)state;
	twin_interrupt_raise(TWIN_UART_INTERRUPT);
	for (unsigned i = 1; i < 16; i++) {
		interrupt_take();
		assert_true(twin_interrupt_is_enabled(TWIN_UART_INTERRUPT));
	}
	assert_int_equal(twin_console_size(), 0);
	interrupt_take();
	assert_false(twin_interrupt_is_enabled(TWIN_UART_INTERRUPT));
	assert_string_equal(twin_console(), STUCK);
	interrupt_take();
	assert_string_equal(twin_console(), STUCK);
	assert_int_equal(kernel.spurious_interrupts, 0);
	twin_interrupt_lower(TWIN_UART_INTERRUPT);
}

/* Whoever reads then waits in vain, which is said. */
static void without_the_uart_nobody_waits_for_input(void **state)
{
	(void)state;
	world_setup(NULL);
	twin_interrupt_raise(TWIN_UART_INTERRUPT);
	assert_int_equal(world_call(SYS_getpid, 0, 0, 0), 1);
	(void)world_call(SYS_read, 0, ROOM, 1);
	assert_int_equal(world_run(), TWIN_STOPPED);
	assert_string_equal(twin_console(), STUCK "HALT[deadlock] every process waits, and nothing can wake one\n");
}

/* Noise wakes nobody, and is no reason to stop listening. */
static void bytes_in_error_wake_nobody(void **state)
{
	(void)state;
	(void)world_call(SYS_read, 0, ROOM, 10);
	for (unsigned i = 0; i < 100; i++) {
		twin_console_noise(3);
		interrupt_take();
		assert_int_equal(world.process->state, PROCESS_READING);
	}
	assert_int_equal(kernel.input.lost, 300);
	assert_true(twin_interrupt_is_enabled(TWIN_UART_INTERRUPT));
	twin_console_type("x", 1);
	world_go_on_as(1);
	assert_int_equal(world.process->context.x[0], 1);
}

/* Those that wait for something else sleep on. */
static void input_wakes_readers_and_nobody_else(void **state)
{
	static const struct twin_step sleeps[] = {WORLD_CALL(sleep, 5000000), WORLD_CALL(exit)};
	static const struct twin_step reads[] = {WORLD_CALL(read, 0, ROOM, 1), WORLD_CALL(exit)};

	(void)state;
	(void)WORLD_PLAYS(2, sleeps);
	(void)WORLD_PLAYS(3, reads);
	(void)WORLD_PLAYS(4, reads);
	for (uint64_t pid = 2; pid <= 4; pid++) {
		assert_int_equal(world_spawn(), pid);
	}
	world_yield();
	twin_console_type("xy", 2);
	interrupt_take();
	assert_int_equal(process_table_find(&kernel.processes, 2)->state, PROCESS_SLEEPING);
	assert_int_equal(process_table_find(&kernel.processes, 3)->state, PROCESS_RESUMING);
	assert_int_equal(process_table_find(&kernel.processes, 4)->state, PROCESS_RESUMING);
	for (unsigned i = 0; i < 3; i++) {
		assert_int_not_equal(world_call_and_wait(SYS_wait, 0, ROOM, 0), 0);
	}
}

/* Alone, a process computes a second on end without one interrupt: there is no tick. */
static void who_is_alone_is_not_interrupted(void **state)
{
	const struct twin_step compute = {.kind = TWIN_PASS, .value = WORLD_FREQUENCY};
	uint64_t turn_start = kernel.scheduler.turn_start;

	(void)state;
	assert_int_equal(twin_timer_deadline(), UINT64_MAX);
	world_step(&compute);
	assert_int_equal(world.process->state, PROCESS_RUNNING);
	assert_int_equal(kernel.scheduler.turn_start, turn_start);
}

static uint64_t cpu_time_of(uint64_t pid)
{
	return process_table_find(&kernel.processes, pid)->cpu_ticks;
}

/* Three that compute share the CPU by slices, to the tick. */
static void slices_are_equal(void **state)
{
	static const struct twin_step computes[] = {{.kind = TWIN_PASS, .value = 100 * WORLD_SLICE}, WORLD_CALL(exit)};

	(void)state;
	for (uint64_t pid = 2; pid <= 4; pid++) {
		(void)WORLD_PLAYS(pid, computes);
		(void)world_call(SYS_spawn, WORLD_REQUEST, WORLD_REQUEST_SIZE, 0);
		world_go_on_as(1);
	}
	/* Until one is done, after 100 turns; the others have had 99 or 100. */
	assert_int_not_equal(world_call_and_wait(SYS_wait, 0, ROOM, 0), 0);
	for (uint64_t pid = 2; pid <= 4; pid++) {
		if (process_table_find(&kernel.processes, pid) != NULL) {
			assert_in_range(cpu_time_of(pid), 98 * WORLD_SLICE, 100 * WORLD_SLICE);
		}
	}
	assert_in_range(hal_time_ticks() - TWIN_FIRST_TICK, 296 * WORLD_SLICE, 300 * WORLD_SLICE);
	assert_int_not_equal(world_call_and_wait(SYS_wait, 0, ROOM, 0), 0);
	assert_int_not_equal(world_call_and_wait(SYS_wait, 0, ROOM, 0), 0);
}

/* It runs when the one that computes has had its slice, no matter how long that goes on. */
static void a_sleeper_wakes_beside_one_that_computes(void **state)
{
	static const struct twin_step computes[] = {{.kind = TWIN_PASS, .value = 1000 * WORLD_SLICE}, WORLD_CALL(exit)};

	(void)state;
	(void)WORLD_PLAYS(2, computes);
	assert_int_equal(world_spawn(), 2);
	assert_int_equal(world_call(SYS_sleep, 100000000, 0, 0), 0);
	world_go_on_as(1);
	assert_in_range(hal_time_ticks() - TWIN_FIRST_TICK, 6250000, 6250000 + WORLD_SLICE);
	assert_int_equal(world_call(SYS_kill, 2, 0, 0), 0);
	assert_int_equal(world_call_and_wait(SYS_wait, 2, ROOM, 0), 2);
}

/* The same for input. */
static void type_x(void *owner)
{
	(void)owner;
	twin_console_type("x", 1);
}

static void a_reader_wakes_beside_one_that_computes(void **state)
{
	static const struct twin_step computes[] = {{.kind = TWIN_PASS, .value = 1000 * WORLD_SLICE}, WORLD_CALL(exit)};

	(void)state;
	(void)WORLD_PLAYS(2, computes);
	assert_int_equal(world_spawn(), 2);
	(void)world_call(SYS_read, 0, ROOM, 1);
	twin_at(10 * WORLD_SLICE, type_x, NULL);
	world_go_on_as(1);
	assert_int_equal(world.process->context.x[0], 1);
	assert_in_range(hal_time_ticks() - TWIN_FIRST_TICK, 10 * WORLD_SLICE, 11 * WORLD_SLICE);
	assert_int_equal(world_call(SYS_kill, 2, 0, 0), 0);
	assert_int_equal(world_call_and_wait(SYS_wait, 2, ROOM, 0), 2);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(nothing_pending_is_nothing_to_do),
		TEST(a_spurious_interrupt_is_passed_over),
		TEST(an_interrupt_that_nobody_listens_to_is_switched_off_and_counted),
		TEST(the_highest_number_is_an_interrupt_too),
		TEST(input_is_kept_until_somebody_reads),
		TEST(an_interrupt_of_the_uart_that_is_stuck_is_switched_off),
		cmocka_unit_test(without_the_uart_nobody_waits_for_input),
		TEST(bytes_in_error_wake_nobody),
		TEST(input_wakes_readers_and_nobody_else),
		TEST(who_is_alone_is_not_interrupted),
		TEST(slices_are_equal),
		TEST(a_sleeper_wakes_beside_one_that_computes),
		TEST(a_reader_wakes_beside_one_that_computes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
