/*
 * core/process/scheduler.h: what is exchanged when another process gets the CPU: FP registers, thread pointer, address
 * space. Programs look for what is not theirs.
 */
#include "tests/unit/world.h"

#define ROOM PROGRAM_DATA
#define YIELD WORLD_CALL(yield)
#define FP_LOAD(register, number) {.kind = TWIN_FP_LOAD, .target = (register), .value = (number)}
#define FP_STORE(register) {.kind = TWIN_FP_STORE, .target = (register)}
#define SET_POINTER(number) {.kind = TWIN_MOVE, .target = TWIN_REGISTER_THREAD_POINTER, .value = (number)}
#define GET_POINTER {.kind = TWIN_READ_THREAD_POINTER}

static int setup(void **state)
{
	(void)state;
	world_reset_with(NULL, 8);
	return 0;
}

/* Runs all that was said to the end. */
static void run(void)
{
	world_begin();
	assert_int_equal(world_run(), TWIN_POWER_OFF);
	world_assert_nothing_is_used();
}

static void fp_registers_are_zero_at_first(void **state)
{
	static const struct twin_step steps[] = {FP_STORE(0), FP_STORE(31), FP_LOAD(7, 77), FP_STORE(7),
						 WORLD_CALL(exit)};
	const struct world_player *player = WORLD_PLAYS(1, steps);

	(void)state;
	run();
	assert_int_equal(player->results[0].x[0], 0);
	assert_int_equal(player->results[1].x[0], 0);
	assert_int_equal(player->results[3].x[0], 77);
}

/* The instruction that trapped is run again, and the program sees nothing of it. */
static void the_first_use_is_invisible(void **state)
{
	static const struct twin_step steps[] = {WORLD_CALL(getpid), FP_LOAD(1, 1), WORLD_CALL(exit)};
	const struct world_player *player = WORLD_PLAYS(1, steps);
	struct hal_context expected;

	(void)state;
	run();
	expected = player->results[0];
	expected.pc = player->results[1].pc;
	assert_memory_equal(&player->results[1], &expected, sizeof(expected));
	assert_int_equal(twin_console_size(), strlen(WORLD_CLOSING));
}

/* Each has values of its own, across turns of the others. 4 uses none, and 5 starts late. */
static void each_process_has_its_own_fp_registers(void **state)
{
	static const struct twin_step first[] = {WORLD_SPAWN,
						 WORLD_SPAWN,
						 WORLD_SPAWN,
						 FP_LOAD(3, 0x111),
						 YIELD,
						 FP_STORE(3),
						 YIELD,
						 FP_STORE(3),
						 WORLD_CALL(wait, 0, ROOM),
						 WORLD_CALL(wait, 0, ROOM),
						 WORLD_CALL(wait, 0, ROOM),
						 FP_STORE(3),
						 FP_STORE(4),
						 WORLD_CALL(exit)};
	static const struct twin_step second[] = {FP_LOAD(3, 0x222), YIELD, FP_STORE(3), YIELD,
						  FP_LOAD(4, 0x223), YIELD, FP_STORE(3), FP_STORE(4),
						  WORLD_CALL(exit)};
	static const struct twin_step third[] = {YIELD, YIELD, YIELD, YIELD, WORLD_CALL(exit)};
	static const struct twin_step fourth[] = {YIELD, YIELD,	      FP_STORE(3),     FP_STORE(4),
						  YIELD, FP_STORE(3), WORLD_CALL(exit)};
	const struct world_player *players[] = {WORLD_PLAYS(1, first), WORLD_PLAYS(2, second), WORLD_PLAYS(3, third),
						WORLD_PLAYS(4, fourth)};

	(void)state;
	run();
	assert_int_equal(players[0]->results[5].x[0], 0x111);
	assert_int_equal(players[0]->results[7].x[0], 0x111);
	assert_int_equal(players[0]->results[11].x[0], 0x111);
	assert_int_equal(players[0]->results[12].x[0], 0);
	assert_int_equal(players[1]->results[2].x[0], 0x222);
	assert_int_equal(players[1]->results[6].x[0], 0x222);
	assert_int_equal(players[1]->results[7].x[0], 0x223);
	assert_int_equal(players[3]->results[2].x[0], 0);
	assert_int_equal(players[3]->results[3].x[0], 0);
	assert_int_equal(players[3]->results[5].x[0], 0);
}

