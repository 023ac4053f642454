/*
 * attacks R13, R14: every call when the k-th frame, heap block or place in the table that it asks for is not there, nor
 * any more after it, for every k until it succeeds. It says -ENOMEM (or -EAGAIN, for the table), and all is as it was.
 * Nothing in the kernel knows about these tests: they hold what there is, but for k. fault_allocation_once_test.c has
 * the one request that is refused between others that are not.
 */
#include "tests/unit/sound_calls.h"

/* What a test holds, so that nobody else has it. */
static phys_addr held_frames[WORLD_FRAMES];
static size_t held_frame_count;
static void *held_blocks[HEAP_SIZE / 16];
static size_t held_block_count;
static struct process strangers[PANTHER_PROCESSES_MAX];
static size_t stranger_count;

static void leave_frames(uint64_t left)
{
	while (kernel.frames.free_count > left) {
		assert_int_equal(frames_allocate(&kernel.frames, &held_frames[held_frame_count++]), K_OK);
	}
}

static void free_frames(void)
{
	while (held_frame_count > 0) {
		frames_free(&kernel.frames, held_frames[--held_frame_count]);
	}
}

/* All blocks of the size of a process, and then of any size, until none is left; and `left` of the first back. */
static void leave_blocks(uint64_t left)
{
	for (size_t size = sizeof(struct process); size >= 16; size = size == 16 ? 0 : 16) {
		while ((held_blocks[held_block_count] = heap_allocate(&kernel.heap, size)) != NULL) {
			held_block_count++;
		}
	}
	for (uint64_t i = 0; i < left; i++) {
		heap_free(&kernel.heap, held_blocks[i]);
		held_blocks[i] = NULL;
	}
}

static void free_blocks(void)
{
	while (held_block_count > 0) {
		heap_free(&kernel.heap, held_blocks[--held_block_count]);
	}
}

/* Processes that have ended, of whom nobody will ask. */
static void leave_slots(uint64_t left)
{
	while (kernel.processes.count + left < PANTHER_PROCESSES_MAX) {
		strangers[stranger_count] =
			(struct process){.state = PROCESS_ENDED, .program = &kernel_facts.archive.programs[0]};
		process_table_add(&kernel.processes, &strangers[stranger_count++]);
	}
}

static void free_slots(void)
{
	while (stranger_count > 0) {
		process_table_remove(&kernel.processes, &strangers[--stranger_count]);
	}
}

/* The process's own limit. */
static uint32_t frames_max;

static void leave_limit(uint64_t left)
{
	frames_max = world.process->space.frames_max;
	world.process->space.frames_max = world.process->space.frames_used + (uint32_t)left;
}

static void free_limit(void)
{
	world.process->space.frames_max = frames_max;
}

struct scarcity {
	void (*leave)(uint64_t left);
	void (*free)(void);
	int error;
};

static const struct scarcity frames = {leave_frames, free_frames, PANTHER_ENOMEM};
static const struct scarcity blocks = {leave_blocks, free_blocks, PANTHER_ENOMEM};
static const struct scarcity slots = {leave_slots, free_slots, PANTHER_EAGAIN};
static const struct scarcity limit = {leave_limit, free_limit, PANTHER_ENOMEM};

/* With nothing left, then one, and so on, until the call succeeds. Returns how much it needs. */
static uint64_t fail_each(const struct sound_call *call, const struct scarcity *what)
{
	for (uint64_t left = 0;; left++) {
		struct sound_state before;
		int64_t result;

		what->leave(left);
		before = sound_look();
		result = sound_make(call, call->arguments);
		if (sound_is_success(call, result)) {
			what->free();
			return left;
		}
		assert_int_equal(result, -what->error);
		assert_true(sound_declares(call, result));
		sound_assert_unchanged(&before);
		what->free();
	}
}

/* What each call needs, and what it does without it. */
static void fail_each_of_all(void **state, const struct scarcity *what, const uint64_t needs[SOUND_CALLS])
{
	for (size_t i = 0; i < SOUND_CALLS; i++) {
		const struct sound_call *call = &sound_calls[i];

		if (!sound_returns(call)) {
			continue;
		}
		sound_setup(state);
		assert_int_equal(fail_each(call, what), needs[call->number]);
		sound_teardown(state);
	}
}

