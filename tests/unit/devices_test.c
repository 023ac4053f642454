/*
 * core/start/devices.c: clock, interrupt controller and input. main_fails_test.c has counters that are none.
 */
#include "core/start/devices.h"

#include <stdio.h>

#include "tests/unit/world.h"

/* A machine whose devices have not been set up. */
static void prepare(const struct twin_options *options)
{
	twin_reset(options);
	memset(&world, 0, sizeof(world));
	world_protect();
	kernel_map_init(&kernel.map, twin_boot_info(), (phys_addr){TWIN_RAM_BASE});
	world_make_machine();
}

static void the_clock_starts_at_boot(void **state)
{
	static const struct {
		uint64_t given, expected;
	} frequencies[] = {
		{0, TWIN_FREQUENCY_DEFAULT}, {1000, 1000}, {24000000, 24000000}, {1000000000, 1000000000},
		{0x100000000, 0x100000000},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(frequencies) / sizeof(frequencies[0]); i++) {
		const struct twin_options options = {.frequency = frequencies[i].given};

		prepare(&options);
		twin_advance(77);
		devices_start();
		assert_int_equal(kernel_facts.clock.frequency, frequencies[i].expected);
		assert_int_equal(kernel_facts.clock.start, TWIN_FIRST_TICK + 77);
	}
}

static void nothing_but_timer_and_uart_may_interrupt(void **state)
{
	(void)state;
	prepare(NULL);
	devices_start();
	for (uint32_t number = 0; number < HAL_INTERRUPT_LIMIT; number++) {
		assert_int_equal(twin_interrupt_is_enabled(number),
				 number == TWIN_TIMER_INTERRUPT || number == TWIN_UART_INTERRUPT);
	}
	assert_true(kernel.input.is_listening);
	assert_int_equal(twin_timer_deadline(), UINT64_MAX);
	assert_int_equal(kernel.probe, PROBE_NONE);
}

/* The numbers are the tree's. */
static void the_interrupts_are_those_of_the_machine(void **state)
{
	(void)state;
	prepare(NULL);
	kernel_facts.machine.uart_interrupt = 44;
	devices_start();
	assert_true(twin_interrupt_is_enabled(44));
	assert_false(twin_interrupt_is_enabled(TWIN_UART_INTERRUPT));
}

static void call_devices_start(void *unused)
{
	(void)unused;
	devices_start();
}

/* Another PPI than the one that the timer has: nothing would ever take the CPU from a program. */
static void a_timer_that_does_not_interrupt_ends_the_boot(void **state)
{
	(void)state;
	for (uint32_t number = 16; number < 32; number++) {
		char line[80];

		prepare(NULL);
		kernel_facts.machine.timer_interrupt = number;
		if (number == TWIN_TIMER_INTERRUPT) {
			devices_start();
			continue;
		}
		assert_int_equal(twin_call(call_devices_start, NULL), TWIN_STOPPED);
		(void)snprintf(line, sizeof(line),
			       "BOOTFAIL[timer] its interrupt, %u by the device tree, does not come\n", number);
		assert_string_equal(twin_console(), line);
	}
}

static void without_an_interrupt_of_the_uart_there_is_no_input(void **state)
{
	(void)state;
	prepare(NULL);
	kernel_facts.machine.uart_interrupt = 0;
	devices_start();
	assert_false(kernel.input.is_listening);
	assert_false(twin_interrupt_is_enabled(TWIN_UART_INTERRUPT));
	assert_true(twin_interrupt_is_enabled(TWIN_TIMER_INTERRUPT));
}

/* What was typed while nobody listened is input all the same, though no interrupt tells of it. */
static void what_was_typed_before_is_not_lost(void **state)
{
	(void)state;
	prepare(NULL);
	twin_console_type("early", 5);
	devices_start();
	assert_int_equal(kernel.input.count, 5);
	assert_memory_equal(kernel.input.bytes, "early", 5);
	assert_int_equal(kernel.input.fruitless, 0);
}

/* And the first look at an empty UART is no fruitless interrupt. */
static void a_quiet_start_is_not_held_against_the_uart(void **state)
{
	(void)state;
	prepare(NULL);
	devices_start();
	assert_int_equal(kernel.input.count, 0);
	assert_int_equal(kernel.input.fruitless, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_clock_starts_at_boot),
		cmocka_unit_test(nothing_but_timer_and_uart_may_interrupt),
		cmocka_unit_test(the_interrupts_are_those_of_the_machine),
		cmocka_unit_test(a_timer_that_does_not_interrupt_ends_the_boot),
		cmocka_unit_test(without_an_interrupt_of_the_uart_there_is_no_input),
		cmocka_unit_test(what_was_typed_before_is_not_lost),
		cmocka_unit_test(a_quiet_start_is_not_held_against_the_uart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
