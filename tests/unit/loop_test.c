/*
 * core/loop.h: processes run until none is left, then two lines, then the machine is off.
 */
#include "core/loop.h"

#include "abi/syscalls.h"
#include "tests/unit/expect_panic.h"
#include "tests/unit/world.h"

#define CLOSING "[BOOT] Kernel initialization complete\n[BOOT] Halting CPU...\n"

static void run(void *argument)
{
	(void)argument;
	loop_run();
}

static int setup(void **state)
{
	(void)state;
	world_reset(NULL);
	return 0;
}

/* Runs one process that takes these steps. */
static enum twin_end play(const struct twin_step *steps, size_t count)
{
	static struct twin_script script;

	script = (struct twin_script){.steps = steps, .count = count};
	assert_int_equal(world_create(&world.process), K_OK);
	twin_program(twin_script_driver, &script);
	scheduler_add(&kernel.scheduler, world.process);
	return twin_call(run, NULL);
}

static void without_a_process_the_machine_is_switched_off(void **state)
{
	(void)state;
	assert_int_equal(twin_call(run, NULL), TWIN_POWER_OFF);
	assert_string_equal(twin_console(), CLOSING);
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
		assert_int_equal(twin_call(run, NULL), TWIN_POWER_OFF);
		world_reset(&options);
		kernel_facts.machine.psci = conduits[1 - i];
		twin_expect_abort("conduit");
		assert_int_equal(twin_call(run, NULL), TWIN_ABORTED);
	}
}

static void only_the_last_line_is_a_verdict(void **state)
{
	(void)state;
	kernel.log.has_nonce = true;
	kernel.log.nonce = 99;
	assert_int_equal(twin_call(run, NULL), TWIN_POWER_OFF);
	assert_string_equal(twin_console(), "[BOOT] Kernel initialization complete\n[BOOT] Halting CPU... #99\n");
}

/* Calls that fail, a wait, and output: the process goes on after each, until it ends itself. */
static void a_process_runs_until_it_exits(void **state)
{
	const struct twin_step steps[] = {
		{.kind = TWIN_SVC, .number = 99},
		{.kind = TWIN_SVC, .number = SYS_exit, .immediate = 1},
		{.kind = TWIN_TRAP, .trap = {.esr = 0x07e00001}},
		{.kind = TWIN_SVC, .number = SYS_write, .arguments = {1, PROGRAM_CONSTANTS, 6}},
		{.kind = TWIN_SVC, .number = SYS_exit},
	};

	(void)state;
	assert_int_equal(play(steps, 5), TWIN_POWER_OFF);
	assert_string_equal(twin_console(), "Hello " CLOSING);
	world_assert_nothing_is_used();
}

static void a_process_that_faults_does_not_stop_the_kernel(void **state)
{
	const struct twin_step steps[] = {
		{.kind = TWIN_STORE, .address = PROGRAM_CONSTANTS + 8, .value = 1},
		{.kind = TWIN_SVC, .number = SYS_write, .arguments = {1, PROGRAM_CONSTANTS, 6}},
	};

	(void)state;
	assert_int_equal(play(steps, 2), TWIN_POWER_OFF);
	assert_string_equal(twin_console(),
			    "[KILL] pid=1 class=data-abort ec=0x24 iss=0x4f far=0x401008 elr=0x400000\n" CLOSING);
	world_assert_nothing_is_used();
}

/* The lines come after the memory of the last process is back, not before. */
static void nothing_is_left_at_the_end(void **state)
{
	const struct twin_step steps[] = {{.kind = TWIN_SVC, .number = SYS_exit, .arguments = {255}}};

	(void)state;
	assert_int_equal(play(steps, 1), TWIN_POWER_OFF);
	assert_null(kernel.scheduler.current);
	world_assert_nothing_is_used();
}

/* With rights that no program may have: the twin aborts a return to EL0 with any other bit. */
static void no_program_returns_with_a_raised_pstate(void **state)
{
	const struct twin_step steps[] = {
		{.kind = TWIN_TRAP, .value = 0x3c5, .trap = {.esr = 0x07e00001}},
		{.kind = TWIN_TRAP, .value = ~(uint64_t)0, .trap = {.esr = 0x07e00001}},
		{.kind = TWIN_TRAP, .value = ~(uint64_t)0, .trap = {.esr = SYNDROME_SVC_0}},
		{.kind = TWIN_SVC, .number = SYS_exit},
	};
	struct hal_context results[4];
	struct twin_script script = {.steps = steps, .count = 4, .results = results};

	(void)state;
	assert_int_equal(world_create(&world.process), K_OK);
	world.process->context.x[8] = 99;
	twin_program(twin_script_driver, &script);
	scheduler_add(&kernel.scheduler, world.process);
	assert_int_equal(twin_call(run, NULL), TWIN_POWER_OFF);
	assert_int_equal(script.recorded, 3);
	assert_int_equal(results[0].pstate, 0);
	assert_int_equal(results[1].pstate, 0xf0000000);
	assert_int_equal(results[2].pstate, 0xf0000000);
}

static void an_interrupt_ends_in_a_panic(void **state)
{
	static const struct twin_step steps[] = {{.kind = TWIN_TRAP, .trap = {.kind = HAL_TRAP_IRQ}}};
	static struct twin_script script = {.steps = steps, .count = 1};

	(void)state;
	assert_int_equal(world_create(&world.process), K_OK);
	twin_program(twin_script_driver, &script);
	scheduler_add(&kernel.scheduler, world.process);
	expect_panic("vector", run, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(without_a_process_the_machine_is_switched_off, setup),
		cmocka_unit_test_setup(the_conduit_is_the_one_that_the_tree_named, setup),
		cmocka_unit_test_setup(only_the_last_line_is_a_verdict, setup),
		cmocka_unit_test_setup(a_process_runs_until_it_exits, setup),
		cmocka_unit_test_setup(a_process_that_faults_does_not_stop_the_kernel, setup),
		cmocka_unit_test_setup(nothing_is_left_at_the_end, setup),
		cmocka_unit_test_setup(no_program_returns_with_a_raised_pstate, setup),
		cmocka_unit_test_setup(an_interrupt_ends_in_a_panic, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
