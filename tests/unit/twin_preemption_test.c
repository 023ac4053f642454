/*
 * Programs of the twin that are interrupted, and a kernel that waits for that.
 */
#include "hal_host/interrupt.h"
#include "tests/unit/twin_interrupts.h"

static void assert_interrupted(struct hal_trap trap)
{
	assert_int_equal(trap.kind, HAL_TRAP_IRQ);
	/* UNKNOWN after an interrupt: nobody may take them for something. */
	assert_int_not_equal(trap.esr, 0);
	assert_int_not_equal(trap.far, 0);
}

/* Entering. */

static void test_a_pending_interrupt_comes_before_the_first_step(void **state)
{
	static const struct twin_step step = {.kind = TWIN_SVC, .number = 5};
	struct hal_context context = fixture_context();
	struct hal_context before;

	(void)state;
	hal_interrupt_enable(LOW);
	raise_low(NULL);
	play(&step, 1);
	context.x[8] = 0x88;
	context.pstate = 0x60000000;
	before = context;
	assert_interrupted(run(&context));
	assert_memory_equal(&context, &before, sizeof(context));
	assert_int_equal(script.next, 0);
	/* The space is live all the same. */
	assert_int_equal(twin_live_space()->root.value, ROOT);
	twin_interrupt_lower(LOW);
	assert_int_equal(run(&context).kind, HAL_TRAP_SYNC);
	assert_int_equal(context.x[8], 5);
}

static void test_an_interrupt_comes_before_a_fault_of_the_next_instruction(void **state)
{
	struct hal_context context = {.pc = UNMAPPED};

	(void)state;
	hal_interrupt_enable(LOW);
	raise_low(NULL);
	assert_interrupted(run(&context));
	twin_interrupt_lower(LOW);
	assert_int_equal(run(&context).esr, ESR(INSTRUCTION_ABORT, 0x07));
}

static void test_what_is_not_enabled_interrupts_nobody(void **state)
{
	static const struct twin_step step = {.kind = TWIN_SVC};

	(void)state;
	hal_interrupt_enable(LOW + 1);
	raise_low(NULL);
	assert_int_equal(run_step(&step).kind, HAL_TRAP_SYNC);
}

static void test_an_interrupt_comes_between_steps(void **state)
{
	static const struct twin_step steps[] = {
		{.kind = TWIN_MOVE, .target = 3, .value = 33, .before = raise_low},
		{.kind = TWIN_MOVE, .target = 4, .value = 44},
	};
	struct hal_context context = fixture_context();

	(void)state;
	hal_interrupt_enable(LOW);
	play(steps, 2);
	assert_interrupted(run(&context));
	assert_int_equal(context.x[3], 33);
	assert_int_equal(context.x[4], 0);
	assert_int_equal(context.pc, CODE + 4);
}

/* Spinning and computing. */

static void test_a_spinning_program_is_interrupted_by_the_timer(void **state)
{
	static const struct twin_step steps[] = {{.kind = TWIN_SPIN}, {.kind = TWIN_SVC, .number = 7}};
	struct hal_context context = fixture_context();

	(void)state;
	hal_interrupt_enable(TWIN_TIMER_INTERRUPT);
	hal_timer_set(hal_time_ticks() + 500);
	play(steps, 2);
	assert_interrupted(run(&context));
	assert_int_equal(hal_time_ticks(), TWIN_FIRST_TICK + 500);
	assert_int_equal(context.pc, CODE);
	/* And again, until the timer is set. */
	assert_interrupted(run(&context));
	hal_timer_set(UINT64_MAX);
	run(&context);
	assert_int_equal(context.x[8], 7);
}

static void test_a_spinning_program_is_interrupted_by_the_world(void **state)
{
	static const struct twin_step step = {.kind = TWIN_SPIN};

	(void)state;
	hal_interrupt_enable(LOW);
	/* The timer's interrupt is not enabled: its deadline passes. */
	hal_timer_set(hal_time_ticks() + 10);
	twin_at(40, raise_low, NULL);
	assert_interrupted(run_step(&step));
	assert_int_equal(hal_time_ticks(), TWIN_FIRST_TICK + 40);
}

