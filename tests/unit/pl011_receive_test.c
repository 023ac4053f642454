/*
 * hal_qemu_virt/pl011.h and the console over it, on a model of the device: what is received. No byte that comes without
 * error is lost as long as somebody reads, and the interrupt says so whenever one waits.
 */
#include "hal/layout.h"
#include "hal_qemu_virt/pl011.h"

#include <string.h>

#include "hal/console.h"
#include "hal_qemu_virt/backend.h"
#include "tests/unit/cmocka_test.h"
#include "tests/unit/model/pl011_model.h"

#define RXFE 0x10
#define FRAMING 0x100
#define PARITY 0x200
#define BREAK 0x400

static struct pl011_model *const uart = &pl011_models[0];
static uint8_t read_bytes[256];
static uint64_t lost;

static int setup(void **state)
{
	(void)state;
	pl011_model_reset();
	console_start((kernel_addr){KERNEL_DEVICE_BASE});
	assert_true(hal_console_attach(uart->registers));
	hal_console_listen();
	memset(read_bytes, 0xee, sizeof(read_bytes));
	lost = 0;
	return 0;
}

static void receive_text(const char *text)
{
	for (; *text != '\0'; text++) {
		pl011_model_receive(uart, (uint8_t)*text);
	}
}

static void check_read(size_t capacity, const char *expected)
{
	memset(read_bytes, 0xee, sizeof(read_bytes));
	assert_int_equal(hal_console_read(read_bytes, capacity, &lost), strlen(expected));
	assert_memory_equal(read_bytes, expected, strlen(expected));
	assert_int_equal(read_bytes[strlen(expected)], 0xee);
}

static void received_bytes_are_read_in_order(void **state)
{
	(void)state;
	check_read(64, "");
	receive_text("hello");
	check_read(64, "hello");
	check_read(64, "");
	receive_text("0123456789abcdef");
	check_read(64, "0123456789abcdef");
	pl011_model_receive(uart, 0xff);
	check_read(64, "\xff");
	assert_int_equal(lost, 0);
}

static void reading_stops_at_the_capacity(void **state)
{
	(void)state;
	receive_text("0123456789");
	check_read(0, "");
	check_read(1, "0");
	check_read(4, "1234");
	check_read(5, "56789");
	check_read(5, "");
}

static void nothing_interrupts_until_the_console_listens(void **state)
{
	(void)state;
	pl011_model_reset();
	assert_true(hal_console_attach(uart->registers));
	receive_text("0123456789");
	pl011_model_quiet(uart);
	assert_false(pl011_model_interrupts(uart));
	hal_console_listen();
	assert_true(pl011_model_interrupts(uart));
}

/* DDI 0183G 2.8: at the level, or when the line is quiet and any byte waits. */
static void waiting_bytes_interrupt(void **state)
{
	(void)state;
	pl011_model_quiet(uart);
	assert_false(pl011_model_interrupts(uart));
	receive_text("a");
	assert_false(pl011_model_interrupts(uart));
	pl011_model_quiet(uart);
	assert_true(pl011_model_interrupts(uart));
	check_read(64, "a");
	assert_false(pl011_model_interrupts(uart));
	receive_text("bc");
	assert_true(pl011_model_interrupts(uart));
	check_read(64, "bc");
	assert_false(pl011_model_interrupts(uart));
}

/* Sending has nothing to do with it. */
static void only_receiving_interrupts(void **state)
{
	(void)state;
	assert_int_equal(uart->mask, 0x50);
}

/* Bytes that are left still interrupt: with a device that tells the first byte only, too. */
static void what_is_left_still_interrupts(void **state)
{
	for (int at_one = 0; at_one < 2; at_one++) {
		setup(state);
		uart->triggers_at_one = at_one != 0;
		receive_text("0123456789");
		check_read(6, "012345");
		assert_true(pl011_model_interrupts(uart));
		check_read(64, "6789");
		assert_false(pl011_model_interrupts(uart));
	}
}

/* Whatever comes in while the driver reads: all is read, or an interrupt is pending. */
static void a_fast_typist_is_not_cut_off(void **state)
{
	static const char text[] = "the quick brown fox jumps over the lazy dog, again and again and again";
	char seen[sizeof(text)] = "";
	size_t count = 0;

	(void)state;
	uart->triggers_at_one = true;
	receive_text("the quick");
	uart->typed = (const uint8_t *)text + 9;
	uart->typed_count = sizeof(text) - 1 - 9;
	while (pl011_model_interrupts(uart)) {
		count += hal_console_read((uint8_t *)seen + count, 7 < sizeof(text) - count ? 7 : sizeof(text) - count,
					  &lost);
	}
	assert_int_equal(count, sizeof(text) - 1);
	assert_string_equal(seen, text);
}

/* An interrupt without a byte is cleared. One that arrives just then is not overlooked. */
static void an_interrupt_for_nothing_is_cleared(void **state)
{
	(void)state;
	uart->pending = 0x50;
	check_read(64, "");
	assert_false(pl011_model_interrupts(uart));
	uart->pending = 0x50;
	uart->triggers_at_one = true;
	uart->late = 'x';
	check_read(64, "x");
	assert_false(pl011_model_interrupts(uart));
}

