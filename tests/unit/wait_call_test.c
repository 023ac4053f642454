/*
 * sys_wait (core/syscall/wait.c): who may wait for whom, and what it is told.
 */
#include "abi/errno.h"
#include "tests/unit/world.h"

#define ROOM PROGRAM_DATA
#define NO_BLOCK PANTHER_WAIT_NO_BLOCK

static void mark(void)
{
	uint8_t bytes[4096];

	memset(bytes, 0xee, sizeof(bytes));
	world_poke(ROOM, bytes, sizeof(bytes));
}

/* What wait has written, and not a byte beside it. */
static struct panther_exit told_at(uint64_t address)
{
	uint8_t bytes[4096];
	struct panther_exit end;

	world_peek(ROOM, bytes, sizeof(bytes));
	memcpy(&end, bytes + (address - ROOM), sizeof(end));
	memset(bytes + (address - ROOM), 0xee, sizeof(end));
	for (size_t i = 0; i < sizeof(bytes); i++) {
		assert_int_equal(bytes[i], 0xee);
	}
	return end;
}

static void assert_told(uint32_t reason, uint32_t code)
{
	const struct panther_exit end = told_at(ROOM);

	assert_int_equal(end.reason, reason);
	assert_int_equal(end.code, code);
}

static void assert_room_is_untouched(void)
{
	uint8_t bytes[4096];

	world_peek(ROOM, bytes, sizeof(bytes));
	for (size_t i = 0; i < sizeof(bytes); i++) {
		assert_int_equal(bytes[i], 0xee);
	}
}

static void assert_refused(int64_t error, uint64_t pid, uint64_t address, uint64_t flags)
{
	struct world_counts before = world_count();

	mark();
	assert_int_equal((int64_t)world_call(SYS_wait, pid, address, flags), error);
	assert_int_equal(world.process->state, PROCESS_RUNNING);
	assert_room_is_untouched();
	world_assert_counts(&before);
}

static const struct twin_step exit_7[] = {WORLD_CALL(exit, 7)};
static const struct twin_step exit_9[] = {WORLD_CALL(exit, 9)};

/* A child that has ended by the time that this returns, and that nobody has waited for. */
static void have_ended_child(uint64_t pid)
{
	(void)WORLD_PLAYS(pid, exit_7);
	assert_int_equal(world_spawn(), pid);
	world_yield_until(pid, PROCESS_ENDED);
}

static void the_end_of_a_child_is_told_and_the_child_is_gone(void **state)
{
	const struct world_counts before = world_count();

	(void)state;
	have_ended_child(2);
	mark();
	assert_int_equal(world_call(SYS_wait, 2, ROOM, 0), 2);
	assert_int_equal(world.process->state, PROCESS_RUNNING);
	assert_told(PANTHER_ENDED_EXIT, 7);
	world_assert_counts(&before);
	assert_refused(-PANTHER_ESRCH, 2, ROOM, 0);
	assert_refused(-PANTHER_ECHILD, 0, ROOM, 0);
}

static void who_waits_is_woken_by_the_end(void **state)
{
	static const struct twin_step child[] = {WORLD_CALL(sleep, 1000000), WORLD_CALL(exit, 42)};
	const struct world_counts before = world_count();
	struct hal_context context;

	(void)state;
	for (uint64_t any = 0; any < 2; any++) {
		uint64_t pid = any == 0 ? 2 : 128 + 2;

		(void)WORLD_PLAYS(pid, child);
		assert_int_equal(world_spawn(), pid);
		mark();
		assert_int_equal(world_call(SYS_wait, any != 0 ? 0 : pid, ROOM, 0), any != 0 ? 0 : pid);
		assert_int_equal(world.process->state, PROCESS_WAITING);
		context = world.process->context;
		world_go_on_as(1);
		context.x[0] = pid;
		assert_memory_equal(&world.process->context, &context, sizeof(context));
		assert_told(PANTHER_ENDED_EXIT, 42);
		world_assert_counts(&before);
	}
}

/* A child that faults; its line is on the console. */
static void a_fault_is_told_with_its_class(void **state)
{
	static const struct twin_step child[] = {{.kind = TWIN_LOAD, .address = 0}};
	const struct world_counts before = world_count();

	(void)state;
	(void)WORLD_PLAYS(2, child);
	assert_int_equal(world_spawn(), 2);
	mark();
	assert_int_equal(world_call_and_wait(SYS_wait, 0, ROOM, 0), 2);
	assert_told(PANTHER_ENDED_FAULT, 0x24);
	assert_string_equal(twin_console(), "[KILL] pid=2 class=data-abort ec=0x24 iss=0x6 far=0x0 elr=0x400000\n");
	world_assert_counts(&before);
}

