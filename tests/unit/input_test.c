/*
 * core/console/input.h over a UART that does what a test says: hal_console_read is this file's own.
 */
#include "core/console/input.h"

#include <stdlib.h>
#include <string.h>

#include "hal/console.h"
#include "lib/fortify.h"
#include "tests/unit/cmocka_test.h"

/* Bytes that have come, numbered from the test's start: the byte's value follows from its number. */
static struct {
	size_t waiting; /* in the UART */
	uint64_t next;	/* number of the first of them */
	uint64_t lost;	/* said at the next read */
	unsigned reads;
} uart;

static struct input input;
static uint8_t bytes[INPUT_SIZE + 1];

static uint8_t byte_of(uint64_t number)
{
	return (uint8_t)(number * 31 + number / 256);
}

size_t hal_console_read(uint8_t *destination, size_t capacity, uint64_t *lost)
{
	size_t count = uart.waiting < capacity ? uart.waiting : capacity;

	for (size_t i = 0; i < count; i++) {
		destination[i] = byte_of(uart.next + i);
	}
	uart.next += count;
	uart.waiting -= count;
	*lost += uart.lost;
	uart.lost = 0;
	uart.reads++;
	return count;
}

/* The kernel's own would bring the twin's UART with it. */
void k_fortify_failed(void)
{
	abort();
}

static int setup(void **state)
{
	(void)state;
	memset(&uart, 0, sizeof(uart));
	memset(&input, 0, sizeof(input));
	input.is_listening = true;
	return 0;
}

/* `count` bytes come and are received; some 16 at a time, as from a FIFO. */
static void receive(size_t count)
{
	while (count != 0) {
		size_t part = count < 16 ? count : 16;

		uart.waiting += part;
		assert_true(input_receive(&input));
		count -= part;
	}
}

/* The bytes that wait are `count`, from the one with that number on. */
static void assert_waiting(uint64_t number, size_t count)
{
	memset(bytes, 0xee, sizeof(bytes));
	assert_int_equal(input.count, count);
	assert_int_equal(input_peek(&input, bytes, sizeof(bytes)), count);
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(bytes[i], byte_of(number + i));
	}
	assert_int_equal(bytes[count], 0xee);
}

static void nothing_came(void **state)
{
	(void)state;
	assert_false(input_receive(&input));
	assert_waiting(0, 0);
	assert_int_equal(input.lost, 0);
	assert_true(input.is_listening);
}

static void bytes_wait_until_they_are_consumed(void **state)
{
	(void)state;
	receive(5);
	assert_waiting(0, 5);
	assert_waiting(0, 5);
	input_consume(&input, 2);
	assert_waiting(2, 3);
	receive(1);
	assert_waiting(2, 4);
	input_consume(&input, 0);
	assert_waiting(2, 4);
	input_consume(&input, 4);
	assert_waiting(6, 0);
	assert_false(input_receive(&input));
}

static void no_more_is_given_than_was_asked_for(void **state)
{
	(void)state;
	receive(100);
	for (size_t size = 0; size <= 100; size++) {
		memset(bytes, 0xee, sizeof(bytes));
		assert_int_equal(input_peek(&input, bytes, size), size);
		assert_int_equal(bytes[size], 0xee);
	}
	assert_waiting(0, 100);
}

/* The ring's end falls into the bytes that are written, and into those that are read, at every place. */
static void the_ring_goes_round(void **state)
{
	static const size_t amounts[] = {1, 2, 15, 16, 17, 63, 64};

	(void)state;
	for (size_t i = 0; i < sizeof(amounts) / sizeof(amounts[0]); i++) {
		size_t amount = amounts[i];

		for (size_t start = 0; start < INPUT_SIZE; start++) {
			uint64_t number;

			setup(state);
			input.first = start;
			number = uart.next;
			uart.waiting = amount;
			assert_true(input_receive(&input));
			assert_waiting(number, amount);
			input_consume(&input, 1);
			assert_waiting(number + 1, amount - 1);
			assert_int_equal(input.first, (start + 1) % INPUT_SIZE);
		}
	}
}

