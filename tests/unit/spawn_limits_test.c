/*
 * core/syscall/spawn.c: a child may do no more than its parent, and no more than it was given.
 */
#include "abi/errno.h"
#include "tests/unit/spawn_fixture.h"

#define ROOM PROGRAM_DATA

static const struct twin_step exit_0[] = {WORLD_CALL(exit)};

static uint64_t spawn_with(uint64_t calls, uint64_t frames_max, uint64_t children_max, uint64_t flags)
{
	struct request request = request_for("program");

	request.options = (struct panther_spawn_request){calls, frames_max, children_max, flags};
	return request_spawn(&request);
}

static void assert_refused(int64_t error, uint64_t calls, uint64_t frames_max, uint64_t children_max, uint64_t flags)
{
	const struct world_counts before = world_count();

	assert_int_equal((int64_t)spawn_with(calls, frames_max, children_max, flags), error);
	world_assert_counts(&before);
}

static struct process *child_of(uint64_t pid)
{
	return process_table_find(&kernel.processes, pid);
}

static void a_child_inherits_what_its_parent_has(void **state)
{
	(void)state;
	world.process->calls = SYSCALLS_ALL & ~PANTHER_CALL_BIT(SYS_kill);
	world.process->space.frames_max = 300;
	world.process->children_max = 17;
	assert_int_equal(world_spawn(), 2);
	assert_int_equal(child_of(2)->calls, SYSCALLS_ALL & ~PANTHER_CALL_BIT(SYS_kill));
	assert_int_equal(child_of(2)->space.frames_max, 300);
	assert_int_equal(child_of(2)->children_max, 17);
	assert_int_equal(child_of(2)->children, 0);
	finish_child(2);
}

static void otherwise_it_gets_what_the_request_says(void **state)
{
	(void)state;
	assert_int_equal(spawn_with(PANTHER_CALL_BIT(SYS_write) | PANTHER_CALL_BIT(SYS_read), 40, 3, 0), 2);
	/* exit is always there. */
	assert_int_equal(child_of(2)->calls, 0x7);
	assert_int_equal(child_of(2)->space.frames_max, 40);
	assert_int_equal(child_of(2)->children_max, 3);
	finish_child(2);
	assert_int_equal(spawn_with(0, WORLD_FRAMES, PANTHER_PROCESSES_MAX, 0), 130);
	assert_int_equal(child_of(130)->calls, 0x1);
	finish_child(130);
}

/* Whoever inherits asks for nothing else, not by any bit. */
static void who_inherits_has_no_wishes(void **state)
{
	(void)state;
	for (unsigned bit = 0; bit < 64; bit++) {
		assert_refused(-PANTHER_EINVAL, (uint64_t)1 << bit, 0, 0, PANTHER_SPAWN_INHERIT);
		assert_refused(-PANTHER_EINVAL, 0, (uint64_t)1 << bit, 0, PANTHER_SPAWN_INHERIT);
		assert_refused(-PANTHER_EINVAL, 0, 0, (uint64_t)1 << bit, PANTHER_SPAWN_INHERIT);
	}
	assert_refused(-PANTHER_EINVAL, world.process->calls, world.process->space.frames_max,
		       world.process->children_max, PANTHER_SPAWN_INHERIT);
	assert_int_equal(spawn_with(0, 0, 0, PANTHER_SPAWN_INHERIT), 2);
	finish_child(2);
}

/* attacks A29: reserved bits, of flags and of calls that do not exist. */
static void reserved_bits_are_refused(void **state)
{
	(void)state;
	for (unsigned bit = 0; bit < 64; bit++) {
		uint64_t flags = (uint64_t)1 << bit;

		assert_refused(-PANTHER_EINVAL, SYSCALLS_ALL, 100, 1, flags);
		assert_refused(-PANTHER_EINVAL, SYSCALLS_ALL, 100, 1, flags | PANTHER_SPAWN_INHERIT);
		if (bit != 0) {
			assert_refused(-PANTHER_EINVAL, 0, 0, 0, flags);
			assert_refused(-PANTHER_EINVAL, 0, 0, 0, flags | PANTHER_SPAWN_INHERIT);
		}
		if (bit >= syscall_count) {
			assert_refused(-PANTHER_EINVAL, SYSCALLS_ALL | (uint64_t)1 << bit, 100, 1, 0);
			assert_refused(-PANTHER_EINVAL, (uint64_t)1 << bit, ~(uint64_t)0, ~(uint64_t)0, 0);
		}
	}
}

/* Each call that the parent has given up. */
static void a_call_that_the_parent_may_not_make_is_not_its_to_give(void **state)
{
	(void)state;
	for (unsigned number = 1; number < syscall_count; number++) {
		uint64_t bit = PANTHER_CALL_BIT(number);

		world.process->calls = SYSCALLS_ALL & ~bit;
		if (number != SYS_spawn) {
			assert_refused(-PANTHER_EPERM, SYSCALLS_ALL, 100, 1, 0);
			assert_refused(-PANTHER_EPERM, bit, 100, 1, 0);
		}
		world.process->calls = SYSCALLS_ALL;
	}
	assert_refused(-PANTHER_EINVAL, ~(uint64_t)0, 100, 1, 0);
}

