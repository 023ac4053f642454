/*
 * hal_qemu_virt/pl011.h and the console over it, on a model of the device: what is sent. No byte is lost, none is sent
 * twice, and nothing but the device's state decides how long a write takes. pl011_receive_test.c has the other way.
 */
#include "hal/layout.h"
#include "hal_qemu_virt/pl011.h"

#include "hal/console.h"
#include "hal_qemu_virt/backend.h"
#include "tests/unit/cmocka_test.h"
#include "tests/unit/model/pl011_model.h"

/* A wait is given up after 1.6 million polls (pl011.c says where that comes from). */
#define WAIT_MAX 1600001

#define BUSY 0x08
#define TXFF 0x20
#define TXFE 0x80

static struct pl011_model *const uart = &pl011_models[0];
static uint8_t bytes[8192];
static uint8_t early[PL011_RECEIVE_MAX];

static int setup(void **state)
{
	(void)state;
	pl011_model_reset();
	console_start((kernel_addr){KERNEL_DEVICE_BASE});
	for (size_t i = 0; i < sizeof(bytes); i++) {
		bytes[i] = (uint8_t)(i % 251);
	}
	return 0;
}

/* Sends the first `size` bytes, of which the last `dropped` find no room. */
static void send(size_t size, size_t dropped)
{
	size_t before = uart->sent;

	hal_console_write(bytes, size);
	pl011_model_drain(uart);
	assert_int_equal(uart->sent - before, size - dropped);
	assert_memory_equal(uart->line + before, bytes, size - dropped);
}

/* The flags say that there is no room, for ever; or what the FIFO holds. */
static void get_stuck(bool is_stuck)
{
	uart->flags_set = is_stuck ? TXFF : 0;
	uart->flags_clear = is_stuck ? TXFE : 0;
}

/* Off first, on last: the manual forbids changes in between (DDI 0183G 3.3.7). The line's speed is left alone. */
static void it_is_set_up_in_order(void **state)
{
	static const struct pl011_model_write expected[] = {
		{0x030, 0},	/* CR: off */
		{0x038, 0},	/* IMSC: no interrupt */
		{0x044, 0x7ff}, /* ICR: none pending */
		{0x034, 0},	/* IFLS: as few bytes as can be raise an interrupt */
		{0x02c, 0x70},	/* LCR_H: 8 bits, no parity, one stop bit, FIFOs on */
		{0x030, 0x301}, /* CR: receiver, transmitter and UART on */
	};

	(void)state;
	uart->line_control = 0;
	assert_int_equal(pl011_set_up(uart->registers, early), 0);
	assert_int_equal(uart->write_count, 6);
	assert_memory_equal(uart->writes, expected, sizeof(expected));
	assert_int_equal(uart->sent, 0);
	send(100, 0);
}

/* What firmware has said last is still on its way when the kernel takes the UART over. */
static void set_up_lets_earlier_bytes_out(void **state)
{
	(void)state;
	hal_console_write(bytes, 10);
	assert_int_equal(pl011_set_up(uart->registers, early), 0);
	assert_int_equal(uart->fill, 0);
	assert_int_equal(uart->sent, 10);
}

/* A busy flag that stays ends neither the boot nor the UART. */
static void set_up_outlives_a_stuck_busy_flag(void **state)
{
	(void)state;
	uart->flags_set = BUSY;
	assert_int_equal(pl011_set_up(uart->registers, early), 0);
	assert_int_equal(uart->write_count, 6);
}

static void bytes_arrive_in_order_however_many(void **state)
{
	(void)state;
	for (size_t size = 0; size < 200; size++) {
		send(size, 0);
	}
	send(4096, 0);
	assert_int_equal(uart->write_count, 0);
}

static void bytes_arrive_however_slow_the_line(void **state)
{
	static const unsigned speeds[] = {1, 2, 3, 7, 16, 17, 1000};

	(void)state;
	for (size_t i = 0; i < sizeof(speeds) / sizeof(speeds[0]); i++) {
		setup(NULL);
		uart->polls_per_byte = speeds[i];
		for (size_t size = 0; size < 70; size++) {
			send(size, 0);
		}
	}
}

