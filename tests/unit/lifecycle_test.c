/*
 * core/process/lifecycle.h: what becomes of those that lose their parent, and of the first process.
 */
#include "core/process/lifecycle.h"

#include "abi/errno.h"
#include "tests/unit/world.h"

#define ROOM PROGRAM_DATA
#define SAY_HELLO WORLD_CALL(write, 1, PROGRAM_CONSTANTS, 5)
/* Milliseconds since boot. */
#define SLEEP(time) WORLD_CALL(sleep, (time) * 1000000)

static struct process *find(uint64_t pid)
{
	return process_table_find(&kernel.processes, pid);
}

static int setup(void **state)
{
	(void)state;
	world_reset(NULL);
	return 0;
}

/* 2 has a child, 3, and ends while that sleeps until ten milliseconds. */
static const struct twin_step parent[] = {WORLD_SPAWN, WORLD_CALL(exit, 6)};
static const struct twin_step orphan[] = {SLEEP(10), WORLD_CALL(exit, 8)};

static void have_orphan(void)
{
	(void)WORLD_PLAYS(2, parent);
	(void)WORLD_PLAYS(3, orphan);
	assert_int_equal(world_spawn(), 2);
	world_yield_until(2, PROCESS_ENDED);
	assert_int_equal(world_call(SYS_wait, 2, ROOM, 0), 2);
	assert_int_equal(find(3)->state, PROCESS_SLEEPING);
}

static void an_orphan_becomes_the_first_processs_child(void **state)
{
	const struct world_counts before = world_count();
	struct panther_exit end;

	(void)state;
	have_orphan();
	assert_ptr_equal(find(3)->parent, world.process);
	assert_int_equal(world.process->children, 1);
	assert_int_equal((int64_t)world_call(SYS_wait, 3, ROOM, PANTHER_WAIT_NO_BLOCK), -PANTHER_EAGAIN);
	assert_int_equal(world_call_and_wait(SYS_wait, 0, ROOM, 0), 3);
	world_peek(ROOM, &end, sizeof(end));
	assert_int_equal(end.code, 8);
	world_assert_counts(&before);
}

static void an_orphan_can_be_killed_by_the_first_process(void **state)
{
	const struct world_counts before = world_count();

	(void)state;
	have_orphan();
	assert_int_equal(world_call(SYS_kill, 3, 0, 0), 0);
	assert_int_equal(world_call_and_wait(SYS_wait, 3, ROOM, 0), 3);
	world_assert_counts(&before);
}

/* The kernel does not keep it for somebody who may never ask. */
static void an_orphan_that_nobody_waits_for_vanishes(void **state)
{
	const struct world_counts before = world_count();

	(void)state;
	have_orphan();
	assert_int_equal(world_call(SYS_sleep, 20000000, 0, 0), 0);
	world_go_on_as(1);
	assert_null(find(3));
	world_assert_counts(&before);
	assert_int_equal((int64_t)world_call(SYS_wait, 0, ROOM, 0), -PANTHER_ECHILD);
}

/* But one's own child is kept until one asks. */
static void a_child_that_nobody_waits_for_stays(void **state)
{
	(void)state;
	(void)WORLD_PLAYS(2, orphan);
	assert_int_equal(world_spawn(), 2);
	assert_int_equal(world_call(SYS_sleep, 2000000000, 0, 0), 0);
	world_go_on_as(1);
	assert_int_equal(find(2)->state, PROCESS_ENDED);
	/* With nothing but the object itself. */
	assert_int_equal(kernel.frames.free_count, WORLD_FRAMES - WORLD_PROCESS_FRAMES);
	assert_int_equal(world_call(SYS_wait, 2, ROOM, 0), 2);
}

/* Who waits for another child is not told about it either. */
static void an_orphan_vanishes_while_another_is_waited_for(void **state)
{
	static const struct twin_step other[] = {SLEEP(30), WORLD_CALL(exit)};

	(void)state;
	have_orphan();
	(void)WORLD_PLAYS(130, other);
	assert_int_equal(world_spawn(), 130);
	assert_int_equal(world_call_and_wait(SYS_wait, 130, ROOM, 0), 130);
	assert_null(find(3));
	assert_int_equal(world.process->children, 0);
}