/* It ends with its values in the CPU: nobody finds them, and they are not written to where they would have gone. */
static void the_dead_leave_no_fp_registers(void **state)
{
	static const struct twin_step first[] = {WORLD_SPAWN,	  WORLD_CALL(wait, 0, ROOM), FP_STORE(3),
						 WORLD_SPAWN,	  WORLD_CALL(wait, 0, ROOM), FP_STORE(3),
						 WORLD_CALL(exit)};
	static const struct twin_step exits[] = {FP_LOAD(3, 0x5ec4e7), WORLD_CALL(exit)};
	static const struct twin_step faults[] = {FP_LOAD(3, 0x5ec4e7), {.kind = TWIN_UNDEFINED}};
	const struct world_player *player = WORLD_PLAYS(1, first);

	(void)state;
	(void)WORLD_PLAYS(2, exits);
	(void)WORLD_PLAYS(130, faults);
	run();
	assert_int_equal(player->results[2].x[0], 0);
	assert_int_equal(player->results[5].x[0], 0);
}

static void a_thread_pointer_is_zero_at_first_and_stays_with_its_process(void **state)
{
	static const struct twin_step first[] = {GET_POINTER, SET_POINTER(0x1111), WORLD_SPAWN,
						 YIELD,	      GET_POINTER,	   WORLD_CALL(wait, 0, ROOM),
						 GET_POINTER, WORLD_SPAWN,	   WORLD_CALL(wait, 0, ROOM),
						 GET_POINTER, WORLD_CALL(exit)};
	static const struct twin_step second[] = {GET_POINTER, SET_POINTER(0x2222), YIELD, GET_POINTER,
						  WORLD_CALL(exit)};
	const struct world_player *players[] = {WORLD_PLAYS(1, first), WORLD_PLAYS(2, second),
						WORLD_PLAYS(130, second)};

	(void)state;
	run();
	assert_int_equal(players[0]->results[0].x[0], 0);
	assert_int_equal(players[0]->results[4].x[0], 0x1111);
	assert_int_equal(players[0]->results[6].x[0], 0x1111);
	assert_int_equal(players[0]->results[9].x[0], 0x1111);
	for (size_t i = 1; i < 3; i++) {
		assert_int_equal(players[i]->results[0].x[0], 0);
		assert_int_equal(players[i]->results[3].x[0], 0x2222);
	}
}

/* A call that is gone on with, too, belongs to a process whose registers must be there when it is back at EL0. */
static void they_are_there_after_a_call_that_waited(void **state)
{
	static const struct twin_step first[] = {SET_POINTER(0x1111),
						 FP_LOAD(2, 0x11),
						 WORLD_SPAWN,
						 WORLD_CALL(read, 0, ROOM, 1),
						 GET_POINTER,
						 FP_STORE(2),
						 WORLD_CALL(wait, 0, ROOM),
						 GET_POINTER,
						 FP_STORE(2),
						 WORLD_CALL(exit)};
	static const struct twin_step second[] = {SET_POINTER(0x2222), FP_LOAD(2, 0x22), WORLD_CALL(sleep, 1000000),
						  GET_POINTER,	       FP_STORE(2),	 WORLD_CALL(exit)};
	const struct world_player *players[] = {WORLD_PLAYS(1, first), WORLD_PLAYS(2, second)};

	(void)state;
	twin_console_type("x", 1);
	run();
	assert_int_equal(players[0]->results[4].x[0], 0x1111);
	assert_int_equal(players[0]->results[5].x[0], 0x11);
	assert_int_equal(players[0]->results[7].x[0], 0x1111);
	assert_int_equal(players[0]->results[8].x[0], 0x11);
	assert_int_equal(players[1]->results[3].x[0], 0x2222);
	assert_int_equal(players[1]->results[4].x[0], 0x22);
}

#define SENTINELS 24