static void bytes_in_error_are_dropped_and_counted(void **state)
{
	static const uint16_t errors[] = {FRAMING, PARITY, BREAK, FRAMING | BREAK, FRAMING | PARITY | BREAK};

	(void)state;
	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		receive_text("a");
		pl011_model_receive(uart, (uint16_t)('!' | errors[i]));
		receive_text("b");
		check_read(64, "ab");
		assert_int_equal(lost, i + 1);
	}
}

/* At least one byte found no room; the one that tells is itself sound. */
static void an_overrun_counts_once(void **state)
{
	(void)state;
	receive_text("0123456789abcdef"
		     "ghij");
	check_read(64, "0123456789abcdef");
	assert_int_equal(lost, 0);
	receive_text("kl");
	check_read(64, "kl");
	assert_int_equal(lost, 1);
	receive_text("0123456789abcdef"
		     "g");
	check_read(64, "0123456789abcdef");
	pl011_model_receive(uart, 'x' | PARITY);
	check_read(64, "");
	assert_int_equal(lost, 3);
}

static void losses_add_up(void **state)
{
	(void)state;
	lost = 1000;
	pl011_model_receive(uart, BREAK);
	check_read(64, "");
	assert_int_equal(lost, 1001);
	receive_text("a");
	check_read(64, "a");
	assert_int_equal(lost, 1001);
}

/* "Not empty" for ever: as many characters are taken as there is room for, sound or not. */
static void a_stuck_flag_costs_a_bounded_time(void **state)
{
	(void)state;
	uart->flags_clear = RXFE;
	assert_int_equal(hal_console_read(read_bytes, 64, &lost), 64);
	assert_int_equal(uart->taken, 64);
	uart->received[0] = BREAK;
	assert_int_equal(hal_console_read(read_bytes, 64, &lost), 0);
	assert_int_equal(uart->taken, 128);
	assert_int_equal(lost, 64);
}

/* Typed before there was a kernel, with FIFOs off as after reset: nothing is lost, whatever comes next. */
static void what_was_typed_before_the_set_up_is_read_first(void **state)
{
	static const char text[] = "0123456789abcdefghijklmnopqrstuvwxyz";

	(void)state;
	pl011_model_reset();
	uart->line_control = 0;
	uart->triggers_at_one = true;
	pl011_model_receive(uart, '0');
	uart->typed = (const uint8_t *)text + 1;
	uart->typed_count = sizeof(text) - 2;
	assert_true(hal_console_attach(uart->registers));
	hal_console_listen();
	check_read(10, "0123456789");
	check_read(64, text + 10);
	check_read(64, "");
	assert_false(pl011_model_interrupts(uart));
}

/* The same with FIFOs that firmware has switched on. */
static void what_waits_in_the_fifo_at_the_set_up_is_kept(void **state)
{
	(void)state;
	pl011_model_reset();
	receive_text("0123456789");
	assert_true(hal_console_attach(uart->registers));
	hal_console_listen();
	receive_text("ab");
	assert_true(pl011_model_interrupts(uart));
	check_read(4, "0123");
	check_read(64, "456789ab");
	assert_false(pl011_model_interrupts(uart));
}

/* A second attachment starts anew. */
static void early_bytes_are_read_once(void **state)
{
	(void)state;
	pl011_model_reset();
	receive_text("abc");
	assert_true(hal_console_attach(uart->registers));
	assert_true(hal_console_attach(pl011_models[1].registers));
	check_read(64, "");
	pl011_model_receive(&pl011_models[1], 'x');
	check_read(64, "x");
}

static void a_stuck_flag_at_the_set_up_costs_a_bounded_time(void **state)
{
	(void)state;
	pl011_model_reset();
	uart->flags_clear = RXFE;
	assert_true(hal_console_attach(uart->registers));
	assert_int_equal(uart->taken, PL011_RECEIVE_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(received_bytes_are_read_in_order, setup),
		cmocka_unit_test_setup(reading_stops_at_the_capacity, setup),
		cmocka_unit_test_setup(nothing_interrupts_until_the_console_listens, setup),
		cmocka_unit_test_setup(waiting_bytes_interrupt, setup),
		cmocka_unit_test_setup(only_receiving_interrupts, setup),
		cmocka_unit_test_setup(what_is_left_still_interrupts, setup),
		cmocka_unit_test_setup(a_fast_typist_is_not_cut_off, setup),
		cmocka_unit_test_setup(an_interrupt_for_nothing_is_cleared, setup),
		cmocka_unit_test_setup(bytes_in_error_are_dropped_and_counted, setup),
		cmocka_unit_test_setup(an_overrun_counts_once, setup),
		cmocka_unit_test_setup(losses_add_up, setup),
		cmocka_unit_test_setup(a_stuck_flag_costs_a_bounded_time, setup),
		cmocka_unit_test_setup(what_was_typed_before_the_set_up_is_read_first, setup),
		cmocka_unit_test_setup(what_waits_in_the_fifo_at_the_set_up_is_kept, setup),
		cmocka_unit_test_setup(early_bytes_are_read_once, setup),
		cmocka_unit_test_setup(a_stuck_flag_at_the_set_up_costs_a_bounded_time, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