/* An empty FIFO takes sixteen bytes for one poll; what is left takes one poll a byte. */
static void sixteen_bytes_cost_one_poll(void **state)
{
	(void)state;
	send(4096, 0);
	assert_int_equal(uart->polls, 256);
	uart->polls = 0;
	send(15, 0);
	assert_int_equal(uart->polls, 15);
	uart->polls = 0;
	send(16 + 3, 0);
	assert_int_equal(uart->polls, 1 + 3);
	uart->polls = 0;
	send(0, 0);
	assert_int_equal(uart->polls, 0);
}

/* Bytes of an earlier write may still be there: a burst then would overrun. The model fails on a write to a full FIFO.
 */
static void a_burst_waits_for_an_empty_fifo(void **state)
{
	(void)state;
	for (size_t before = 1; before <= 16; before++) {
		setup(NULL);
		uart->polls_per_byte = 5;
		hal_console_write(bytes, before);
		hal_console_write(bytes + before, 64);
		pl011_model_drain(uart);
		assert_int_equal(uart->sent, before + 64);
		assert_memory_equal(uart->line, bytes, before + 64);
	}
}

/* Without FIFOs there is room for one byte, and "empty" promises no more: set_up turns them on. */
static void without_set_up_of_the_fifo_single_bytes_still_go(void **state)
{
	(void)state;
	uart->line_control = 0;
	uart->polls_per_byte = 3;
	send(15, 0);
}

/* A device that never has room: the write ends, and says how many bytes it dropped. */
static void a_stuck_device_costs_a_bounded_wait(void **state)
{
	(void)state;
	get_stuck(true);
	send(15, 15);
	assert_int_equal(uart->polls, WAIT_MAX);
	setup(NULL);
	get_stuck(true);
	/* Sixteen and more wait for an empty FIFO first, then for room: twice, whatever the length. */
	send(4096, 4096);
	assert_int_equal(uart->polls, 2 * WAIT_MAX - 1);
}

/* Later writes look whether there is room, before and after they have looked whether it is still stuck. */
static void a_stuck_device_is_waited_for_once(void **state)
{
	(void)state;
	get_stuck(true);
	send(1, 1);
	for (size_t size = 1; size <= 4096; size *= 4) {
		uart->polls = 0;
		send(size, size);
		assert_int_equal(uart->polls, 2);
	}
	get_stuck(false);
	send(4096, 0);
	/* And once more, as it is another time. */
	get_stuck(true);
	uart->polls = 0;
	send(15, 15);
	assert_in_range(uart->polls, WAIT_MAX, WAIT_MAX + 2);
	uart->polls = 0;
	send(15, 15);
	assert_int_equal(uart->polls, 2);
}

/* The line dies while bytes are sent: those that found room are not counted as dropped, all others are. */
static void a_device_that_stops_takes_what_fits(void **state)
{
	for (uint64_t taken = 0; taken < 40; taken += 13) {
		setup(state);
		uart->stuck_after = taken;
		hal_console_write(bytes, 100);
		pl011_model_drain(uart);
		assert_int_equal(uart->sent, taken + 16);
		assert_memory_equal(uart->line, bytes, taken + 16);
	}
}

static void a_device_that_comes_back_is_used_again(void **state)
{
	(void)state;
	get_stuck(true);
	send(3, 3);
	get_stuck(false);
	send(100, 0);
}

/* Sixteen bytes at 115200 baud take 1.6 ms; a poll of a real device takes 10 ns at least. */
static void a_slow_device_is_waited_for(void **state)
{
	(void)state;
	uart->stuck_polls = 160000;
	hal_console_write(bytes, 200);
	pl011_model_drain(uart);
	assert_int_equal(uart->sent, 200);
	assert_memory_equal(uart->line, bytes, 200);
}

/* "Empty" may never be shown while there is room: then bytes go one by one. */
static void a_device_that_is_never_empty_gets_single_bytes(void **state)
{
	(void)state;
	uart->flags_clear = TXFE;
	send(100, 0);
	assert_int_equal(uart->polls, WAIT_MAX + 100);
}

static void waiting_looks_at_the_flags_that_it_was_told(void **state)
{
	(void)state;
	assert_true(pl011_wait(uart->registers, PL011_FR_TXFE, PL011_FR_TXFE));
	assert_int_equal(uart->polls, 1);
	assert_true(pl011_wait(uart->registers, PL011_FR_TXFF, 0));
	assert_false(pl011_wait(uart->registers, PL011_FR_TXFE, 0));
}

