/*
 * What the calls that write to a process leave there, to the byte: for every length what they were to write, and beside
 * it, below and above, what was there before.
 */
#include "abi/errno.h"
#include "tests/unit/world.h"

/* Two pages, so that there is a border between pages in the middle. */
#define ROOM 0x10000000UL
#define ROOM_SIZE 0x2000UL
#define BORDER (ROOM + ROOM_SIZE / 2)

static int setup(void **state)
{
	world_setup(state);
	assert_int_equal(world_call(SYS_map, ROOM, ROOM_SIZE, PANTHER_READ | PANTHER_WRITE), ROOM);
	return 0;
}

/* What is there before: no two bytes that are near each other are alike. */
static uint8_t mark_at(size_t offset)
{
	return (uint8_t)(0x35 + offset % 251);
}

static void mark(void)
{
	uint8_t bytes[ROOM_SIZE];

	for (size_t i = 0; i < sizeof(bytes); i++) {
		bytes[i] = mark_at(i);
	}
	world_poke(ROOM, bytes, sizeof(bytes));
}

/* Nothing but `size` bytes at `address` has changed; hands them out. */
static void take_written(uint64_t address, void *written, size_t size)
{
	uint8_t bytes[ROOM_SIZE];
	size_t start = address - ROOM;

	world_peek(ROOM, bytes, sizeof(bytes));
	memcpy(written, bytes + start, size);
	for (size_t i = 0; i < sizeof(bytes); i++) {
		assert_true((i >= start && i < start + size) || bytes[i] == mark_at(i));
	}
}

static void assert_written(uint64_t address, const void *expected, size_t size)
{
	uint8_t bytes[ROOM_SIZE];

	take_written(address, bytes, size);
	assert_memory_equal(bytes, expected, size);
}

/* Input: the bytes that come next, of all values. */
static uint8_t text[PANTHER_READ_CHUNK];

static void make_text(size_t size)
{
	for (size_t i = 0; i < size; i++) {
		text[i] = (uint8_t)(size * 3 + i * 5);
	}
}

static void bring_text(size_t size)
{
	make_text(size);
	for (size_t i = 0; i < size; i++) {
		twin_console_type(text + i, 1);
		interrupt_take();
	}
	assert_int_equal(kernel.input.count, size);
}

static void read_to(uint64_t address, size_t asked, size_t size)
{
	bring_text(size);
	mark();
	assert_int_equal(world_call(SYS_read, 0, address, asked), size);
	assert_int_equal(kernel.input.count, 0);
	assert_written(address, text, size);
}

static void read_writes_what_came(void **state)
{
	(void)state;
	for (size_t size = 1; size <= PANTHER_READ_CHUNK; size++) {
		read_to(ROOM + 100, size, size);
		read_to(ROOM + 101, 4096, size);
		read_to(BORDER - size / 2, size, size);
	}
}

/* More has come than is asked for: the first of it. */
static void read_writes_as_much_as_is_asked_for(void **state)
{
	(void)state;
	for (size_t asked = 1; asked < PANTHER_READ_CHUNK; asked++) {
		bring_text(PANTHER_READ_CHUNK);
		mark();
		assert_int_equal(world_call(SYS_read, 0, ROOM + 103, asked), asked);
		assert_written(ROOM + 103, text, asked);
		mark();
		assert_int_equal(world_call(SYS_read, 0, ROOM + 205, 4096), PANTHER_READ_CHUNK - asked);
		assert_written(ROOM + 205, text + asked, PANTHER_READ_CHUNK - asked);
	}
}

static void read_that_waits_writes_what_comes(void **state)
{
	(void)state;
	for (size_t size = 1; size < 16; size++) {
		mark();
		(void)world_call(SYS_read, 0, BORDER - 3, 256);
		assert_int_equal(world.process->state, PROCESS_READING);
		make_text(size);
		twin_console_type(text, size);
		world_go_on_as(1);
		assert_int_equal(world.process->context.x[0], size);
		assert_written(BORDER - 3, text, size);
	}
}

/* What the bytes are is random_call_test.c's business. */
static void random_writes_nothing_else(void **state)
{
	uint8_t bytes[PANTHER_RANDOM_CHUNK];

	(void)state;
	for (size_t size = 1; size <= PANTHER_RANDOM_CHUNK; size++) {
		mark();
		assert_int_equal(world_call(SYS_random, ROOM + 100 + size % 8, size, 0), size);
		take_written(ROOM + 100 + size % 8, bytes, size);
		mark();
		assert_int_equal(world_call(SYS_random, BORDER - size / 2, size, 0), size);
		take_written(BORDER - size / 2, bytes, size);
	}
	mark();
	assert_int_equal(world_call(SYS_random, ROOM + 100, 4096, 0), PANTHER_RANDOM_CHUNK);
	take_written(ROOM + 100, bytes, PANTHER_RANDOM_CHUNK);
}

/* What the records say is info_test.c's business: here it is the same at every place, whatever room there is. */
static void info_writes_its_record(void **state)
{
	static const size_t sizes[] = {
		[PANTHER_INFO_PROCESS] = sizeof(struct panther_process_info),
		[PANTHER_INFO_PROGRAM] = sizeof(struct panther_program_info),
		[PANTHER_INFO_MEMORY] = sizeof(struct panther_memory_info),
		[PANTHER_INFO_LIMITS] = sizeof(struct panther_limits_info),
	};
	uint8_t record[sizeof(struct panther_process_info)];

	(void)state;
	for (uint64_t topic = 0; topic < sizeof(sizes) / sizeof(sizes[0]); topic++) {
		mark();
		assert_int_equal(world_call4(SYS_info, topic, 0, ROOM, ROOM_SIZE), sizes[topic]);
		take_written(ROOM, record, sizes[topic]);
		for (size_t more = 0; more <= sizes[topic]; more++) {
			uint64_t address = BORDER - more;

			mark();
			assert_int_equal(world_call4(SYS_info, topic, 0, address, sizes[topic] + more), sizes[topic]);
			assert_written(address, record, sizes[topic]);
		}
	}
}

static void wait_writes_how_it_ended(void **state)
{
	static struct twin_step steps[16];
	uint64_t pid;

	(void)state;
	for (unsigned i = 0; i < 16; i++) {
		const struct panther_exit end = {PANTHER_ENDED_EXIT, 0xc1 - 11 * i};

		steps[i] = (struct twin_step)WORLD_CALL(exit, end.code);
		pid = world_spawn();
		(void)world_plays(pid, &steps[i], 1);
		/* The last of them wait until it has ended; the others find it so. */
		if (i < 12) {
			world_yield_until(pid, PROCESS_ENDED);
		}
		mark();
		assert_int_equal(world_call_and_wait(SYS_wait, pid, BORDER - i, 0), pid);
		assert_written(BORDER - i, &end, sizeof(end));
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(read_writes_what_came),
		TEST(read_writes_as_much_as_is_asked_for),
		TEST(read_that_waits_writes_what_comes),
		TEST(random_writes_nothing_else),
		TEST(info_writes_its_record),
		TEST(wait_writes_how_it_ended),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
