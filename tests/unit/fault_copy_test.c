/*
 * Every call whose memory faults, at whichever byte the kernel has got to: -EFAULT, and nothing has happened but what
 * the call's row says; the next try succeeds.
 */
#include "tests/unit/sound_calls.h"

/* Did the kernel reach no byte that faults? Then none will. */
static bool take_back_fault(void)
{
	bool is_pending = twin.copy_will_fault;

	twin.copy_will_fault = false;
	return is_pending;
}

/* Which argument says where the call's memory lies; 6: none does. */
static size_t find_address(const struct sound_call *call)
{
	size_t i = 0;

	while (i < 6 && call->uses[i] != SOUND_IN && call->uses[i] != SOUND_OUT) {
		i++;
	}
	return i;
}

static uint64_t address_of(const struct sound_call *call)
{
	size_t i = find_address(call);

	return i == 6 ? SOUND_BUFFER : call->arguments[i];
}

/* Of what is written to the process the bytes below the fault may be there, and no others. They are as before then. */
static void undo_output(const struct sound_call *call, size_t written)
{
	uint64_t start = address_of(call) - SOUND_BUFFER;
	uint8_t before[REQUEST_ROOM], after[REQUEST_ROOM];

	if (!sound_uses(call, SOUND_OUT)) {
		return;
	}
	world_peek(SOUND_BUFFER, after, sizeof(after));
	sound_fill_buffer(address_of(call));
	world_peek(SOUND_BUFFER, before, sizeof(before));
	assert_memory_equal(after, before, start);
	assert_memory_equal(after + start + written, before + start + written, sizeof(before) - start - written);
}

static size_t size_of_copy(const struct sound_call *call)
{
	for (size_t i = 0; i < 6; i++) {
		if (call->uses[i] == SOUND_LENGTH && find_address(call) < 6) {
			return call->arguments[i];
		}
	}
	return sound_uses(call, SOUND_OUT) ? sizeof(struct panther_exit) : 0;
}

/* All bytes of copies that are small, and of large ones those around the borders of pages and of the copy. */
static bool is_tried(const struct sound_call *call, size_t byte)
{
	size_t size = size_of_copy(call);
	uint64_t offset = (address_of(call) + byte) % PANTHER_PAGE_SIZE;

	return size <= PANTHER_READ_CHUNK || byte < 4 || byte + 4 >= size || offset < 4 ||
	       offset + 4 >= PANTHER_PAGE_SIZE;
}

static void fault_at(const struct sound_call *call, size_t byte, const struct sound_state *before)
{
	int64_t result;

	twin_fault_copy(byte);
	result = sound_make(call, call->arguments);
	assert_false(take_back_fault());
	assert_int_equal(result, -PANTHER_EFAULT);
	assert_true(sound_declares(call, result));
	assert_int_equal(twin_last_copy_fault().far, address_of(call) + byte);
	undo_output(call, byte);
	sound_assert_unchanged(before);
}

/* At each byte that the kernel has to copy; it copies no byte more. */
static void fault_at_each_byte(const struct sound_call *call)
{
	const struct sound_state before = sound_look();
	size_t size = size_of_copy(call);

	for (size_t byte = 0; byte < size; byte++) {
		if (is_tried(call, byte)) {
			fault_at(call, byte, &before);
		}
	}
	twin_fault_copy(size);
	assert_true(sound_is_success(call, sound_make(call, call->arguments)));
	assert_true(take_back_fault());
}

/* Calls that reach for no memory cannot fault, and those that do can at each byte that the table says. */
static void every_call_may_fault_at_every_byte(void **state)
{
	for (size_t i = 0; i < SOUND_CALLS; i++) {
		const struct sound_call *call = &sound_calls[i];

		if (sound_returns(call)) {
			sound_setup(state);
			fault_at_each_byte(call);
			sound_teardown(state);
		}
	}
}

#define BORDER (SOUND_BUFFER + PANTHER_PAGE_SIZE)
/* Copies that start here cross a border of pages after 33 bytes, in the middle of a word. */
#define BELOW_BORDER (BORDER - 33)
#define INFO_CALL(topic, address, record)                       \
	{                                                       \
		SYS_info,                                       \
		{(topic), 0, (address), sizeof(struct record)}, \
		sizeof(struct record),                          \
	}