static void waiting_for_one_passes_over_the_others(void **state)
{
	static const struct twin_step slow[] = {WORLD_CALL(sleep, 5000000), WORLD_CALL(exit, 1)};

	(void)state;
	(void)WORLD_PLAYS(2, exit_7);
	(void)WORLD_PLAYS(3, slow);
	(void)WORLD_PLAYS(4, exit_9);
	assert_int_equal(world_spawn(), 2);
	assert_int_equal(world_spawn(), 3);
	assert_int_equal(world_spawn(), 4);
	mark();
	assert_int_equal(world_call_and_wait(SYS_wait, 3, ROOM, 0), 3);
	assert_told(PANTHER_ENDED_EXIT, 1);
	assert_int_equal(world.process->children, 2);
	assert_int_equal(world_call(SYS_wait, 4, ROOM, 0), 4);
	assert_told(PANTHER_ENDED_EXIT, 9);
	assert_int_equal(world_call(SYS_wait, 2, ROOM, 0), 2);
	assert_told(PANTHER_ENDED_EXIT, 7);
}

static void any_child_is_whichever_has_ended(void **state)
{
	static const struct twin_step slow[] = {WORLD_CALL(sleep, 5000000), WORLD_CALL(exit, 1)};

	(void)state;
	(void)WORLD_PLAYS(2, slow);
	(void)WORLD_PLAYS(3, exit_9);
	assert_int_equal(world_spawn(), 2);
	assert_int_equal(world_spawn(), 3);
	assert_int_equal(world_call_and_wait(SYS_wait, 0, ROOM, 0), 3);
	assert_int_equal(world_call_and_wait(SYS_wait, 0, ROOM, 0), 2);
	assert_refused(-PANTHER_ECHILD, 0, ROOM, 0);
}

static void who_will_not_wait_is_told_to_try_again(void **state)
{
	static const struct twin_step child[] = {WORLD_CALL(sleep, 1000000), WORLD_CALL(exit, 3)};

	(void)state;
	(void)WORLD_PLAYS(2, child);
	assert_int_equal(world_spawn(), 2);
	assert_refused(-PANTHER_EAGAIN, 2, ROOM, NO_BLOCK);
	assert_refused(-PANTHER_EAGAIN, 0, ROOM, NO_BLOCK);
	assert_int_equal(world_call(SYS_sleep, 2000000, 0, 0), 0);
	world_go_on_as(1);
	world_yield();
	assert_int_equal(world_call(SYS_wait, 0, ROOM, NO_BLOCK), 2);
}

/* attacks A29. */
static void every_other_flag_is_refused(void **state)
{
	(void)state;
	have_ended_child(2);
	for (unsigned bit = 1; bit < 64; bit++) {
		assert_refused(-PANTHER_EINVAL, 2, ROOM, (uint64_t)1 << bit);
		assert_refused(-PANTHER_EINVAL, 2, ROOM, (uint64_t)1 << bit | NO_BLOCK);
	}
	assert_int_equal(world_call(SYS_wait, 2, ROOM, NO_BLOCK), 2);
}

/* attacks A44: the child is not lost. */
static void a_bad_address_leaves_the_child(void **state)
{
	static const uint64_t addresses[] = {
		0,
		PROGRAM_CODE,
		PROGRAM_CONSTANTS,
		PANTHER_USER_TOP - 8,
		PANTHER_USER_TOP - 7,
		PANTHER_USER_TOP,
		0xffffffc000000000,
		0xffffff8001000000,
		(uint64_t)1 << 56 | ROOM,
		~(uint64_t)0,
		~(uint64_t)7,
	};

	(void)state;
	have_ended_child(2);
	for (size_t i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++) {
		assert_refused(-PANTHER_EFAULT, 2, addresses[i], 0);
		assert_refused(-PANTHER_EFAULT, 0, addresses[i], NO_BLOCK);
		assert_int_equal(process_table_find(&kernel.processes, 2)->state, PROCESS_ENDED);
	}
	/* The second half would lie on a page that is not there. */
	assert_int_equal((int64_t)world_call(SYS_wait, 2, ROOM + 4092, 0), -PANTHER_EFAULT);
	mark();
	assert_int_equal(world_call(SYS_wait, 2, ROOM + 4088, 0), 2);
	assert_int_equal(told_at(ROOM + 4088).code, 7);
}