/* The oldest bytes stay: what comes when the ring is full is dropped and counted. */
static void what_finds_no_room_is_counted(void **state)
{
	for (size_t start = 0; start < INPUT_SIZE; start += 73) {
		setup(state);
		input.first = start;
		receive(INPUT_SIZE - 10);
		assert_int_equal(input.lost, 0);
		uart.waiting = 64;
		assert_true(input_receive(&input));
		assert_int_equal(input.lost, 54);
		assert_waiting(0, INPUT_SIZE);
		receive(7);
		assert_int_equal(input.lost, 61);
		assert_waiting(0, INPUT_SIZE);
		input_consume(&input, INPUT_SIZE);
		receive(3);
		assert_waiting(INPUT_SIZE - 10 + 64 + 7, 3);
		assert_int_equal(input.lost, 61);
	}
}

static void what_the_uart_lost_is_counted(void **state)
{
	(void)state;
	input.lost = 1000;
	uart.lost = 3;
	assert_false(input_receive(&input));
	assert_int_equal(input.lost, 1003);
	uart.lost = 4;
	receive(2);
	assert_int_equal(input.lost, 1007);
	assert_waiting(0, 2);
}

/* A UART that never runs empty: what is taken is bounded, and at least what a PL011 can hold. */
static void a_flood_is_taken_in_bounded_parts(void **state)
{
	(void)state;
	uart.waiting = SIZE_MAX;
	for (unsigned i = 1; i < 100; i++) {
		uint64_t before = uart.next;

		assert_true(input_receive(&input));
		assert_in_range(uart.next - before, 32, INPUT_SIZE);
		assert_int_equal(uart.reads, i);
		assert_int_equal(input.lost + input.count, uart.next);
	}
	assert_true(input.is_listening);
	assert_waiting(0, INPUT_SIZE);
}

static void fail_times(unsigned times)
{
	for (unsigned i = 0; i < times; i++) {
		(void)input_receive(&input);
	}
}

static void an_interrupt_that_brings_nothing_is_stuck(void **state)
{
	(void)state;
	fail_times(INPUT_FRUITLESS_MAX - 1);
	assert_true(input.is_listening);
	fail_times(1);
	assert_false(input.is_listening);
	/* Nobody listens any more: it stays so. */
	fail_times(100);
	assert_false(input.is_listening);
}

/* Also while bytes wait that came earlier, and they still do. */
static void a_stuck_interrupt_takes_nothing_away(void **state)
{
	(void)state;
	receive(3);
	for (unsigned i = 0; i < INPUT_FRUITLESS_MAX; i++) {
		assert_true(input.is_listening);
		assert_true(input_receive(&input));
	}
	assert_false(input.is_listening);
	assert_waiting(0, 3);
	assert_int_equal(input.lost, 0);
}

/* One that brings a byte, or only one in error, is not stuck; nor is one after which the ring is still full. */
static void whatever_comes_starts_the_count_again(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		fail_times(INPUT_FRUITLESS_MAX - 1);
		receive(1);
		fail_times(INPUT_FRUITLESS_MAX - 1);
		uart.lost = 1;
		(void)input_receive(&input);
	}
	receive(INPUT_SIZE + 3);
	fail_times(INPUT_FRUITLESS_MAX - 1);
	receive(1);
	fail_times(INPUT_FRUITLESS_MAX - 1);
	assert_true(input.is_listening);
	fail_times(1);
	assert_false(input.is_listening);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(nothing_came, setup),
		cmocka_unit_test_setup(bytes_wait_until_they_are_consumed, setup),
		cmocka_unit_test_setup(no_more_is_given_than_was_asked_for, setup),
		cmocka_unit_test_setup(the_ring_goes_round, setup),
		cmocka_unit_test_setup(what_finds_no_room_is_counted, setup),
		cmocka_unit_test_setup(what_the_uart_lost_is_counted, setup),
		cmocka_unit_test_setup(a_flood_is_taken_in_bounded_parts, setup),
		cmocka_unit_test_setup(an_interrupt_that_brings_nothing_is_stuck, setup),
		cmocka_unit_test_setup(a_stuck_interrupt_takes_nothing_away, setup),
		cmocka_unit_test_setup(whatever_comes_starts_the_count_again, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