static void test_spinning_with_the_timer_masked_aborts(void **state)
{
	static const struct twin_step step = {.kind = TWIN_SPIN};
	struct hal_context context = fixture_context();

	(void)state;
	hal_timer_set(hal_time_ticks() + 10);
	play(&step, 1);
	expect_abort("endless", run_context, &context);
}

static void test_computing_takes_its_time(void **state)
{
	static const struct twin_step steps[] = {{.kind = TWIN_PASS, .value = 100}, {.kind = TWIN_SVC}};
	struct hal_context context = fixture_context();

	(void)state;
	play(steps, 2);
	assert_int_equal(run(&context).kind, HAL_TRAP_SYNC);
	assert_int_equal(hal_time_ticks(), TWIN_FIRST_TICK + 100);
}

static void nothing(void *unused)
{
	(void)unused;
}

static void test_computing_goes_on_after_an_interrupt(void **state)
{
	static const struct twin_step steps[] = {{.kind = TWIN_PASS, .value = 100}, {.kind = TWIN_SVC, .number = 9}};
	struct hal_context context = fixture_context();

	(void)state;
	hal_interrupt_enable(TWIN_TIMER_INTERRUPT);
	/* What else happens later does not delay it. */
	twin_at(45, nothing, NULL);
	play(steps, 2);
	for (uint64_t slice = 1; slice <= 3; slice++) {
		hal_timer_set(TWIN_FIRST_TICK + 30 * slice);
		assert_interrupted(run(&context));
		assert_int_equal(hal_time_ticks(), TWIN_FIRST_TICK + 30 * slice);
		assert_int_equal(context.pc, CODE);
	}
	hal_timer_set(TWIN_FIRST_TICK + 101);
	assert_int_equal(run(&context).kind, HAL_TRAP_SYNC);
	assert_int_equal(hal_time_ticks(), TWIN_FIRST_TICK + 100);
	assert_int_equal(context.x[8], 9);
}

static void test_an_interrupt_at_the_last_tick_comes_after_the_computing(void **state)
{
	static const struct twin_step steps[] = {{.kind = TWIN_PASS, .value = 100}, {.kind = TWIN_SVC}};
	struct hal_context context = fixture_context();

	(void)state;
	hal_interrupt_enable(TWIN_TIMER_INTERRUPT);
	hal_timer_set(TWIN_FIRST_TICK + 100);
	play(steps, 2);
	assert_interrupted(run(&context));
	assert_int_equal(context.pc, CODE + 4);
}

static void test_a_program_that_is_sent_elsewhere_computes_no_more(void **state)
{
	static const struct twin_step steps[] = {{.kind = TWIN_PASS, .value = 100}, {.kind = TWIN_SVC, .number = 9}};
	struct hal_context context = fixture_context();

	(void)state;
	hal_interrupt_enable(TWIN_TIMER_INTERRUPT);
	hal_timer_set(TWIN_FIRST_TICK + 30);
	play(steps, 2);
	assert_interrupted(run(&context));
	hal_timer_set(UINT64_MAX);
	context.pc += 8;
	run(&context);
	assert_int_equal(hal_time_ticks(), TWIN_FIRST_TICK + 30);
	assert_int_equal(context.x[8], 9);
}

static void test_steps_take_what_they_are_told_to(void **state)
{
	static const struct twin_step steps[] = {{.kind = TWIN_MOVE}, {.kind = TWIN_SVC}, {.kind = TWIN_SVC}};
	struct hal_context context = fixture_context();

	(void)state;
	hal_interrupt_enable(TWIN_TIMER_INTERRUPT);
	twin_step_ticks(5);
	/* Two steps and the branch back from the first one. */
	play(steps, 3);
	hal_timer_set(TWIN_FIRST_TICK + 15);
	assert_int_equal(run(&context).kind, HAL_TRAP_SYNC);
	assert_int_equal(hal_time_ticks(), TWIN_FIRST_TICK + 15);
	assert_interrupted(run(&context));
	setup(state);
	assert_int_equal(run_step(&steps[1]).kind, HAL_TRAP_SYNC);
	assert_int_equal(hal_time_ticks(), TWIN_FIRST_TICK);
}

/* Waiting. */

