/*
 * The receiving half of the twin's UART.
 */
#include "hal/console.h"
#include "hal_host/interrupt.h"
#include "tests/unit/twin_interrupts.h"

static uint8_t bytes[64];
static uint64_t lost;

static int setup_input(void **state)
{
	setup(state);
	memset(bytes, 0, sizeof(bytes));
	lost = 0;
	hal_interrupt_enable(TWIN_UART_INTERRUPT);
	hal_console_listen();
	return 0;
}

static size_t read_input(size_t capacity)
{
	return hal_console_read(bytes, capacity, &lost);
}

static void test_bytes_come_in_their_order(void **state)
{
	(void)state;
	twin_console_type("ab", 2);
	twin_console_type("\0\xff", 2);
	assert_int_equal(read_input(64), 4);
	assert_memory_equal(bytes, "ab\0\xff", 4);
	assert_int_equal(lost, 0);
	assert_int_equal(read_input(64), 0);
}

static void test_no_more_is_read_than_there_is_room(void **state)
{
	(void)state;
	twin_console_type("abcde", 5);
	assert_int_equal(read_input(2), 2);
	assert_memory_equal(bytes, "ab\0", 3);
	assert_int_equal(read_input(0), 0);
	assert_int_equal(read_input(64), 3);
	assert_memory_equal(bytes, "cde", 3);
	assert_int_equal(lost, 0);
}

static void test_what_finds_no_room_is_lost(void **state)
{
	(void)state;
	twin_console_type("0123456789abcdefghi", 19);
	lost = 100;
	assert_int_equal(read_input(64), 16);
	assert_memory_equal(bytes, "0123456789abcdef", 16);
	assert_int_equal(lost, 103);
	twin_console_type("j", 1);
	assert_int_equal(read_input(64), 1);
	assert_int_equal(bytes[0], 'j');
	assert_int_equal(lost, 103);
}

static void test_noise_is_lost_and_takes_room(void **state)
{
	(void)state;
	twin_console_type("a", 1);
	twin_console_noise(3);
	twin_console_type("b", 1);
	assert_int_equal(read_input(2), 2);
	assert_memory_equal(bytes, "ab", 2);
	assert_int_equal(lost, 3);
	twin_console_noise(17);
	assert_int_equal(read_input(64), 0);
	assert_int_equal(lost, 20);
}

static void test_typing_interrupts_who_listens(void **state)
{
	(void)state;
	/* A number that comes before, of nothing. */
	hal_interrupt_enable(LOW);
	assert_false(interrupt_is_pending());
	twin_console_type("ab", 2);
	assert_true(interrupt_is_pending());
	assert_int_equal(hal_interrupt_claim(), TWIN_UART_INTERRUPT);
	read_input(64);
	hal_interrupt_complete(TWIN_UART_INTERRUPT);
	assert_false(interrupt_is_pending());
	twin_console_noise(1);
	assert_true(interrupt_is_pending());
}

static void test_what_is_left_waits_for_the_next_byte(void **state)
{
	(void)state;
	twin_console_type("ab", 2);
	read_input(1);
	assert_false(interrupt_is_pending());
	twin_console_type("c", 1);
	assert_true(interrupt_is_pending());
	assert_int_equal(read_input(64), 2);
	assert_memory_equal(bytes, "bc", 2);
}

static void test_nobody_is_interrupted_who_does_not_listen(void **state)
{
	setup(state);
	hal_interrupt_enable(TWIN_UART_INTERRUPT);
	twin_console_type("a", 1);
	assert_false(interrupt_is_pending());
	/* But the byte is there. */
	hal_console_listen();
	assert_true(interrupt_is_pending());
	assert_int_equal(read_input(64), 1);
}

static void test_input_does_not_outlive_a_reset(void **state)
{
	twin_console_type("0123456789abcdefghi", 19);
	setup_input(state);
	assert_false(interrupt_is_pending());
	assert_int_equal(read_input(64), 0);
	assert_int_equal(lost, 0);
	setup(state);
	hal_interrupt_enable(TWIN_UART_INTERRUPT);
	twin_console_type("a", 1);
	assert_false(interrupt_is_pending());
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_bytes_come_in_their_order, setup_input),
		cmocka_unit_test_setup(test_no_more_is_read_than_there_is_room, setup_input),
		cmocka_unit_test_setup(test_what_finds_no_room_is_lost, setup_input),
		cmocka_unit_test_setup(test_noise_is_lost_and_takes_room, setup_input),
		cmocka_unit_test_setup(test_typing_interrupts_who_listens, setup_input),
		cmocka_unit_test_setup(test_what_is_left_waits_for_the_next_byte, setup_input),
		cmocka_unit_test_setup(test_nobody_is_interrupted_who_does_not_listen, setup_input),
		cmocka_unit_test_setup(test_input_does_not_outlive_a_reset, setup_input),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