/* All 64 bits of a limit count. */
static void no_limit_is_larger_than_the_parents(void **state)
{
	(void)state;
	world.process->space.frames_max = 400;
	world.process->children_max = 5;
	assert_refused(-PANTHER_EPERM, SYSCALLS_ALL, 401, 5, 0);
	assert_refused(-PANTHER_EPERM, SYSCALLS_ALL, 400, 6, 0);
	for (unsigned bit = 9; bit < 64; bit++) {
		assert_refused(-PANTHER_EPERM, SYSCALLS_ALL, (uint64_t)1 << bit | 100, 5, 0);
		assert_refused(-PANTHER_EPERM, SYSCALLS_ALL, 100, (uint64_t)1 << bit | 5, 0);
	}
	assert_refused(-PANTHER_EPERM, SYSCALLS_ALL, ~(uint64_t)0, 5, 0);
	assert_refused(-PANTHER_EPERM, SYSCALLS_ALL, 400, ~(uint64_t)0, 0);
	assert_int_equal(spawn_with(SYSCALLS_ALL, 400, 5, 0), 2);
	finish_child(2);
}

/* The child's own limit, from nothing up to what it needs: refused with all counts back. */
static void a_limit_that_is_too_low_for_the_program(void **state)
{
	(void)state;
	for (uint64_t limit = 0; limit < WORLD_PROCESS_FRAMES; limit++) {
		assert_refused(-PANTHER_ENOMEM, SYSCALLS_ALL, limit, 0, 0);
	}
	for (unsigned i = 0; i < 3; i++) {
		uint64_t pid = spawn_with(SYSCALLS_ALL, WORLD_PROCESS_FRAMES, 0, 0);

		assert_int_equal(pid % 128, 2);
		assert_int_equal(child_of(pid)->space.frames_used, WORLD_PROCESS_FRAMES);
		finish_child(pid);
	}
}

/* Its memory is its own account: that of its parent is as before. */
static void a_child_does_not_count_against_its_parents_memory(void **state)
{
	uint64_t used = world.process->space.frames_used;

	(void)state;
	world.process->space.frames_max = (uint32_t)used;
	assert_int_equal(spawn_with(SYSCALLS_ALL, used, 0, 0), 2);
	assert_int_equal(world.process->space.frames_used, used);
	finish_child(2);
}

static void there_are_as_many_children_as_there_may_be(void **state)
{
	struct world_counts counts;

	(void)state;
	world.process->children_max = 2;
	assert_int_equal(world_spawn(), 2);
	assert_int_equal(world_spawn(), 3);
	counts = world_count();
	assert_int_equal((int64_t)world_call(SYS_spawn, WORLD_REQUEST, WORLD_REQUEST_SIZE, 0), -PANTHER_EAGAIN);
	world_assert_counts(&counts);
	/* One that has ended counts until it is waited for. */
	(void)WORLD_PLAYS(2, exit_0);
	world_yield_until(2, PROCESS_ENDED);
	assert_int_equal((int64_t)world_call(SYS_spawn, WORLD_REQUEST, WORLD_REQUEST_SIZE, 0), -PANTHER_EAGAIN);
	assert_int_equal(world_call(SYS_wait, 2, ROOM, 0), 2);
	assert_int_equal(world_spawn(), 130);
	finish_child(130);
	finish_child(3);
}

/* A child that may have none cannot have any, whatever calls it may make. */
static void a_child_without_children_spawns_none(void **state)
{
	static const struct twin_step steps[] = {WORLD_SPAWN, WORLD_CALL(exit)};
	const struct world_player *player = WORLD_PLAYS(2, steps);

	(void)state;
	assert_int_equal(spawn_with(SYSCALLS_ALL, 100, 0, 0), 2);
	assert_int_equal(world_call_and_wait(SYS_wait, 2, ROOM, 0), 2);
	assert_int_equal((int64_t)player->results[0].x[0], -PANTHER_EAGAIN);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, request_setup, world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_child_inherits_what_its_parent_has),
		TEST(otherwise_it_gets_what_the_request_says),
		TEST(who_inherits_has_no_wishes),
		TEST(reserved_bits_are_refused),
		TEST(a_call_that_the_parent_may_not_make_is_not_its_to_give),
		TEST(no_limit_is_larger_than_the_parents),
		TEST(a_limit_that_is_too_low_for_the_program),
		TEST(a_child_does_not_count_against_its_parents_memory),
		TEST(there_are_as_many_children_as_there_may_be),
		TEST(a_child_without_children_spawns_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
