/*
 * core/syscall/info.c: what there is to know, and nothing else.
 */
#include "abi/errno.h"
#include "tests/unit/world.h"

#define MIB 0x100000UL
#define ROOM PROGRAM_DATA

static void mark(void)
{
	uint8_t bytes[4096];

	memset(bytes, 0xee, sizeof(bytes));
	world_poke(ROOM, bytes, sizeof(bytes));
}

static void assert_untouched_from(size_t offset)
{
	uint8_t bytes[4096];

	world_peek(ROOM, bytes, sizeof(bytes));
	for (size_t i = offset; i < sizeof(bytes); i++) {
		assert_int_equal(bytes[i], 0xee);
	}
}

static uint64_t info(uint64_t topic, uint64_t index, uint64_t address, uint64_t length)
{
	return world_call4(SYS_info, topic, index, address, length);
}

static void assert_refused(int64_t error, uint64_t topic, uint64_t index, uint64_t address, uint64_t length)
{
	mark();
	assert_int_equal((int64_t)info(topic, index, address, length), error);
	assert_untouched_from(0);
}

/* Gets a record whole, in room that is larger. No word of it is an address of the kernel's, or of RAM. */
static void get(uint64_t topic, uint64_t index, void *record, size_t size)
{
	uint64_t words[sizeof(struct panther_process_info) / 8];

	mark();
	assert_int_equal(info(topic, index, ROOM, 4096), size);
	assert_untouched_from(size);
	world_peek(ROOM, record, size);
	memcpy(words, record, size);
	for (size_t i = 0; i < size / 8; i++) {
		assert_false(words[i] >= 0xffffff8000000000);
		assert_false(words[i] >= TWIN_RAM_BASE && words[i] < TWIN_RAM_BASE + TWIN_RAM_SIZE_DEFAULT);
	}
}

/* The name, and zeros behind it. */
static void assert_name(const char field[PANTHER_PATH_MAX], const char *name)
{
	char expected[PANTHER_PATH_MAX] = {0};

	strcpy(expected, name);
	assert_memory_equal(field, expected, sizeof(expected));
}

static void records_have_no_padding(void **state)
{
	(void)state;
	assert_int_equal(sizeof(struct panther_process_info), 6 * 8 + 64);
	assert_int_equal(sizeof(struct panther_program_info), 8 + 64);
	assert_int_equal(sizeof(struct panther_memory_info), 8 * 8);
	assert_int_equal(sizeof(struct panther_limits_info), 5 * 8);
	assert_int_equal(sizeof(struct panther_exit), 8);
	assert_int_equal(sizeof(struct panther_spawn_request), 4 * 8);
	assert_int_equal(offsetof(struct panther_spawn_packed, strings), 4 * 8);
	assert_int_equal(sizeof(struct panther_spawn_packed), 2048);
}

