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

/* Of what is written to the process the bytes below the fault may be there, and no others. They are as before then. */
static void undo_output(const struct sound_call *call, size_t written)
{
	uint8_t before[REQUEST_ROOM], after[REQUEST_ROOM];

	if (!sound_uses(call, SOUND_OUT)) {
		return;
	}
	world_peek(SOUND_BUFFER, after, sizeof(after));
	sound_fill_buffer(SOUND_BUFFER);
	world_peek(SOUND_BUFFER, before, sizeof(before));
	assert_memory_equal(after + written, before + written, sizeof(before) - written);
}

/* Returns how many bytes could fault. */
static size_t fault_at_each_byte(const struct sound_call *call)
{
	const struct sound_state before = sound_look();

	for (size_t byte = 0;; byte++) {
		int64_t result;

		twin_fault_copy(byte);
		result = sound_make(call, call->arguments);
		if (take_back_fault()) {
			assert_true(sound_is_success(call, result));
			return byte;
		}
		assert_int_equal(result, -PANTHER_EFAULT);
		assert_true(sound_declares(call, result));
		assert_int_equal(twin_last_copy_fault().far, SOUND_BUFFER + byte);
		undo_output(call, byte);
		sound_assert_unchanged(&before);
	}
}

static size_t size_of_copy(const struct sound_call *call)
{
	for (size_t i = 0; i < 6; i++) {
		if (call->uses[i] == SOUND_LENGTH && sound_uses(call, SOUND_IN) + sound_uses(call, SOUND_OUT) != 0) {
			return call->arguments[i];
		}
	}
	return sound_uses(call, SOUND_OUT) ? sizeof(struct panther_exit) : 0;
}

/* Calls that reach for no memory cannot fault, and those that do can at each byte that the table says. */
static void every_call_may_fault_at_every_byte(void **state)
{
	for (size_t i = 0; i < SOUND_CALLS; i++) {
		const struct sound_call *call = &sound_calls[i];

		if (sound_returns(call)) {
			sound_setup(state);
			assert_int_equal(fault_at_each_byte(call), size_of_copy(call));
			sound_teardown(state);
		}
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
		cmocka_unit_test(calls_that_waited_may_fault_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
