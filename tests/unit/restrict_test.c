/*
 * core/syscall/identity.c: who one is, and what one gives up.
 */
#include "abi/errno.h"
#include "tests/unit/world.h"

#define ROOM PROGRAM_DATA

static uint64_t restrict_to(uint64_t calls)
{
	return world_call(SYS_restrict, calls, 0, 0);
}

static void everybody_knows_its_id(void **state)
{
	static const struct twin_step child[] = {WORLD_CALL(getpid), WORLD_CALL(exit)};
	const struct world_player *players[] = {WORLD_PLAYS(2, child), WORLD_PLAYS(130, child)};

	(void)state;
	assert_int_equal(world_call(SYS_getpid, 5, 6, 7), 1);
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(world_spawn(), players[i]->pid);
		assert_int_equal(world_call_and_wait(SYS_wait, 0, ROOM, 0), players[i]->pid);
		assert_int_equal(players[i]->results[0].x[0], players[i]->pid);
	}
}

/* Each call alone, and only that one. */
static void what_is_given_up_is_refused(void **state)
{
	(void)state;
	for (uint64_t number = 1; number < syscall_count; number++) {
		world.process->calls = SYSCALLS_ALL;
		assert_int_equal(restrict_to(SYSCALLS_ALL & ~PANTHER_CALL_BIT(number)), 0);
		assert_int_equal((int64_t)world_call(number, 0, 0, 0), -PANTHER_EPERM);
		assert_int_equal(world.process->state, PROCESS_RUNNING);
		assert_int_equal(world.process->calls, SYSCALLS_ALL & ~PANTHER_CALL_BIT(number));
	}
	world.process->calls = SYSCALLS_ALL;
}

static void what_is_given_up_does_not_come_back(void **state)
{
	(void)state;
	assert_int_equal(restrict_to(PANTHER_CALL_BIT(SYS_restrict) | PANTHER_CALL_BIT(SYS_getpid)), 0);
	assert_int_equal(restrict_to(SYSCALLS_ALL), 0);
	assert_int_equal((int64_t)world_call(SYS_clock, 0, 0, 0), -PANTHER_EPERM);
	assert_int_equal(world_call(SYS_getpid, 0, 0, 0), 1);
	assert_int_equal(restrict_to(0), 0);
	assert_int_equal((int64_t)restrict_to(SYSCALLS_ALL), -PANTHER_EPERM);
	assert_int_equal((int64_t)world_call(SYS_getpid, 0, 0, 0), -PANTHER_EPERM);
}

/* exit works for who has nothing else; the teardown calls it. */
static void exit_cannot_be_given_up(void **state)
{
	(void)state;
	assert_int_equal(restrict_to(0), 0);
	assert_int_equal(world.process->calls, PANTHER_CALL_BIT(SYS_exit));
}

/* attacks A29. */
static void calls_that_do_not_exist_are_refused(void **state)
{
	(void)state;
	for (unsigned bit = syscall_count; bit < 64; bit++) {
		assert_int_equal((int64_t)restrict_to((uint64_t)1 << bit), -PANTHER_EINVAL);
		assert_int_equal((int64_t)restrict_to(SYSCALLS_ALL | (uint64_t)1 << bit), -PANTHER_EINVAL);
	}
	assert_int_equal((int64_t)restrict_to(~(uint64_t)0), -PANTHER_EINVAL);
	assert_int_equal(world.process->calls, SYSCALLS_ALL);
}

/* A child has what its parent has left, and can be given no more. */
static void children_inherit_what_is_left(void **state)
{
	static const struct twin_step child[] = {WORLD_CALL(clock), WORLD_CALL(restrict, SYSCALLS_ALL),
						 WORLD_CALL(clock), WORLD_CALL(write, 1, PROGRAM_CONSTANTS, 5),
						 WORLD_CALL(exit)};
	const struct world_player *player = WORLD_PLAYS(2, child);

	(void)state;
	assert_int_equal(restrict_to(SYSCALLS_ALL & ~PANTHER_CALL_BIT(SYS_clock)), 0);
	assert_int_equal(world_spawn(), 2);
	assert_int_equal(world_call_and_wait(SYS_wait, 2, ROOM, 0), 2);
	assert_int_equal((int64_t)player->results[0].x[0], -PANTHER_EPERM);
	assert_int_equal(player->results[1].x[0], 0);
	assert_int_equal((int64_t)player->results[2].x[0], -PANTHER_EPERM);
	assert_int_equal(player->results[3].x[0], 5);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(everybody_knows_its_id),
		TEST(what_is_given_up_is_refused),
		TEST(what_is_given_up_does_not_come_back),
		TEST(exit_cannot_be_given_up),
		TEST(calls_that_do_not_exist_are_refused),
		TEST(children_inherit_what_is_left),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