/* Four pages, and for each two a table of level 2 and one of level 3; the process has the table above them. */
#define MAP_FRAMES 8

static void each_frame_may_be_missing(void **state)
{
	static const uint64_t needs[SOUND_CALLS] = {[SYS_map] = MAP_FRAMES, [SYS_spawn] = WORLD_PROCESS_FRAMES};

	fail_each_of_all(state, &frames, needs);
}

static void each_block_may_be_missing(void **state)
{
	static const uint64_t needs[SOUND_CALLS] = {[SYS_spawn] = 1};

	fail_each_of_all(state, &blocks, needs);
}

static void each_place_in_the_table_may_be_missing(void **state)
{
	static const uint64_t needs[SOUND_CALLS] = {[SYS_spawn] = 1};

	fail_each_of_all(state, &slots, needs);
}

/* Who inherits its parent's limit has an account of its own: what the parent has used is enough for the child. */
static void the_limit_may_be_reached_at_each_frame(void **state)
{
	static const uint64_t needs[SOUND_CALLS] = {[SYS_map] = MAP_FRAMES};

	fail_each_of_all(state, &limit, needs);
}

/* The row says so, and only such a row. */
static void who_needs_memory_declares_it(void **state)
{
	(void)state;
	for (size_t i = 0; i < SOUND_CALLS; i++) {
		const struct sound_call *call = &sound_calls[i];

		assert_int_equal(sound_declares(call, -PANTHER_ENOMEM),
				 call->number == SYS_map || call->number == SYS_spawn);
	}
}

/* A program of many steps runs out at each frame that it needs, also when the first steps of its load went well. */
static void a_long_load_may_end_at_each_frame(void **state)
{
	struct sound_call call = sound_calls[SYS_spawn];
	/* 64 pages of data instead of one. */
	uint64_t need = WORLD_PROCESS_FRAMES + 63;

	world_reset(NULL);
	program_put(&world.huge, 64 + 56 * 2 + 40, 64 * PANTHER_PAGE_SIZE, 8); /* p_memsz of the data */
	world_begin();
	world_go_on_as(LIFECYCLE_FIRST_PID);
	sound_begin();
	call.arguments[0] = WORLD_HUGE;
	call.arguments[1] = WORLD_REQUEST_SIZE;
	assert_int_equal(fail_each(&call, &frames), need);
	sound_teardown(state);
}

/* With no frame, no block and no place in the table left, a child ends, and its parent learns how: both need nothing.
 */
static void an_end_needs_nothing(void **state)
{
	static const struct twin_step exit_9[] = {WORLD_CALL(sleep, 1000000000), WORLD_CALL(exit, 9)};
	struct panther_exit end;
	struct world_counts before;

	world_setup(state);
	before = world_count();
	(void)WORLD_PLAYS(2, exit_9);
	assert_int_equal(world_spawn(), 2);
	leave_frames(0);
	leave_blocks(0);
	leave_slots(0);
	assert_int_equal(world_call_and_wait(SYS_wait, 2, PROGRAM_DATA, 0), 2);
	world_peek(PROGRAM_DATA, &end, sizeof(end));
	assert_int_equal(end.reason, PANTHER_ENDED_EXIT);
	assert_int_equal(end.code, 9);
	/* All that it had is there again, and nothing else. */
	assert_int_equal(kernel.frames.free_count, WORLD_PROCESS_FRAMES);
	free_slots();
	free_blocks();
	free_frames();
	world_assert_counts(&before);
	world_teardown(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_frame_may_be_missing),
		cmocka_unit_test(each_block_may_be_missing),
		cmocka_unit_test(each_place_in_the_table_may_be_missing),
		cmocka_unit_test(the_limit_may_be_reached_at_each_frame),
		cmocka_unit_test(who_needs_memory_declares_it),
		cmocka_unit_test(a_long_load_may_end_at_each_frame),
		cmocka_unit_test(an_end_needs_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
