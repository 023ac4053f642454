/*
 * core/syscall/read.c, and how readers wait.
 */
#include "abi/errno.h"
#include "tests/unit/world.h"

#define MIB 0x100000UL
#define ROOM PROGRAM_DATA
#define ROOM_END (PROGRAM_DATA + 0x1000)

static void type(const char *text)
{
	twin_console_type(text, strlen(text));
}

static uint64_t read_fd(uint64_t fd, uint64_t address, uint64_t size)
{
	return world_call(SYS_read, fd, address, size);
}

static void mark(void)
{
	uint8_t bytes[4096];

	memset(bytes, 0xee, sizeof(bytes));
	world_poke(ROOM, bytes, sizeof(bytes));
}

/* The process's data is `text`, as often as it was asked for, and the mark after it. */
static void assert_room(const void *text, size_t size)
{
	uint8_t bytes[4096];

	world_peek(ROOM, bytes, sizeof(bytes));
	assert_memory_equal(bytes, text, size);
	for (size_t i = size; i < sizeof(bytes); i++) {
		assert_int_equal(bytes[i], 0xee);
	}
}

static void assert_refused(int64_t error, uint64_t fd, uint64_t address, uint64_t size)
{
	mark();
	assert_int_equal((int64_t)read_fd(fd, address, size), error);
	assert_int_equal(world.process->state, PROCESS_RUNNING);
	assert_room("", 0);
}

/* Input that has come before anybody asked. */
static void bring(const char *text)
{
	type(text);
	interrupt_take();
	assert_int_equal(kernel.input.count, strlen(text));
}

static void what_has_come_is_read_at_once(void **state)
{
	(void)state;
	bring("hello");
	mark();
	assert_int_equal(read_fd(0, ROOM, 100), 5);
	assert_int_equal(world.process->state, PROCESS_RUNNING);
	assert_room("hello", 5);
	assert_int_equal(kernel.input.count, 0);
}

static void no_more_than_asked_for_is_read(void **state)
{
	(void)state;
	bring("hello");
	mark();
	assert_int_equal(read_fd(0, ROOM, 2), 2);
	assert_room("he", 2);
	assert_int_equal(read_fd(0, ROOM, 1), 1);
	assert_room("le", 2);
	assert_int_equal(read_fd(0, ROOM, MIB), 2);
	assert_room("lo", 2);
}

static void a_call_reads_256_bytes_at_most(void **state)
{
	char text[301] = "";

	(void)state;
	for (unsigned i = 0; i < 300; i++) {
		text[i] = (char)('a' + i % 26);
	}
	for (unsigned i = 0; i < 300; i += 15) {
		twin_console_type(text + i, 15);
		interrupt_take();
	}
	mark();
	assert_int_equal(read_fd(0, ROOM, 4096), 256);
	assert_room(text, 256);
	mark();
	assert_int_equal(read_fd(0, ROOM, 4096), 44);
	assert_room(text + 256, 44);
}

static void without_input_the_reader_waits(void **state)
{
	struct hal_context before;

	(void)state;
	mark();
	assert_int_equal(read_fd(0, ROOM, 100), 0);
	assert_int_equal(world.process->state, PROCESS_READING);
	assert_null(kernel.scheduler.ring);
	before = world.process->context;
	assert_int_equal(before.x[0], 0);
	assert_int_equal(before.x[1], ROOM);
	assert_int_equal(before.x[2], 100);
	assert_int_equal(before.x[8], SYS_read);
	type("input\n");
	world_go_on_as(1);
	before.x[0] = 6;
	assert_memory_equal(&world.process->context, &before, sizeof(before));
	assert_room("input\n", 6);
}

static void type_later(void *text)
{
	type(text);
}

/* The machine idles meanwhile; time passes as it must. */
static void input_that_comes_much_later_wakes_the_reader(void **state)
{
	static char text[] = "later";
	uint64_t before = hal_time_ticks();

	(void)state;
	mark();
	(void)read_fd(0, ROOM, 100);
	twin_at(1000000000, type_later, text);
	world_go_on_as(1);
	assert_int_equal(world.process->context.x[0], 5);
	assert_int_equal(hal_time_ticks(), before + 1000000000);
	assert_room("later", 5);
}

/* No bytes are nothing to wait for. */
static void reading_nothing_never_waits(void **state)
{
	(void)state;
	assert_refused(0, 0, ROOM, 0);
	assert_refused(0, 0, 0, 0);
	assert_refused(0, 0, PANTHER_USER_TOP, 0);
	assert_refused(-PANTHER_EFAULT, 0, PANTHER_USER_TOP + 1, 0);
	bring("x");
	assert_refused(0, 0, ROOM, 0);
	assert_int_equal(kernel.input.count, 1);
}

static void checks_come_in_order(void **state)
{
	(void)state;
	bring("input");
	for (unsigned bit = 0; bit < 64; bit++) {
		assert_refused(-PANTHER_EBADF, (uint64_t)1 << bit, ~(uint64_t)0, ~(uint64_t)0);
		if (bit > 20) {
			assert_refused(-PANTHER_EINVAL, 0, ~(uint64_t)0, (uint64_t)1 << bit);
		}
	}
	assert_refused(-PANTHER_EBADF, ~(uint64_t)0, ROOM, 1);
	assert_refused(-PANTHER_EINVAL, 0, ROOM, MIB + 1);
	assert_refused(-PANTHER_EINVAL, 0, ROOM, ~(uint64_t)0);
	assert_refused(-PANTHER_EFAULT, 0, ~(uint64_t)0, MIB);
	assert_refused(-PANTHER_EFAULT, 0, PANTHER_USER_TOP - 1, 2);
	assert_refused(-PANTHER_EFAULT, 0, 0xffffffc000000000, 1);
	assert_refused(-PANTHER_EFAULT, 0, (uint64_t)1 << 56 | ROOM, 1);
	assert_int_equal(kernel.input.count, 5);
}