/* More processes than there are tags, each with a page of its own at the same address. Six turns for each. */
static void each_process_sees_its_own_page_when_tags_run_out(void **state)
{
	static struct twin_step first[2 * SENTINELS + 1];
	static struct twin_step steps[SENTINELS][14];
	const struct world_player *players[SENTINELS];

	(void)state;
	assert_true(SENTINELS > 1U << WORLD_ASID_BITS);
	for (unsigned i = 0; i < SENTINELS; i++) {
		first[i] = (struct twin_step)WORLD_SPAWN;
		first[SENTINELS + i] = (struct twin_step)WORLD_CALL(wait, 0, ROOM);
		steps[i][0] = (struct twin_step){.kind = TWIN_STORE, .address = ROOM + 8, .value = 0xa000 + i};
		for (unsigned j = 2; j < 12; j += 2) {
			steps[i][j] = (struct twin_step)YIELD;
			steps[i][j + 1] = (struct twin_step){.kind = TWIN_LOAD, .address = ROOM + 8};
		}
		/* Until all are there. */
		steps[i][1] = (struct twin_step)WORLD_CALL(sleep, 50000000);
		steps[i][12] = (struct twin_step)WORLD_CALL(write, 1, ROOM + 8, 1);
		steps[i][13] = (struct twin_step)WORLD_CALL(exit);
		players[i] = world_plays(i + 2, steps[i], 14);
	}
	first[2 * SENTINELS] = (struct twin_step)WORLD_CALL(exit);
	(void)world_plays(1, first, 2 * SENTINELS + 1);
	run();
	for (unsigned i = 0; i < SENTINELS; i++) {
		for (unsigned j = 2; j < 12; j += 2) {
			assert_int_equal(players[i]->results[j + 1].x[0], 0xa000 + i);
		}
	}
	for (unsigned i = 0; i < SENTINELS; i++) {
		assert_non_null(memchr(twin_console(), (int)i, SENTINELS));
	}
	/* 24 processes with six turns each, and 15 tags. */
	assert_true(kernel.scheduler.asids.generation > 6);
}

/* One after the other, many more than there are tags: none finds what the one before it had there. */
static void tags_come_back_without_what_was_behind_them(void **state)
{
	static const struct twin_step steps[] = {{.kind = TWIN_LOAD, .address = ROOM + 8},
						 {.kind = TWIN_STORE, .address = ROOM + 8, .value = 0x5ec4e7},
						 WORLD_CALL(exit)};

	(void)state;
	world_setup(NULL);
	for (uint64_t i = 0; i < 40; i++) {
		const struct world_player *player = WORLD_PLAYS(128 * i + 2, steps);

		assert_int_equal(world_spawn(), 128 * i + 2);
		assert_int_equal(world_call_and_wait(SYS_wait, 0, ROOM, 0), 128 * i + 2);
		assert_int_equal(player->results[0].x[0], 0);
	}
	assert_true(kernel.scheduler.asids.generation > 2);
	world_teardown(NULL);
}

/*
 * The twin aborts if a process runs with other keys than its own ("keys"). Three take turns, one of them uses FP
 * registers, another ends and a new one comes after it.
 */
static void each_process_runs_with_its_own_keys(void **state)
{
	static const struct twin_options max = {.cpu = TWIN_CPU_MAX};
	static const struct twin_step first[] = {WORLD_SPAWN,
						 WORLD_SPAWN,
						 YIELD,
						 WORLD_CALL(wait, 0, ROOM),
						 YIELD,
						 WORLD_SPAWN,
						 YIELD,
						 WORLD_CALL(wait, 0, ROOM),
						 WORLD_CALL(wait, 0, ROOM),
						 WORLD_CALL(exit)};
	static const struct twin_step second[] = {FP_LOAD(3, 0x222), YIELD, FP_STORE(3), WORLD_CALL(exit)};
	static const struct twin_step third[] = {YIELD, YIELD, YIELD, YIELD, YIELD, WORLD_CALL(exit)};
	const struct world_player *player;

	(void)state;
	world_reset_with(&max, 8);
	(void)WORLD_PLAYS(1, first);
	player = WORLD_PLAYS(2, second);
	(void)WORLD_PLAYS(3, third);
	(void)WORLD_PLAYS(130, third);
	run();
	assert_int_equal(player->results[2].x[0], 0x222);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(fp_registers_are_zero_at_first, setup),
		cmocka_unit_test_setup(the_first_use_is_invisible, setup),
		cmocka_unit_test_setup(each_process_has_its_own_fp_registers, setup),
		cmocka_unit_test_setup(the_dead_leave_no_fp_registers, setup),
		cmocka_unit_test_setup(a_thread_pointer_is_zero_at_first_and_stays_with_its_process, setup),
		cmocka_unit_test_setup(they_are_there_after_a_call_that_waited, setup),
		cmocka_unit_test_setup(each_process_sees_its_own_page_when_tags_run_out, setup),
		cmocka_unit_test(each_process_runs_with_its_own_keys),
		cmocka_unit_test(tags_come_back_without_what_was_behind_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
