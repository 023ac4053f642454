/*
 * core/loop.h: processes run until none is left, then two lines, then the machine is off.
 */
#include "core/loop.h"

#include "tests/unit/world.h"

static int setup(void **state)
{
	(void)state;
	world_reset(NULL);
	return 0;
}

/* Runs a first process that takes these steps, and whoever else there is. */
static enum twin_end play(const struct twin_step *steps, size_t count)
{
	(void)world_plays(1, steps, count);
	world_begin();
	return world_run();
}

static void without_a_process_the_machine_is_switched_off(void **state)
{
	(void)state;
	assert_int_equal(world_run(), TWIN_POWER_OFF);
	assert_string_equal(twin_console(), WORLD_CLOSING);
}

/* The twin aborts if the call goes another way than its firmware listens to. */
static void the_conduit_is_the_one_that_the_tree_named(void **state)
{
	static const enum hal_psci_conduit conduits[] = {HAL_PSCI_HVC, HAL_PSCI_SMC};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		const struct twin_options options = {.conduit = conduits[i]};

		world_reset(&options);
		kernel_facts.machine.psci = conduits[i];
		assert_int_equal(world_run(), TWIN_POWER_OFF);
		world_reset(&options);
		kernel_facts.machine.psci = conduits[1 - i];
		twin_expect_abort("conduit");
		assert_int_equal(world_run(), TWIN_ABORTED);
	}
}

static void only_the_last_line_is_a_verdict(void **state)
{
	(void)state;
	kernel.log.has_nonce = true;
	kernel.log.nonce = 99;
	assert_int_equal(world_run(), TWIN_POWER_OFF);
	assert_string_equal(twin_console(), "[BOOT] Kernel initialization complete\n[BOOT] Halting CPU... #99\n");
}

/* Calls that fail, a wait, and output: the process goes on after each, until it ends itself. */
static void a_process_runs_until_it_exits(void **state)
{
	static const struct twin_step steps[] = {
		{.kind = TWIN_SVC, .number = 99},
		{.kind = TWIN_SVC, .number = SYS_exit, .immediate = 1},
		{.kind = TWIN_TRAP, .trap = {.esr = 0x07e00001}},
		WORLD_CALL(write, 1, PROGRAM_CONSTANTS, 6),
		WORLD_CALL(exit),
	};

	(void)state;
	assert_int_equal(play(steps, 5), TWIN_POWER_OFF);
	assert_string_equal(twin_console(), "Hello " WORLD_CLOSING);
	world_assert_nothing_is_used();
}

static void a_process_that_faults_does_not_stop_the_others(void **state)
{
	static const struct twin_step first[] = {WORLD_SPAWN, WORLD_CALL(wait, 0, PROGRAM_DATA, 0), WORLD_CALL(exit)};
	static const struct twin_step second[] = {
		{.kind = TWIN_STORE, .address = PROGRAM_CONSTANTS + 8, .value = 1},
		WORLD_CALL(write, 1, PROGRAM_CONSTANTS, 6),
	};

	(void)state;
	(void)WORLD_PLAYS(2, second);
	assert_int_equal(play(first, 3), TWIN_POWER_OFF);
	assert_string_equal(twin_console(), "[KILL] pid=2 class=data-abort ec=0x24 iss=0x4f far=0x401008 "
					    "elr=0x400000\n" WORLD_CLOSING);
	world_assert_nothing_is_used();
}

/* The lines come after the memory of the last process is back, not before. */
static void nothing_is_left_at_the_end(void **state)
{
	static const struct twin_step steps[] = {WORLD_CALL(exit, 256)};

	(void)state;
	assert_int_equal(play(steps, 1), TWIN_POWER_OFF);
	world_assert_nothing_is_used();
}

/* With rights that no program may have: the twin aborts a return to EL0 with any other bit. */
static void no_program_returns_with_a_raised_pstate(void **state)
{
	static const struct twin_step steps[] = {
		{.kind = TWIN_MOVE, .target = 8, .value = 99},
		{.kind = TWIN_TRAP, .value = 0x3c5, .trap = {.esr = 0x07e00001}},
		{.kind = TWIN_TRAP, .value = ~(uint64_t)0, .trap = {.esr = 0x07e00001}},
		{.kind = TWIN_TRAP, .value = ~(uint64_t)0, .trap = {.esr = SYNDROME_SVC_0}},
		{.kind = TWIN_TRAP, .value = ~(uint64_t)0, .trap = {.kind = HAL_TRAP_IRQ}},
		WORLD_CALL(exit),
	};
	const struct world_player *player = WORLD_PLAYS(1, steps);

	(void)state;
	world_begin();
	assert_int_equal(world_run(), TWIN_POWER_OFF);
	assert_int_equal(player->script.recorded, 5);
	assert_int_equal(player->results[1].pstate, 0);
	for (size_t i = 2; i < 5; i++) {
		assert_int_equal(player->results[i].pstate, 0xf0000000);
	}
}