/* More sound calls: the largest copies, the smallest, all that info tells, and copies from or to two pages. */
static const struct variant {
	uint64_t number;
	uint64_t arguments[6];
	int64_t result;
} variants[] = {
	{SYS_write, {2, SOUND_BUFFER, 1}, 1},
	{SYS_write, {1, BELOW_BORDER, 48}, 48},
	{SYS_write, {1, SOUND_BUFFER, PANTHER_WRITE_CHUNK}, PANTHER_WRITE_CHUNK},
	{SYS_write, {1, BELOW_BORDER, PANTHER_WRITE_CHUNK}, PANTHER_WRITE_CHUNK},
	{SYS_read, {0, SOUND_BUFFER, 1}, 1},
	{SYS_read, {0, SOUND_BUFFER, PANTHER_READ_CHUNK}, PANTHER_READ_CHUNK},
	{SYS_read, {0, BELOW_BORDER, PANTHER_READ_CHUNK}, PANTHER_READ_CHUNK},
	{SYS_random, {SOUND_BUFFER, 1}, 1},
	{SYS_random, {SOUND_BUFFER, PANTHER_RANDOM_CHUNK}, PANTHER_RANDOM_CHUNK},
	{SYS_random, {BELOW_BORDER, PANTHER_RANDOM_CHUNK}, PANTHER_RANDOM_CHUNK},
	{SYS_spawn, {BELOW_BORDER, SOUND_REQUEST_SIZE}, SOUND_NOT_NEGATIVE},
	{SYS_wait, {SOUND_ENDED, BORDER - 3, 0}, SOUND_ENDED},
	{SYS_wait, {0, BORDER - 7, PANTHER_WAIT_NO_BLOCK}, SOUND_ENDED},
	INFO_CALL(PANTHER_INFO_PROCESS, BELOW_BORDER, panther_process_info),
	INFO_CALL(PANTHER_INFO_PROGRAM, SOUND_BUFFER, panther_program_info),
	INFO_CALL(PANTHER_INFO_PROGRAM, BELOW_BORDER, panther_program_info),
	INFO_CALL(PANTHER_INFO_MEMORY, SOUND_BUFFER, panther_memory_info),
	INFO_CALL(PANTHER_INFO_MEMORY, BELOW_BORDER, panther_memory_info),
	INFO_CALL(PANTHER_INFO_LIMITS, SOUND_BUFFER, panther_limits_info),
	INFO_CALL(PANTHER_INFO_LIMITS, BELOW_BORDER, panther_limits_info),
};

/* Some input waits already. */
static void bring_input(size_t size)
{
	while (kernel.input.count < size) {
		twin_console_type("x", 1);
		interrupt_take();
	}
}

static void every_size_and_place_may_fault(void **state)
{
	for (size_t i = 0; i < sizeof(variants) / sizeof(variants[0]); i++) {
		struct sound_call call = sound_calls[variants[i].number];

		assert_int_equal(call.number, variants[i].number);
		memcpy(call.arguments, variants[i].arguments, sizeof(call.arguments));
		call.result = variants[i].result;
		sound_setup(state);
		sound_fill_buffer(address_of(&call));
		bring_input(PANTHER_READ_CHUNK);
		fault_at_each_byte(&call);
		sound_teardown(state);
	}
}

/* The same when the call has waited for what it is to write. */
static void calls_that_waited_may_fault_too(void **state)
{
	const struct sound_call *wait = &sound_calls[SYS_wait];
	const struct sound_call *read = &sound_calls[SYS_read];
	static const struct twin_step exit_7[] = {WORLD_CALL(exit, 7)};

	for (size_t byte = 0; byte < sizeof(struct panther_exit); byte++) {
		world_setup(state);
		assert_int_equal(world_call(SYS_map, SOUND_BUFFER, REQUEST_ROOM, 3), SOUND_BUFFER);
		sound_fill_buffer(SOUND_BUFFER);
		assert_int_equal(world_spawn(), SOUND_ENDED);
		(void)WORLD_PLAYS(SOUND_ENDED, exit_7);
		twin_fault_copy(byte);
		assert_int_equal(sound_make(wait, wait->arguments), -PANTHER_EFAULT);
		undo_output(wait, byte);
		assert_int_equal(sound_make(wait, wait->arguments), SOUND_ENDED);
		world_teardown(state);
	}
	for (size_t byte = 0; byte < sizeof(SOUND_TYPED) - 1; byte++) {
		world_setup(state);
		assert_int_equal(world_call(SYS_map, SOUND_BUFFER, REQUEST_ROOM, 3), SOUND_BUFFER);
		sound_fill_buffer(SOUND_BUFFER);
		(void)world_call(SYS_read, 0, SOUND_BUFFER, 16);
		assert_int_equal(world.process->state, PROCESS_READING);
		twin_console_type(SOUND_TYPED, sizeof(SOUND_TYPED) - 1);
		twin_fault_copy(byte);
		world_go_on_as(1);
		assert_int_equal((int64_t)world.process->context.x[0], -PANTHER_EFAULT);
		undo_output(read, byte);
		assert_int_equal(sound_make(read, read->arguments), 16);
		world_teardown(state);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_call_may_fault_at_every_byte),
		cmocka_unit_test(every_size_and_place_may_fault),
		cmocka_unit_test(calls_that_waited_may_fault_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