static void processes_are_told_one_by_one(void **state)
{
	static const struct twin_step reads[] = {WORLD_CALL(read, 0, ROOM, 1), WORLD_CALL(exit)};
	struct panther_process_info record;

	(void)state;
	(void)WORLD_PLAYS(3, reads);
	for (uint64_t pid = 2; pid <= 4; pid++) {
		assert_int_equal(world_spawn(), pid);
	}
	assert_int_equal(world_call(SYS_kill, 2, 0, 0), 0);
	assert_int_equal(world_call_and_wait(SYS_wait, 2, ROOM, 0), 2);
	world_yield();
	get(PANTHER_INFO_PROCESS, 0, &record, sizeof(record));
	assert_int_equal(record.index, 1);
	assert_int_equal(record.pid, 1);
	assert_int_equal(record.parent, 0);
	assert_int_equal(record.frames, WORLD_PROCESS_FRAMES);
	assert_int_equal(record.state, PANTHER_STATE_READY);
	assert_name(record.program, "program");
	get(PANTHER_INFO_PROCESS, 2, &record, sizeof(record));
	assert_int_equal(record.index, 3);
	assert_int_equal(record.pid, 3);
	assert_int_equal(record.parent, 1);
	assert_int_equal(record.state, PANTHER_STATE_READING);
	get(PANTHER_INFO_PROCESS, 4, &record, sizeof(record));
	assert_int_equal(record.pid, 4);
	assert_int_equal(record.state, PANTHER_STATE_READY);
	assert_refused(-PANTHER_ENOENT, PANTHER_INFO_PROCESS, 5, ROOM, 4096);
	assert_refused(-PANTHER_ENOENT, PANTHER_INFO_PROCESS, 128, ROOM, 4096);
	assert_refused(-PANTHER_ENOENT, PANTHER_INFO_PROCESS, ~(uint64_t)0, ROOM, 4096);
	assert_refused(-PANTHER_ENOENT, PANTHER_INFO_PROCESS, (uint64_t)1 << 32, ROOM, 4096);
	assert_int_equal(world_call(SYS_kill, 3, 0, 0), 0);
	assert_int_equal(world_call(SYS_kill, 4, 0, 0), 0);
	get(PANTHER_INFO_PROCESS, 3, &record, sizeof(record));
	assert_int_equal(record.state, PANTHER_STATE_ENDING);
	world_yield_until(3, PROCESS_ENDED);
	get(PANTHER_INFO_PROCESS, 3, &record, sizeof(record));
	assert_int_equal(record.state, PANTHER_STATE_ENDED);
	assert_int_equal(record.frames, 0);
	assert_int_equal(world_call_and_wait(SYS_wait, 0, ROOM, 0), 3);
	assert_int_equal(world_call_and_wait(SYS_wait, 0, ROOM, 0), 4);
}

/* Each state of the kernel's has a name outside. */
static void states_have_public_names(void **state)
{
	static const struct {
		enum process_state state;
		uint64_t name;
	} states[] = {
		{PROCESS_RUNNING, PANTHER_STATE_READY},	   {PROCESS_READY, PANTHER_STATE_READY},
		{PROCESS_RESUMING, PANTHER_STATE_READY},   {PROCESS_LOADING, PANTHER_STATE_LOADING},
		{PROCESS_ENDING, PANTHER_STATE_ENDING},	   {PROCESS_SLEEPING, PANTHER_STATE_SLEEPING},
		{PROCESS_READING, PANTHER_STATE_READING},  {PROCESS_WAITING, PANTHER_STATE_WAITING},
		{PROCESS_SPAWNING, PANTHER_STATE_WAITING}, {PROCESS_ENDED, PANTHER_STATE_ENDED},
	};
	struct panther_process_info record;
	struct process other = {.pid = 2, .program = &kernel_facts.archive.programs[0]};

	(void)state;
	process_table_add(&kernel.processes, &other);
	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
		other.state = states[i].state;
		get(PANTHER_INFO_PROCESS, 2, &record, sizeof(record));
		assert_int_equal(record.state, states[i].name);
	}
	process_table_remove(&kernel.processes, &other);
}

/* In nanoseconds, the turn that is going on included; 16 to a tick. */
static void cpu_time_is_counted(void **state)
{
	const struct twin_step compute = {.kind = TWIN_PASS, .value = 1000};
	struct panther_process_info record;

	(void)state;
	world_step(&compute);
	get(PANTHER_INFO_PROCESS, 0, &record, sizeof(record));
	assert_int_equal(record.cpu_time, 16000);
	world_yield();
	twin_advance(500);
	get(PANTHER_INFO_PROCESS, 0, &record, sizeof(record));
	assert_int_equal(record.cpu_time, 24000);
}

static void programs_are_those_of_the_archive(void **state)
{
	static const char *const names[] = {"program", "bad", "huge"};
	static const uint64_t sizes[] = {PROGRAM_SIZE, 64, PROGRAM_SIZE};
	struct panther_program_info record;

	(void)state;
	for (uint64_t i = 0; i < 3; i++) {
		get(PANTHER_INFO_PROGRAM, i, &record, sizeof(record));
		assert_int_equal(record.size, sizes[i]);
		assert_name(record.program, names[i]);
	}
	assert_refused(-PANTHER_ENOENT, PANTHER_INFO_PROGRAM, 3, ROOM, 4096);
	assert_refused(-PANTHER_ENOENT, PANTHER_INFO_PROGRAM, ~(uint64_t)0, ROOM, 4096);
	assert_refused(-PANTHER_ENOENT, PANTHER_INFO_PROGRAM, (uint64_t)1 << 32, ROOM, 4096);
}

