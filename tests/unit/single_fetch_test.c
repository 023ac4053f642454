/*
 * attacks R01, R02: whatever call it is, each byte of the program is fetched once. All of a call's buffers lie over
 * each other (fetching a byte twice aborts the twin), and each is played with calm memory, and with memory that is
 * another one as soon as it was read: nobody can tell the difference.
 */
#include "tests/unit/sound_calls.h"

/* As in the twin: a byte that was fetched has all its bits turned. */
#define CHANGE 0xff

#define PROCESSES_SEEN 4

/* What a call brought about, as far as a program, a person or a later call could see it. */
struct outcome {
	int64_t result;
	char console[8192];
	struct {
		uint64_t pid;
		uint64_t memory; /* of all but the caller */
		uint64_t limits;
		struct hal_context context;
	} processes[PROCESSES_SEEN];
	uint8_t buffer[REQUEST_ROOM];
};

static void see_processes(struct outcome *outcome)
{
	uint64_t slot = 0;
	size_t count = 0;

	for (const struct process *process = process_table_from(&kernel.processes, 0, &slot); process != NULL;
	     process = process_table_from(&kernel.processes, slot + 1, &slot), count++) {
		assert_true(count < PROCESSES_SEEN);
		outcome->processes[count].pid = process->pid;
		outcome->processes[count].context = process->context;
		sound_hash_process(&outcome->processes[count].limits, process);
		if (process != world.process && process->state != PROCESS_ENDED) {
			outcome->processes[count].memory = sound_hash_space(process);
		}
	}
}

/* The world of the snapshot, in which the call is made. */
static struct outcome play(const struct sound_call *call, const uint64_t arguments[6], uint64_t request_at,
			   bool is_hostile)
{
	static struct outcome outcome;

	twin_restore();
	world.player_count = 1;
	sound_fill_buffer(request_at);
	twin_change_after_fetch(is_hostile);
	memset(&outcome, 0, sizeof(outcome));
	outcome.result = sound_make(call, arguments);
	twin_change_after_fetch(false);
	assert_true(sound_uses(call, SOUND_IN) || twin.fetches.count == 0);
	assert_true(twin_console_size() < sizeof(outcome.console));
	memcpy(outcome.console, twin_console(), twin_console_size());
	see_processes(&outcome);
	/* unmap leaves nothing to look at. */
	(void)twin_user_read(&world.process->space.space, SOUND_BUFFER, outcome.buffer, sizeof(outcome.buffer));
	return outcome;
}

/* How many bytes the kernel fetched; none was changed but those. */
static size_t count_fetched(const struct outcome *calm, const struct outcome *hostile)
{
	size_t count = 0;

	for (size_t i = 0; i < sizeof(calm->buffer); i++) {
		if (hostile->buffer[i] != calm->buffer[i]) {
			assert_int_equal(hostile->buffer[i], calm->buffer[i] ^ CHANGE);
			count++;
		}
	}
	return count;
}

/* Returns how many bytes the call fetched. */
static size_t compare(const struct sound_call *call, const uint64_t arguments[6], uint64_t request_at)
{
	static struct outcome calm, hostile;

	calm = play(call, arguments, request_at, false);
	hostile = play(call, arguments, request_at, true);
	assert_true(calm.result >= 0 || sound_declares(call, calm.result));
	assert_int_equal(hostile.result, calm.result);
	assert_memory_equal(hostile.console, calm.console, sizeof(calm.console));
	assert_memory_equal(hostile.processes, calm.processes, sizeof(calm.processes));
	return count_fetched(&calm, &hostile);
}

/* The n-th way to fill an argument; false if there is none. All that are addresses are of bytes beside each other. */
static bool choose(enum sound_use use, unsigned n, uint64_t start, uint64_t sound, uint64_t *value)
{
	static const uint64_t lengths[] = {0,
					   1,
					   sizeof(struct panther_spawn_request),
					   sizeof(struct panther_spawn_request) + 8,
					   SOUND_REQUEST_SIZE,
					   sizeof(struct panther_process_info),
					   PANTHER_SPAWN_MAX,
					   PANTHER_WRITE_CHUNK};

	switch (use) {
	case SOUND_IN:
	case SOUND_OUT:
		*value = start + n;
		return n < 2;
	case SOUND_LENGTH:
		*value = lengths[n % (sizeof(lengths) / sizeof(lengths[0]))];
		return n < sizeof(lengths) / sizeof(lengths[0]);
	default:
		*value = sound;
		return n < 1;
	}
}

/* All combinations, from argument `next` on. Returns the most bytes that one of them fetched. */
static size_t compare_all(const struct sound_call *call, uint64_t arguments[6], unsigned next, uint64_t start)
{
	size_t most = 0;

	if (next == 6) {
		return compare(call, arguments, start);
	}
	for (unsigned n = 0; choose(call->uses[next], n, start, call->arguments[next], &arguments[next]); n++) {
		size_t fetched = compare_all(call, arguments, next + 1, start);

		most = fetched > most ? fetched : most;
	}
	return most;
}

/* Within a page, at odd addresses, over two pages, and over the end of the memory. */
static const uint64_t starts[] = {SOUND_BUFFER, SOUND_BUFFER + 0x7fb, SOUND_BUFFER + PANTHER_PAGE_SIZE - 33,
				  SOUND_BUFFER + REQUEST_ROOM - SOUND_REQUEST_SIZE};

static void memory_that_changes_makes_no_difference(void **state)
{
	sound_setup(state);
	twin_snapshot();
	for (size_t i = 0; i < SOUND_CALLS; i++) {
		const struct sound_call *call = &sound_calls[i];

		for (size_t j = 0; sound_returns(call) && j < sizeof(starts) / sizeof(starts[0]); j++) {
			uint64_t arguments[6];
			size_t fetched = compare_all(call, arguments, 0, starts[j]);

			/* What the row names is fetched, and nothing else. */
			assert_int_equal(fetched != 0, sound_uses(call, SOUND_IN));
		}
	}
	twin_restore();
	sound_teardown(state);
}

/* What is printed, and what a child gets, is what was there when the call was made. */
static void what_was_fetched_is_what_is_used(void **state)
{
	const struct sound_call *write = &sound_calls[SYS_write];
	const struct sound_call *spawn = &sound_calls[SYS_spawn];
	uint8_t bytes[48];
	char text[sizeof(SOUND_STRINGS)];
	const struct process *child;

	sound_setup(state);
	world_peek(SOUND_BUFFER, bytes, sizeof(bytes));
	twin_change_after_fetch(true);
	assert_int_equal(sound_make(write, write->arguments), 48);
	assert_memory_equal(twin_console(), bytes, sizeof(bytes));
	sound_fill_buffer(SOUND_BUFFER);
	child = process_table_find(&kernel.processes, (uint64_t)sound_make(spawn, spawn->arguments));
	assert_non_null(child);
	assert_string_equal(child->program->name, "program");
	assert_int_equal(child->context.x[0], 2);
	assert_int_equal(child->calls, world.process->calls);
	assert_int_equal(child->space.frames_max, world.process->space.frames_max);
	assert_int_equal(child->children_max, world.process->children_max);
	assert_true(twin_user_read(&child->space.space, address_space_stack_top(&child->space) - 13, text, 13));
	assert_memory_equal(text, "first\0second", 13);
	twin_change_after_fetch(false);
	sound_teardown(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(memory_that_changes_makes_no_difference),
		cmocka_unit_test(what_was_fetched_is_what_is_used),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