/* Attack A20: what was written below the fault stays, no input is lost. */
static void a_buffer_that_ends_too_early_loses_no_input(void **state)
{
	uint8_t bytes[4];

	(void)state;
	bring("12345");
	assert_int_equal((int64_t)read_fd(0, ROOM_END - 3, 5), -PANTHER_EFAULT);
	assert_int_equal(kernel.input.count, 5);
	world_peek(ROOM_END - 4, bytes, 4);
	assert_memory_equal(bytes,
			    "\0"
			    "123",
			    4);
	mark();
	assert_int_equal(read_fd(0, ROOM, 5), 5);
	assert_room("12345", 5);
}

static void a_buffer_that_cannot_be_written_loses_no_input(void **state)
{
	static const uint64_t buffers[] = {PROGRAM_CONSTANTS, PROGRAM_CODE, 0, 0x10000, PANTHER_USER_TOP - 1};
	char text[6] = "";

	(void)state;
	bring("12345");
	for (size_t i = 0; i < sizeof(buffers) / sizeof(buffers[0]); i++) {
		assert_refused(-PANTHER_EFAULT, 0, buffers[i], 1);
	}
	world_peek(PROGRAM_CONSTANTS, text, 5);
	assert_string_equal(text, "Hello");
	assert_int_equal(read_fd(0, ROOM, 5), 5);
}

/* Only what is taken must be there: the rest of the buffer may be anything below the limit. */
static void only_the_part_that_is_filled_is_touched(void **state)
{
	(void)state;
	bring("12345");
	assert_int_equal(read_fd(0, ROOM_END - 5, MIB), 5);
}

/* A bad buffer is found out when there is something to put there. */
static void a_reader_with_a_bad_buffer_is_told_when_input_comes(void **state)
{
	(void)state;
	(void)read_fd(0, PROGRAM_CONSTANTS, 5);
	assert_int_equal(world.process->state, PROCESS_READING);
	type("12345");
	world_go_on_as(1);
	assert_int_equal((int64_t)world.process->context.x[0], -PANTHER_EFAULT);
	assert_int_equal(kernel.input.count, 5);
}

/* Two children read a byte each, again and again; between them they get every byte, in order, and neither starves. */
static void several_readers_share_the_input(void **state)
{
	static const struct twin_step reader[] = {
		WORLD_CALL(read, 0, ROOM, 1),
		WORLD_CALL(read, 0, ROOM + 1, 1),
		WORLD_CALL(read, 0, ROOM + 2, 1),
		WORLD_CALL(write, 1, ROOM, 3),
		WORLD_CALL(exit),
	};
	const struct world_player *players[2];
	const char *console;

	(void)state;
	players[0] = WORLD_PLAYS(2, reader);
	players[1] = WORLD_PLAYS(3, reader);
	assert_int_equal(world_spawn(), 2);
	assert_int_equal(world_spawn(), 3);
	(void)world_call(SYS_wait, 2, ROOM + 64, 0);
	type("abcdef");
	world_go_on_as(1);
	assert_int_equal(world_call_and_wait(SYS_wait, 3, ROOM + 64, 0), 3);
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(players[i]->results[0].x[0], 1);
		assert_int_equal(players[i]->results[1].x[0], 1);
		assert_int_equal(players[i]->results[2].x[0], 1);
	}
	console = twin_console();
	assert_int_equal(strlen(console), 6);
	for (const char *letter = "abcdef"; *letter != '\0'; letter++) {
		assert_non_null(strchr(console, *letter));
	}
}

/* The second reader finds nothing left, and waits again, with its call as it was. */
static void a_reader_that_comes_too_late_waits_on(void **state)
{
	static const struct twin_step reader[] = {WORLD_CALL(read, 0, ROOM, 10), WORLD_CALL(exit)};
	const struct process *child;
	struct hal_context before;

	(void)state;
	(void)WORLD_PLAYS(2, reader);
	assert_int_equal(world_spawn(), 2);
	world_yield();
	child = process_table_find(&kernel.processes, 2);
	before = child->context;
	assert_int_equal(child->state, PROCESS_READING);
	(void)read_fd(0, ROOM, 10);
	type("x");
	world_go_on_as(1);
	assert_int_equal(world.process->context.x[0], 1);
	assert_int_equal(child->state, PROCESS_RESUMING);
	world_yield();
	assert_int_equal(child->state, PROCESS_READING);
	assert_memory_equal(&child->context, &before, sizeof(before));
	type("y");
	assert_int_equal(world_call_and_wait(SYS_wait, 2, ROOM + 64, 0), 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_has_come_is_read_at_once, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(no_more_than_asked_for_is_read, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(a_call_reads_256_bytes_at_most, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(without_input_the_reader_waits, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(input_that_comes_much_later_wakes_the_reader, world_setup,
						world_teardown),
		cmocka_unit_test_setup_teardown(reading_nothing_never_waits, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(checks_come_in_order, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(a_buffer_that_ends_too_early_loses_no_input, world_setup,
						world_teardown),
		cmocka_unit_test_setup_teardown(a_buffer_that_cannot_be_written_loses_no_input, world_setup,
						world_teardown),
		cmocka_unit_test_setup_teardown(only_the_part_that_is_filled_is_touched, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(a_reader_with_a_bad_buffer_is_told_when_input_comes, world_setup,
						world_teardown),
		cmocka_unit_test_setup_teardown(several_readers_share_the_input, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(a_reader_that_comes_too_late_waits_on, world_setup, world_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