static void memory_is_what_there_is(void **state)
{
	struct panther_memory_info record;

	(void)state;
	twin_console_noise(3);
	interrupt_take();
	get(PANTHER_INFO_MEMORY, 0, &record, sizeof(record));
	assert_int_equal(record.frames_total, WORLD_FRAMES);
	assert_int_equal(record.frames_free, WORLD_FRAMES - WORLD_PROCESS_FRAMES);
	assert_int_equal(record.heap_total, 65536);
	assert_int_equal(record.heap_used, WORLD_PROCESS_HEAP);
	assert_int_equal(record.processes, 1);
	assert_int_equal(record.processes_max, 120);
	assert_int_equal(record.input_lost, 3);
	assert_int_equal(record.spurious_interrupts, 0);
}

static void limits_are_the_callers(void **state)
{
	struct panther_limits_info record;

	(void)state;
	world.process->children_max = 9;
	world.process->space.frames_max = 77;
	assert_int_equal(world_call(SYS_restrict, SYSCALLS_ALL & ~PANTHER_CALL_BIT(SYS_read), 0, 0), 0);
	assert_int_equal(world_spawn(), 2);
	get(PANTHER_INFO_LIMITS, 0, &record, sizeof(record));
	assert_int_equal(record.calls, 0xfffb);
	assert_int_equal(record.frames_used, WORLD_PROCESS_FRAMES);
	assert_int_equal(record.frames_max, 77);
	assert_int_equal(record.children, 1);
	assert_int_equal(record.children_max, 9);
	assert_int_equal(world_call(SYS_kill, 2, 0, 0), 0);
	assert_int_equal(world_call_and_wait(SYS_wait, 2, ROOM, 0), 2);
}

/* Of each topic: its size, and whether it has one record only. */
static const struct {
	uint64_t topic, size;
	bool alone;
} topics[] = {{0, 112, false}, {1, 72, false}, {2, 64, true}, {3, 40, true}};

static void checks_come_in_order(void **state)
{
	(void)state;
	for (uint64_t bit = 2; bit < 64; bit++) {
		assert_refused(-PANTHER_EINVAL, (uint64_t)1 << bit, 0, ROOM, 4096);
	}
	for (size_t i = 0; i < 4; i++) {
		uint64_t topic = topics[i].topic;
		uint64_t size = topics[i].size;

		assert_refused(-PANTHER_EINVAL, topic, 0, ~(uint64_t)0, size - 1);
		assert_refused(-PANTHER_EINVAL, topic, 99, ~(uint64_t)0, 0);
		assert_refused(-PANTHER_EINVAL, topic, 99, ~(uint64_t)0, MIB + 1);
		assert_refused(-PANTHER_EINVAL, topic, 0, ROOM, ~(uint64_t)0);
		assert_refused(topics[i].alone ? -PANTHER_EINVAL : -PANTHER_EFAULT, topic, 99, ~(uint64_t)0, size);
		assert_refused(topics[i].alone ? -PANTHER_EINVAL : -PANTHER_ENOENT, topic, 99, ROOM, size);
		assert_refused(-PANTHER_EFAULT, topic, 0, PANTHER_USER_TOP - size + 1, size);
		assert_refused(-PANTHER_EFAULT, topic, 0, 0xffffffc000000000, size);
		assert_refused(-PANTHER_EFAULT, topic, 0, 0, size);
		assert_refused(-PANTHER_EFAULT, topic, 0, PROGRAM_CONSTANTS, size);
		mark();
		assert_int_equal(info(topic, 0, ROOM, size), size);
		/* Only the record is written: the rest of the room need not be there. */
		assert_int_equal(info(topic, 0, ROOM + 4096 - size, MIB), size);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(records_have_no_padding),
		TEST(processes_are_told_one_by_one),
		TEST(states_have_public_names),
		TEST(cpu_time_is_counted),
		TEST(programs_are_those_of_the_archive),
		TEST(memory_is_what_there_is),
		TEST(limits_are_the_callers),
		TEST(checks_come_in_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
