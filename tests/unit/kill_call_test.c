/*
 * sys_kill (core/syscall/wait.c): a child ends whatever it is doing, and nobody else does.
 */
#include "abi/errno.h"
#include "tests/unit/world.h"

#define ROOM PROGRAM_DATA

static struct process *find(uint64_t pid)
{
	return process_table_find(&kernel.processes, pid);
}

/* The child is killed where it stands; its parent is told so; nothing of it is left. */
static void assert_killed(uint64_t pid, const struct world_counts *before)
{
	struct panther_exit end;

	assert_int_equal(world_call(SYS_kill, pid, 0, 0), 0);
	assert_int_equal(find(pid)->state, PROCESS_ENDING);
	assert_int_equal(world.process->state, PROCESS_RUNNING);
	assert_int_equal(world_call_and_wait(SYS_wait, pid, ROOM, 0), pid);
	world_peek(ROOM, &end, sizeof(end));
	assert_int_equal(end.reason, PANTHER_ENDED_KILLED);
	assert_int_equal(end.code, 0);
	assert_null(find(pid));
	world_assert_counts(before);
	assert_int_equal(twin_console_size(), 0);
}

/* Spawns a child and lets it run until it waits in this state. */
static uint64_t child_that(const struct twin_step *steps, size_t count, enum process_state state)
{
	uint64_t pid;

	pid = kernel.processes.next_ids[2];
	(void)world_plays(pid, steps, count);
	assert_int_equal(world_spawn(), pid);
	world_yield_until(pid, state);
	return pid;
}

/* attacks R07: killed in every call that waits. */
static void while_it_reads(void **state)
{
	static const struct twin_step steps[] = {WORLD_CALL(read, 0, ROOM, 10)};
	const struct world_counts before = world_count();

	(void)state;
	assert_killed(child_that(steps, 1, PROCESS_READING), &before);
	/* Nobody reads any more: what comes is for whoever asks next. */
	twin_console_type("x", 1);
	assert_int_equal(world_call_and_wait(SYS_read, 0, ROOM, 10), 1);
}

static void while_it_sleeps(void **state)
{
	static const struct twin_step steps[] = {WORLD_CALL(sleep, 1000000000)};
	const struct world_counts before = world_count();

	(void)state;
	assert_killed(child_that(steps, 1, PROCESS_SLEEPING), &before);
	assert_null(kernel.scheduler.sleepers);
	assert_int_equal(twin_timer_deadline(), UINT64_MAX);
}

/* Wherever it stands among those that sleep: the others wake as they would have. */
static void each_of_several_that_sleep(void **state)
{
	static struct twin_step steps[3][2];

	(void)state;
	for (uint64_t victim = 0; victim < 3; victim++) {
		uint64_t pids[3];

		world_setup(NULL);
		for (uint64_t i = 0; i < 3; i++) {
			steps[i][0] = (struct twin_step)WORLD_CALL(sleep, 1000000 * (i + 1));
			steps[i][1] = (struct twin_step)WORLD_CALL(exit, i);
			pids[i] = 2 + i;
			(void)world_plays(pids[i], steps[i], 2);
			assert_int_equal(world_spawn(), pids[i]);
		}
		world_yield();
		assert_int_equal(world_call(SYS_kill, pids[victim], 0, 0), 0);
		for (uint64_t i = 0; i < 3; i++) {
			struct panther_exit end;

			assert_int_equal(world_call_and_wait(SYS_wait, pids[i], ROOM, 0), pids[i]);
			world_peek(ROOM, &end, sizeof(end));
			assert_int_equal(end.reason, i == victim ? PANTHER_ENDED_KILLED : PANTHER_ENDED_EXIT);
			if (i != victim) {
				assert_int_equal(hal_time_ticks() - TWIN_FIRST_TICK, 62500 * (i + 1));
			}
		}
		world_teardown(NULL);
	}
	world_setup(NULL);
}

/* Its own child goes to the first process, which is its parent here. */
static void while_it_waits(void **state)
{
	static const struct twin_step steps[] = {WORLD_SPAWN, WORLD_CALL(wait, 0, ROOM, 0)};
	static const struct twin_step grandchild[] = {WORLD_CALL(sleep, 1000000), WORLD_CALL(exit)};
	const struct world_counts before = world_count();

	(void)state;
	(void)WORLD_PLAYS(3, grandchild);
	(void)child_that(steps, 2, PROCESS_SPAWNING);
	world_yield_until(2, PROCESS_WAITING);
	assert_int_equal(world_call(SYS_kill, 2, 0, 0), 0);
	assert_int_equal(world.process->children, 2);
	assert_ptr_equal(find(3)->parent, world.process);
	assert_int_equal(world_call_and_wait(SYS_wait, 2, ROOM, 0), 2);
	assert_int_equal(world_call_and_wait(SYS_wait, 3, ROOM, 0), 3);
	world_assert_counts(&before);
}

