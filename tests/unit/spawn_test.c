/*
 * core/syscall/spawn.c: which program is started, and what stands in the way; spawn_request_test.c has the request,
 * spawn_limits_test.c what the child may do, spawn_arguments_test.c its arguments.
 */
#include "abi/errno.h"
#include "tests/unit/spawn_fixture.h"

#define ROOM PROGRAM_DATA

static void assert_refused(int64_t error, uint64_t request)
{
	assert_spawn_refused_at(error, request, WORLD_REQUEST_SIZE);
}

static void a_child_runs_beside_its_parent(void **state)
{
	static const struct twin_step child[] = {WORLD_CALL(getpid), WORLD_CALL(write, 1, PROGRAM_CONSTANTS, 5),
						 WORLD_CALL(exit)};
	const struct world_counts before = world_count();
	const struct world_player *player = WORLD_PLAYS(2, child);
	struct hal_context context;

	(void)state;
	assert_int_equal(world_call(SYS_spawn, WORLD_REQUEST, WORLD_REQUEST_SIZE, 0), WORLD_REQUEST);
	assert_int_equal(world.process->state, PROCESS_SPAWNING);
	assert_int_equal(world.process->children, 1);
	context = world.process->context;
	world_go_on_as(1);
	context.x[0] = 2;
	assert_memory_equal(&world.process->context, &context, sizeof(context));
	assert_int_equal(world_call_and_wait(SYS_wait, 0, ROOM, 0), 2);
	assert_int_equal(player->results[0].x[0], 2);
	assert_string_equal(twin_console(), "Hello");
	world_assert_counts(&before);
}

/* A program of many pages is loaded at many turns; others run in between, and the answer comes at the end. */
static void a_large_program_takes_its_time(void **state)
{
	struct process *child;
	unsigned turns = 0;

	(void)state;
	assert_int_equal(world_spawn(), 2);
	program_put(&world.huge, 64 + 56 * 2 + 40, 0xc0000,
		    8); /* 192 pages of data; there are 2 others, and the stack but its top */
	(void)world_call(SYS_spawn, WORLD_HUGE, WORLD_REQUEST_SIZE, 0);
	world.process = process_table_find(&kernel.processes, 2);
	child = process_table_find(&kernel.processes, 3);
	while (child->state == PROCESS_LOADING) {
		assert_int_equal(process_table_find(&kernel.processes, 1)->state, PROCESS_SPAWNING);
		/* 32 pages a step; root, FP registers, arguments, and tables, of two places. */
		assert_true(child->space.frames_used <= 32 * turns + 7);
		world_go_on_as(2);
		turns++;
	}
	/* 32 pages a step; the other one had a turn before each, and one after the last. */
	assert_int_equal(turns, (192 + 2 + PANTHER_USER_STACK_SIZE / PANTHER_PAGE_SIZE - 1 + 31) / 32 + 1);
	world.process = process_table_find(&kernel.processes, 1);
	world_go_on_as(1);
	assert_int_equal(world.process->context.x[0], 3);
	finish_child(2);
	finish_child(3);
}

/* attacks A46: a name is a name, and nothing else. */
static void only_exact_names_are_found(void **state)
{
	static const char *const names[] = {
		"p",	    "progra",	  "programs", "program ", " program", "Program", "./program",
		"/program", "../program", "program/", "\xff\xfe", "none",     "init",	 "TRAILER!!!",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const struct request request = request_for(names[i]);

		assert_request_refused(-PANTHER_ENOENT, &request);
	}
}

static void a_bad_file_leaves_nothing(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 100; i++) {
		assert_refused(-PANTHER_ENOEXEC, WORLD_BAD);
	}
	/* Not an id was used up. */
	assert_int_equal(world_spawn(), 2);
	finish_child(2);
	world.program.bytes[0] = 0;
	assert_refused(-PANTHER_ENOEXEC, WORLD_REQUEST);
}

/* It wants more than there is at all. */
static void a_program_that_is_too_large_leaves_nothing(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 100; i++) {
		assert_refused(-PANTHER_ENOMEM, WORLD_HUGE);
	}
}

/* As many as there can be; then one ends, and there is room for one. */
static void the_table_has_120_places(void **state)
{
	(void)state;
	for (uint64_t pid = 2; pid <= PANTHER_PROCESSES_MAX; pid++) {
		assert_int_equal(world_spawn(), pid);
	}
	assert_int_equal(kernel.processes.count, 120);
	assert_refused(-PANTHER_EAGAIN, WORLD_REQUEST);
	assert_int_equal(world_call(SYS_kill, 77, 0, 0), 0);
	/* One that has ended and that nobody has waited for has its place still. */
	assert_refused(-PANTHER_EAGAIN, WORLD_REQUEST);
	assert_int_equal(world_call_and_wait(SYS_wait, 77, ROOM, 0), 77);
	assert_int_equal(world_spawn(), 128 + 77);
	assert_refused(-PANTHER_EAGAIN, WORLD_REQUEST);
	for (uint64_t slot = 2; slot <= PANTHER_PROCESSES_MAX; slot++) {
		assert_int_equal(world_call(SYS_kill, kernel.processes.slots[slot]->pid, 0, 0), 0);
	}
	for (unsigned i = 0; i < 119; i++) {
		assert_int_not_equal(world_call_and_wait(SYS_wait, 0, ROOM, 0), 0);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_child_runs_beside_its_parent),
		TEST(a_large_program_takes_its_time),
		cmocka_unit_test_setup_teardown(only_exact_names_are_found, request_setup, world_teardown),
		TEST(a_bad_file_leaves_nothing),
		TEST(a_program_that_is_too_large_leaves_nothing),
		cmocka_unit_test_setup_teardown(the_table_has_120_places, world_setup_large, world_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