/* It is found out when there is something to tell. */
static void a_bad_address_is_told_to_who_has_waited(void **state)
{
	static const struct twin_step child[] = {WORLD_CALL(sleep, 1000000), WORLD_CALL(exit, 3)};

	(void)state;
	(void)WORLD_PLAYS(2, child);
	assert_int_equal(world_spawn(), 2);
	assert_int_equal((int64_t)world_call_and_wait(SYS_wait, 0, PROGRAM_CONSTANTS, 0), -PANTHER_EFAULT);
	assert_int_equal(world_call(SYS_wait, 2, ROOM, 0), 2);
}

static void the_address_need_not_be_aligned(void **state)
{
	(void)state;
	for (uint64_t offset = 1; offset < 8; offset++) {
		uint64_t pid = 128 * (offset - 1) + 2;

		have_ended_child(pid);
		mark();
		assert_int_equal(world_call(SYS_wait, pid, ROOM + offset, 0), pid);
		assert_int_equal(told_at(ROOM + offset).code, 7);
	}
}

static void checks_come_in_order(void **state)
{
	(void)state;
	assert_refused(-PANTHER_EINVAL, 99, ~(uint64_t)0, 2);
	assert_refused(-PANTHER_EINVAL, 0, ~(uint64_t)0, 2);
	assert_refused(-PANTHER_EFAULT, 99, ~(uint64_t)0, 0);
	assert_refused(-PANTHER_EFAULT, 0, ~(uint64_t)0, 0);
	assert_refused(-PANTHER_ESRCH, 99, ROOM, NO_BLOCK);
	assert_refused(-PANTHER_ECHILD, 0, ROOM, NO_BLOCK);
}

/* attacks A30: the first process, oneself, ids that nobody has, or had, or that are another's. */
static void only_ones_own_children_can_be_waited_for(void **state)
{
	static const uint64_t strangers[] = {
		1, 3, 2, 4, 120, 127, 128, 129, 130, 131, ~(uint64_t)0, (uint64_t)1 << 63, 1UL << 32 | 3};
	static struct twin_step steps[16];
	static const struct twin_step grandchild[] = {WORLD_CALL(read, 0, ROOM, 1), WORLD_CALL(exit)};
	const struct world_player *child;
	size_t count = sizeof(strangers) / sizeof(strangers[0]);

	(void)state;
	/* 2 is spawned first; 3 asks about everybody. 4 would be its child, if it had one. */
	(void)WORLD_PLAYS(2, grandchild);
	for (size_t i = 0; i < count; i++) {
		steps[i] = (struct twin_step)WORLD_CALL(wait, strangers[i], ROOM, NO_BLOCK);
	}
	steps[count] = (struct twin_step)WORLD_CALL(exit);
	child = world_plays(3, steps, count + 1);
	assert_int_equal(world_spawn(), 2);
	assert_int_equal(world_spawn(), 3);
	assert_int_equal(world_call_and_wait(SYS_wait, 3, ROOM, 0), 3);
	for (size_t i = 0; i < count; i++) {
		assert_int_equal((int64_t)child->results[i].x[0], -PANTHER_ESRCH);
	}
	twin_console_type("x", 1);
	assert_int_equal(world_call_and_wait(SYS_wait, 2, ROOM, 0), 2);
}

/* The slot has a new owner, which is not the child that the old id meant. */
static void an_old_id_never_means_a_new_child(void **state)
{
	(void)state;
	for (uint64_t generation = 0; generation < 5; generation++) {
		uint64_t pid = generation * 128 + 2;

		have_ended_child(pid);
		if (generation > 0) {
			assert_refused(-PANTHER_ESRCH, pid - 128, ROOM, 0);
			assert_refused(-PANTHER_ESRCH, 2, ROOM, 0);
		}
		assert_refused(-PANTHER_ESRCH, pid + 128, ROOM, 0);
		assert_int_equal(world_call(SYS_wait, pid, ROOM, 0), pid);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_end_of_a_child_is_told_and_the_child_is_gone),
		TEST(who_waits_is_woken_by_the_end),
		TEST(a_fault_is_told_with_its_class),
		TEST(waiting_for_one_passes_over_the_others),
		TEST(any_child_is_whichever_has_ended),
		TEST(who_will_not_wait_is_told_to_try_again),
		TEST(every_other_flag_is_refused),
		TEST(a_bad_address_leaves_the_child),
		TEST(a_bad_address_is_told_to_who_has_waited),
		TEST(the_address_need_not_be_aligned),
		TEST(checks_come_in_order),
		TEST(only_ones_own_children_can_be_waited_for),
		TEST(an_old_id_never_means_a_new_child),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