/* The program that it had asked for is given up, however far it is loaded. */
static void while_it_spawns(void **state)
{
	static const struct twin_step steps[] = {WORLD_CALL(spawn, WORLD_HUGE, WORLD_REQUEST_SIZE)};

	(void)state;
	for (unsigned turns = 0; turns < 5; turns++) {
		struct world_counts before;

		world_setup(NULL);
		program_put(&world.huge, 64 + 56 * 2 + 40, 0x80000, 8); /* 128 pages: five steps */
		before = world_count();
		(void)child_that(steps, 1, PROCESS_SPAWNING);
		assert_int_equal(find(3)->state, PROCESS_LOADING);
		for (unsigned i = 0; i < turns; i++) {
			world_yield();
		}
		assert_int_equal(find(3)->state, PROCESS_LOADING);
		assert_int_equal(world_call(SYS_kill, 2, 0, 0), 0);
		assert_int_equal(find(3)->state, PROCESS_ENDING);
		assert_int_equal(world_call_and_wait(SYS_wait, 2, ROOM, 0), 2);
		while (find(3) != NULL) {
			world_yield();
		}
		world_assert_counts(&before);
		world_teardown(NULL);
	}
	world_setup(NULL);
}

/* Its child has run out of memory, and is still giving back what it had: nobody is told any more, and nobody else is.
 */
static void while_its_spawn_fails(void **state)
{
	static const struct twin_step steps[] = {WORLD_CALL(spawn, WORLD_HUGE, WORLD_REQUEST_SIZE)};
	const struct world_counts before = world_count();
	static phys_addr hoard[WORLD_FRAMES];
	size_t taken = 0;

	(void)state;
	program_put(&world.huge, 64 + 56 * 2 + 40, 0x80000, 8); /* 128 pages */
	(void)child_that(steps, 1, PROCESS_SPAWNING);
	while (kernel.frames.free_count > 100) {
		assert_int_equal(frames_allocate(&kernel.frames, &hoard[taken++]), K_OK);
	}
	world_yield_until(3, PROCESS_ENDING);
	assert_int_equal(find(3)->load_status, K_ENOMEM);
	world_yield();
	assert_int_equal(find(3)->state, PROCESS_ENDING);
	assert_int_equal(world_call(SYS_kill, 2, 0, 0), 0);
	assert_int_equal(world.process->children, 1);
	assert_int_equal(world_call_and_wait(SYS_wait, 2, ROOM, 0), 2);
	while (find(3) != NULL) {
		assert_int_equal(world_call(SYS_getpid, 0, 0, 0), 1);
		world_yield();
	}
	while (taken > 0) {
		frames_free(&kernel.frames, hoard[--taken]);
	}
	world_assert_counts(&before);
}

/* It was on the way to EL0, or there. */
static void while_it_computes(void **state)
{
	static const struct twin_step steps[] = {{.kind = TWIN_SPIN}, {.kind = TWIN_SPIN}, {.kind = TWIN_SPIN}};
	const struct world_counts before = world_count();

	(void)state;
	assert_killed(child_that(steps, 3, PROCESS_READY), &before);
}

/* Its input has come, and it has not had its turn yet. */
static void while_its_call_is_about_to_go_on(void **state)
{
	static const struct twin_step steps[] = {WORLD_CALL(read, 0, ROOM, 10)};
	const struct world_counts before = world_count();

	(void)state;
	(void)child_that(steps, 1, PROCESS_READING);
	twin_console_type("x", 1);
	interrupt_take();
	assert_int_equal(find(2)->state, PROCESS_RESUMING);
	assert_killed(2, &before);
	assert_int_equal(kernel.input.count, 1);
}

/* Its end stays as it was. */
static void when_it_has_ended_already(void **state)
{
	static const struct twin_step steps[] = {WORLD_CALL(exit, 5)};
	const struct world_counts before = world_count();
	struct panther_exit end;

	(void)state;
	(void)WORLD_PLAYS(2, steps);
	assert_int_equal(world_spawn(), 2);
	world_yield_until(2, PROCESS_ENDING);
	assert_int_equal(world_call(SYS_kill, 2, 0, 0), 0);
	assert_int_equal(find(2)->state, PROCESS_ENDING);
	world_yield();
	assert_int_equal(find(2)->state, PROCESS_ENDED);
	assert_int_equal(world_call(SYS_kill, 2, 0, 0), 0);
	assert_int_equal(find(2)->state, PROCESS_ENDED);
	assert_int_equal(world_call(SYS_wait, 2, ROOM, 0), 2);
	world_peek(ROOM, &end, sizeof(end));
	assert_int_equal(end.reason, PANTHER_ENDED_EXIT);
	assert_int_equal(end.code, 5);
	world_assert_counts(&before);
}