/* It ended while the first process waited, so it was kept for it; but nobody could be told. */
static void an_orphan_vanishes_if_the_wait_for_it_fails(void **state)
{
	const struct world_counts before = world_count();

	(void)state;
	have_orphan();
	assert_int_equal((int64_t)world_call_and_wait(SYS_wait, 0, PROGRAM_CONSTANTS, 0), -PANTHER_EFAULT);
	assert_null(find(3));
	assert_false(world.process->has_adopted);
	world_assert_counts(&before);
}

/* A wait is answered with one child; the other that ended meanwhile is an orphan, and not kept for the next wait. */
static void an_orphan_vanishes_when_the_wait_is_answered_with_another(void **state)
{
	static const struct twin_step other[] = {SLEEP(10), WORLD_CALL(exit)};

	(void)state;
	(void)WORLD_PLAYS(2, other);
	assert_int_equal(world_spawn(), 2);
	(void)WORLD_PLAYS(3, parent);
	(void)WORLD_PLAYS(4, other);
	assert_int_equal(world_spawn(), 3);
	world_yield_until(3, PROCESS_ENDED);
	assert_int_equal(world_call(SYS_wait, 3, ROOM, 0), 3);
	assert_true(world.process->has_adopted);
	assert_int_equal(world_call_and_wait(SYS_wait, 0, ROOM, 0), 2);
	assert_int_equal(world_call(SYS_sleep, 40000000, 0, 0), 0);
	world_go_on_as(1);
	assert_int_equal(kernel.processes.count, 1);
	assert_int_equal(world.process->children, 0);
}

/* 3 and 4 have ended, and 2 ends without having asked: they are gone as well, or told to who waits. */
static void ended_children_of_one_that_ends(void **state)
{
	static const struct twin_step steps[] = {WORLD_SPAWN, WORLD_SPAWN, SLEEP(10), WORLD_CALL(exit)};
	static const struct twin_step short_life[] = {WORLD_CALL(exit, 4)};

	(void)state;
	for (unsigned waits = 0; waits < 2; waits++) {
		struct world_counts before;

		world_setup(NULL);
		before = world_count();
		(void)WORLD_PLAYS(2, steps);
		(void)WORLD_PLAYS(3, short_life);
		(void)WORLD_PLAYS(4, short_life);
		assert_int_equal(world_spawn(), 2);
		if (waits == 0) {
			assert_int_equal(world_call(SYS_sleep, 20000000, 0, 0), 0);
			world_go_on_as(1);
		} else {
			assert_int_equal(world_call_and_wait(SYS_wait, 0, ROOM, 0), 3);
		}
		assert_null(find(3));
		assert_null(find(4));
		assert_int_equal(world_call_and_wait(SYS_wait, 0, ROOM, 0), 2);
		world_assert_counts(&before);
		world_teardown(NULL);
	}
	world_setup(NULL);
}

/* The first process may end before the others: they go on, and the machine is switched off after the last. */
static void the_first_process_need_not_be_the_last(void **state)
{
	static const struct twin_step first[] = {WORLD_SPAWN, WORLD_CALL(exit)};
	static const struct twin_step second[] = {WORLD_SPAWN, SLEEP(10), SAY_HELLO, WORLD_CALL(exit, 1)};
	static const struct twin_step third[] = {SLEEP(20), SAY_HELLO, {.kind = TWIN_LOAD}};

	(void)state;
	(void)WORLD_PLAYS(1, first);
	(void)WORLD_PLAYS(2, second);
	(void)WORLD_PLAYS(3, third);
	world_begin();
	assert_int_equal(world_run(), TWIN_POWER_OFF);
	assert_string_equal(twin_console(), "HelloHello[KILL] pid=3 class=data-abort ec=0x24 iss=0x6 far=0x0 "
					    "elr=0x400000\n" WORLD_CLOSING);
	world_assert_nothing_is_used();
}