static void test_waiting_ends_at_the_next_interrupt(void **state)
{
	(void)state;
	hal_interrupt_enable(TWIN_TIMER_INTERRUPT);
	hal_timer_set(TWIN_FIRST_TICK + 70);
	hal_wait_for_interrupt();
	assert_int_equal(hal_time_ticks(), TWIN_FIRST_TICK + 70);
	/* It is pending, so there is no need to wait. */
	hal_wait_for_interrupt();
	assert_int_equal(hal_time_ticks(), TWIN_FIRST_TICK + 70);
	assert_int_equal(hal_interrupt_claim(), TWIN_TIMER_INTERRUPT);
}

static void test_waiting_goes_from_event_to_event(void **state)
{
	(void)state;
	hal_interrupt_enable(LOW);
	twin_at(10, nothing, NULL);
	twin_at(20, raise_low, NULL);
	twin_at(30, nothing, NULL);
	hal_wait_for_interrupt();
	assert_int_equal(hal_time_ticks(), TWIN_FIRST_TICK + 20);
	assert_int_equal(hal_interrupt_claim(), LOW);
}

static void test_waiting_for_nothing_aborts(void **state)
{
	(void)state;
	expect_abort("endless-wait", wait, NULL);
	/* What is not enabled wakes nobody. */
	hal_timer_set(hal_time_ticks() + 1);
	twin_at(5, raise_low, NULL);
	expect_abort("endless-wait", wait, NULL);
}

/* Spurious interrupts. */

static void test_a_spurious_interrupt_is_gone_when_it_is_claimed(void **state)
{
	static const struct twin_step step = {.kind = TWIN_SVC};
	struct hal_context context = fixture_context();

	(void)state;
	hal_interrupt_enable(LOW);
	twin_interrupt_spurious();
	play(&step, 1);
	assert_interrupted(run(&context));
	raise_low(NULL);
	assert_int_equal(hal_interrupt_claim(), HAL_INTERRUPT_NONE);
	assert_int_equal(hal_interrupt_claim(), LOW);
	twin_interrupt_lower(LOW);
	hal_interrupt_complete(LOW);
	/* Once only. */
	assert_int_equal(run(&context).kind, HAL_TRAP_SYNC);
}

static void test_a_wait_may_end_for_nothing(void **state)
{
	(void)state;
	twin_interrupt_spurious();
	hal_wait_for_interrupt();
	assert_int_equal(hal_time_ticks(), TWIN_FIRST_TICK);
	assert_int_equal(hal_interrupt_claim(), HAL_INTERRUPT_NONE);
	expect_abort("endless-wait", wait, NULL);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_a_pending_interrupt_comes_before_the_first_step, setup),
		cmocka_unit_test_setup(test_an_interrupt_comes_before_a_fault_of_the_next_instruction, setup),
		cmocka_unit_test_setup(test_what_is_not_enabled_interrupts_nobody, setup),
		cmocka_unit_test_setup(test_an_interrupt_comes_between_steps, setup),
		cmocka_unit_test_setup(test_a_spinning_program_is_interrupted_by_the_timer, setup),
		cmocka_unit_test_setup(test_a_spinning_program_is_interrupted_by_the_world, setup),
		cmocka_unit_test_setup(test_spinning_with_the_timer_masked_aborts, setup),
		cmocka_unit_test_setup(test_computing_takes_its_time, setup),
		cmocka_unit_test_setup(test_computing_goes_on_after_an_interrupt, setup),
		cmocka_unit_test_setup(test_an_interrupt_at_the_last_tick_comes_after_the_computing, setup),
		cmocka_unit_test_setup(test_a_program_that_is_sent_elsewhere_computes_no_more, setup),
		cmocka_unit_test_setup(test_steps_take_what_they_are_told_to, setup),
		cmocka_unit_test_setup(test_waiting_ends_at_the_next_interrupt, setup),
		cmocka_unit_test_setup(test_waiting_goes_from_event_to_event, setup),
		cmocka_unit_test_setup(test_waiting_for_nothing_aborts, setup),
		cmocka_unit_test_setup(test_a_spurious_interrupt_is_gone_when_it_is_claimed, setup),
		cmocka_unit_test_setup(test_a_wait_may_end_for_nothing, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