static void twice(void **state)
{
	static const struct twin_step steps[] = {WORLD_CALL(read, 0, ROOM, 10)};
	const struct world_counts before = world_count();

	(void)state;
	(void)child_that(steps, 1, PROCESS_READING);
	assert_int_equal(world_call(SYS_kill, 2, 0, 0), 0);
	assert_killed(2, &before);
	assert_int_equal((int64_t)world_call(SYS_kill, 2, 0, 0), -PANTHER_ESRCH);
}

static const uint64_t strangers[] = {
	0, 1, 2, 3, 5, 120, 127, 128, 129, 130, 132, 256 + 4, 1UL << 32 | 4, 1UL << 63 | 4, 1UL << 63, ~(uint64_t)0,
};
#define STRANGERS (sizeof(strangers) / sizeof(strangers[0]))

/* attacks A30, A31: the first process, oneself, a sibling, ids of nobody; 4 is the child of 3, and asked for last. */
static void nobody_but_ones_own_child_can_be_killed(void **state)
{
	static const struct twin_step waits[] = {WORLD_CALL(read, 0, ROOM, 10), WORLD_CALL(exit)};
	static struct twin_step steps[STRANGERS + 4];
	const struct world_player *child;

	(void)state;
	steps[0] = (struct twin_step)WORLD_SPAWN;
	for (size_t i = 0; i < STRANGERS; i++) {
		steps[i + 1] = (struct twin_step)WORLD_CALL(kill, strangers[i]);
	}
	steps[STRANGERS + 1] = (struct twin_step)WORLD_CALL(kill, 4);
	steps[STRANGERS + 2] = (struct twin_step)WORLD_CALL(wait, 4, ROOM, 0);
	steps[STRANGERS + 3] = (struct twin_step)WORLD_CALL(exit);
	(void)WORLD_PLAYS(2, waits);
	(void)WORLD_PLAYS(4, waits);
	child = world_plays(3, steps, STRANGERS + 4);
	assert_int_equal(world_spawn(), 2);
	assert_int_equal(world_spawn(), 3);
	assert_int_equal(world_call_and_wait(SYS_wait, 3, ROOM, 0), 3);
	assert_int_equal(child->results[0].x[0], 4);
	for (size_t i = 0; i < STRANGERS; i++) {
		assert_int_equal((int64_t)child->results[i + 1].x[0], -PANTHER_ESRCH);
	}
	assert_int_equal(child->results[STRANGERS + 1].x[0], 0);
	assert_int_equal(child->results[STRANGERS + 2].x[0], 4);
	assert_int_equal(find(2)->state, PROCESS_READING);
	assert_int_equal(world_call(SYS_kill, 2, 0, 0), 0);
	assert_int_equal(world_call_and_wait(SYS_wait, 2, ROOM, 0), 2);
}

/* The first process's own view: it has no parent, and no grandchild is its child. */
static void the_first_process_is_no_exception(void **state)
{
	static const struct twin_step steps[] = {WORLD_SPAWN, WORLD_CALL(wait, 0, ROOM, 0), WORLD_CALL(exit)};
	static const struct twin_step grandchild[] = {WORLD_CALL(read, 0, ROOM, 10), WORLD_CALL(exit)};

	(void)state;
	(void)WORLD_PLAYS(2, steps);
	(void)WORLD_PLAYS(3, grandchild);
	assert_int_equal(world_spawn(), 2);
	world_yield_until(2, PROCESS_WAITING);
	world_yield_until(3, PROCESS_READING);
	assert_int_equal((int64_t)world_call(SYS_kill, 1, 0, 0), -PANTHER_ESRCH);
	assert_int_equal((int64_t)world_call(SYS_kill, 3, 0, 0), -PANTHER_ESRCH);
	assert_int_equal((int64_t)world_call(SYS_wait, 3, ROOM, 0), -PANTHER_ESRCH);
	twin_console_type("x", 1);
	assert_int_equal(world_call_and_wait(SYS_wait, 2, ROOM, 0), 2);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(while_it_reads),
		TEST(while_it_sleeps),
		TEST(each_of_several_that_sleep),
		TEST(while_it_waits),
		TEST(while_it_spawns),
		TEST(while_its_spawn_fails),
		TEST(while_it_computes),
		TEST(while_its_call_is_about_to_go_on),
		TEST(when_it_has_ended_already),
		TEST(twice),
		TEST(nobody_but_ones_own_child_can_be_killed),
		TEST(the_first_process_is_no_exception),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