/* What finds no room is counted, by whoever asks. */
static void dropped_bytes_are_counted(void **state)
{
	(void)state;
	assert_int_equal(pl011_write(uart->registers, bytes, 100), 0);
	get_stuck(true);
	assert_int_equal(pl011_write(uart->registers, bytes, 100), 100);
	assert_int_equal(pl011_write_now(uart->registers, bytes, 100), 100);
	assert_int_equal(pl011_write_now(uart->registers, bytes, 3), 3);
	get_stuck(false);
	assert_int_equal(pl011_write_now(uart->registers, bytes, 100), 0);
	pl011_model_drain(uart);
	assert_int_equal(uart->sent, 200);
}

/* Another device, or another PrimeCell: refused before anything is written to it, and the console stays where it is. */
static void only_a_pl011_is_attached(void **state)
{
	struct pl011_model *other = &pl011_models[1];

	for (size_t i = 0; i < sizeof(other->identity); i++) {
		bool is_revision = i == 2 || i == 3;

		setup(state);
		console_start((kernel_addr){KERNEL_DEVICE_BASE});
		other->identity[i] ^= i == 1 ? 0x01 : 0x10;
		assert_int_equal(hal_console_attach(other->registers), is_revision);
		assert_int_equal(other->write_count != 0, is_revision);
	}
	setup(state);
	console_start((kernel_addr){KERNEL_DEVICE_BASE});
	other->identity[0] = 0x31; /* a PL031: a clock */
	assert_false(hal_console_attach(other->registers));
	hal_console_write((const uint8_t *)"still here", 10);
	pl011_model_drain(uart);
	assert_int_equal(uart->sent, 10);
}

/* Early lines go to the UART that boot mapped, as the firmware left it; later ones to the one that the tree names. */
static void the_console_moves_when_it_is_attached(void **state)
{
	struct pl011_model *other = &pl011_models[1];

	(void)state;
	console_start((kernel_addr){KERNEL_DEVICE_BASE});
	hal_console_write((const uint8_t *)"early", 5);
	assert_int_equal(uart->write_count, 0);
	assert_true(hal_console_attach(other->registers));
	assert_int_equal(other->write_count, 6);
	hal_console_write((const uint8_t *)"late\n", 5);
	pl011_model_drain(uart);
	pl011_model_drain(other);
	assert_int_equal(uart->sent, 5);
	assert_memory_equal(uart->line, "early", 5);
	assert_int_equal(other->sent, 5);
	assert_memory_equal(other->line, "late\n", 5);
}

static void a_stuck_console_does_not_hang_the_kernel(void **state)
{
	(void)state;
	console_start((kernel_addr){KERNEL_DEVICE_BASE});
	get_stuck(true);
	hal_console_write(bytes, 4096);
	assert_int_equal(uart->fill, 0);
	get_stuck(false);
	hal_console_write(bytes, 4096);
	pl011_model_drain(uart);
	assert_int_equal(uart->sent, 4096);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(it_is_set_up_in_order, setup),
		cmocka_unit_test_setup(set_up_lets_earlier_bytes_out, setup),
		cmocka_unit_test_setup(set_up_outlives_a_stuck_busy_flag, setup),
		cmocka_unit_test_setup(bytes_arrive_in_order_however_many, setup),
		cmocka_unit_test_setup(bytes_arrive_however_slow_the_line, setup),
		cmocka_unit_test_setup(sixteen_bytes_cost_one_poll, setup),
		cmocka_unit_test_setup(a_burst_waits_for_an_empty_fifo, setup),
		cmocka_unit_test_setup(without_set_up_of_the_fifo_single_bytes_still_go, setup),
		cmocka_unit_test_setup(a_stuck_device_costs_a_bounded_wait, setup),
		cmocka_unit_test_setup(a_stuck_device_is_waited_for_once, setup),
		cmocka_unit_test_setup(a_device_that_stops_takes_what_fits, setup),
		cmocka_unit_test_setup(a_device_that_comes_back_is_used_again, setup),
		cmocka_unit_test_setup(a_slow_device_is_waited_for, setup),
		cmocka_unit_test_setup(a_device_that_is_never_empty_gets_single_bytes, setup),
		cmocka_unit_test_setup(waiting_looks_at_the_flags_that_it_was_told, setup),
		cmocka_unit_test_setup(dropped_bytes_are_counted, setup),
		cmocka_unit_test_setup(only_a_pl011_is_attached, setup),
		cmocka_unit_test_setup(the_console_moves_when_it_is_attached, setup),
		cmocka_unit_test_setup(a_stuck_console_does_not_hang_the_kernel, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