/* What a process has in PSTATE at EL0 if this is stored as its own. */
static uint64_t pstate_at_el0(uint64_t stored)
{
	struct hal_trap trap;

	world.process->context.pstate = stored;
	world.has_step = true;
	world.step = (struct twin_step){.kind = TWIN_SVC, .number = 99};
	loop_enter(world.process, &trap);
	return world.process->context.pstate;
}

/* Each bit alone, then all: modes, AArch32, interrupt masks, IL, SS, PAN, UAO stay away, whoever stored them. */
static void a_stored_pstate_is_masked_on_the_way_to_el0(void **state)
{
	static const struct {
		struct twin_options options;
		uint64_t mask;
	} cpus[] = {{{.cpu = TWIN_CPU_A72}, 0xf0000000}, {{.cpu = TWIN_CPU_MAX}, 0xf1001c00}};

	(void)state;
	for (size_t i = 0; i < sizeof(cpus) / sizeof(cpus[0]); i++) {
		world_reset(&cpus[i].options);
		world_begin();
		world_go_on_as(1);
		for (unsigned bit = 0; bit < 64; bit++) {
			assert_int_equal(pstate_at_el0((uint64_t)1 << bit), (uint64_t)1 << bit & cpus[i].mask);
		}
		assert_int_equal(pstate_at_el0(~(uint64_t)0), cpus[i].mask);
		kernel_facts.pstate_mask = 0;
		assert_int_equal(pstate_at_el0(~(uint64_t)0), 0);
	}
}

#define DEADLOCK "HALT[deadlock] every process waits, and nothing can wake one\n"

/* A machine whose UART has no interrupt brings no input. */
static void when_nothing_can_wake_anybody_the_kernel_says_so(void **state)
{
	static const struct twin_step steps[] = {WORLD_CALL(read, 0, PROGRAM_DATA, 1)};

	(void)state;
	kernel.input.is_listening = false;
	kernel.log.has_nonce = true;
	kernel.log.nonce = 5;
	assert_int_equal(play(steps, 1), TWIN_STOPPED);
	assert_string_equal(twin_console(), "HALT[deadlock] every process waits, and nothing can wake one #5\n");
}

/* One that sleeps will wake, and so may one that reads. */
static void who_can_still_wake_is_waited_for(void **state)
{
	static const struct twin_step first[] = {WORLD_SPAWN, WORLD_CALL(read, 0, PROGRAM_DATA, 1)};
	static const struct twin_step second[] = {WORLD_CALL(sleep, 1000000000), WORLD_CALL(exit)};

	(void)state;
	kernel.input.is_listening = false;
	(void)WORLD_PLAYS(2, second);
	assert_int_equal(play(first, 2), TWIN_STOPPED);
	assert_int_equal(hal_time_ticks(), TWIN_FIRST_TICK + WORLD_FREQUENCY);
	assert_string_equal(twin_console(), DEADLOCK);
	world_reset(NULL);
	twin_expect_abort("endless-wait");
	assert_int_equal(play(first + 1, 1), TWIN_ABORTED);
	assert_int_equal(twin_console_size(), 0);
}

/* Each waits for its child, and the last one for input that cannot come. */
static void a_chain_of_waiting_processes_is_found_out(void **state)
{
	static const struct twin_step waits[] = {WORLD_SPAWN, WORLD_CALL(wait, 0, PROGRAM_DATA, 0)};
	static const struct twin_step reads[] = {WORLD_CALL(read, 0, PROGRAM_DATA, 1)};

	(void)state;
	kernel.input.is_listening = false;
	(void)WORLD_PLAYS(2, waits);
	(void)WORLD_PLAYS(3, waits);
	(void)WORLD_PLAYS(4, reads);
	assert_int_equal(play(waits, 2), TWIN_STOPPED);
	assert_string_equal(twin_console(), DEADLOCK);
	assert_int_equal(kernel.processes.count, 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(without_a_process_the_machine_is_switched_off, setup),
		cmocka_unit_test_setup(the_conduit_is_the_one_that_the_tree_named, setup),
		cmocka_unit_test_setup(only_the_last_line_is_a_verdict, setup),
		cmocka_unit_test_setup(a_process_runs_until_it_exits, setup),
		cmocka_unit_test_setup(a_process_that_faults_does_not_stop_the_others, setup),
		cmocka_unit_test_setup(nothing_is_left_at_the_end, setup),
		cmocka_unit_test_setup(no_program_returns_with_a_raised_pstate, setup),
		cmocka_unit_test(a_stored_pstate_is_masked_on_the_way_to_el0),
		cmocka_unit_test_setup(when_nothing_can_wake_anybody_the_kernel_says_so, setup),
		cmocka_unit_test_setup(who_can_still_wake_is_waited_for, setup),
		cmocka_unit_test_setup(a_chain_of_waiting_processes_is_found_out, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