/* Whoever has its place in the table then is not the first process: it does not inherit. */
static void nobody_takes_the_first_processs_place(void **state)
{
	static const struct twin_step first[] = {WORLD_SPAWN, WORLD_CALL(exit)};
	static const struct twin_step second[] = {SLEEP(10),	       WORLD_SPAWN, WORLD_SPAWN,
						  WORLD_CALL(kill, 3), SLEEP(40),   WORLD_CALL(exit, 9)};
	static const struct twin_step third[] = {SLEEP(20), WORLD_CALL(exit, 1)};
	static const struct twin_step fault[] = {{.kind = TWIN_UNDEFINED}};
	const struct world_player *player;

	(void)state;
	(void)WORLD_PLAYS(1, first);
	player = WORLD_PLAYS(2, second);
	(void)WORLD_PLAYS(129, third);
	(void)WORLD_PLAYS(3, fault);
	world_begin();
	assert_int_equal(world_run(), TWIN_POWER_OFF);
	assert_int_equal(player->results[1].x[0], 129);
	assert_int_equal(player->results[2].x[0], 3);
	world_assert_nothing_is_used();
}

static void assert_boot_failed(const struct twin_step *steps, size_t count, const char *line)
{
	world_reset(NULL);
	(void)world_plays(1, steps, count);
	world_begin();
	assert_int_equal(world_run(), TWIN_STOPPED);
	assert_string_equal(twin_console(), line);
}

static void a_first_process_that_ends_badly_fails_the_boot(void **state)
{
	static const struct twin_step statuses[] = {WORLD_CALL(exit, 1), WORLD_CALL(exit, 255),
						    WORLD_CALL(exit, 0x180)};
	static const struct twin_step fault[] = {{.kind = TWIN_UNDEFINED}};

	(void)state;
	assert_boot_failed(&statuses[0], 1, "BOOTFAIL[init] program ended with status 1\n");
	assert_boot_failed(&statuses[1], 1, "BOOTFAIL[init] program ended with status 255\n");
	assert_boot_failed(&statuses[2], 1, "BOOTFAIL[init] program ended with status 128\n");
	assert_boot_failed(fault, 1,
			   "[KILL] pid=1 class=undefined ec=0x00 iss=0x0 far=- elr=0x400000\n"
			   "BOOTFAIL[init] program was stopped by a fault\n");
}

/* Its memory runs out while it is being loaded. */
static void a_first_process_that_does_not_load_fails_the_boot(void **state)
{
	phys_addr frame;

	(void)state;
	world_begin();
	while (kernel.frames.free_count > 3) {
		assert_int_equal(frames_allocate(&kernel.frames, &frame), K_OK);
	}
	hal_interrupt_enable(57);
	twin_interrupt_raise(57);
	assert_int_equal(world_run(), TWIN_STOPPED);
	assert_string_equal(twin_console(), "BOOTFAIL[init] program: out of memory\n");
	/* Interrupts had their chance although nothing was ever at EL0. */
	assert_int_equal(kernel.spurious_interrupts, 1);
}

static void what_cannot_begin_leaves_nothing(void **state)
{
	struct process_order order = world_order();

	(void)state;
	order.program = &kernel_facts.archive.programs[1];
	assert_int_equal(lifecycle_begin(&order), K_ENOEXEC);
	world_assert_nothing_is_used();
	order.program = &kernel_facts.archive.programs[2];
	assert_int_equal(lifecycle_begin(&order), K_ENOMEM);
	world_assert_nothing_is_used();
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_orphan_becomes_the_first_processs_child),
		TEST(an_orphan_can_be_killed_by_the_first_process),
		TEST(an_orphan_that_nobody_waits_for_vanishes),
		TEST(a_child_that_nobody_waits_for_stays),
		TEST(an_orphan_vanishes_while_another_is_waited_for),
		TEST(an_orphan_vanishes_if_the_wait_for_it_fails),
		TEST(an_orphan_vanishes_when_the_wait_is_answered_with_another),
		TEST(ended_children_of_one_that_ends),
		cmocka_unit_test_setup(the_first_process_need_not_be_the_last, setup),
		cmocka_unit_test_setup(nobody_takes_the_first_processs_place, setup),
		cmocka_unit_test(a_first_process_that_ends_badly_fails_the_boot),
		cmocka_unit_test_setup(a_first_process_that_does_not_load_fails_the_boot, setup),
		cmocka_unit_test_setup(what_cannot_begin_leaves_nothing, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
