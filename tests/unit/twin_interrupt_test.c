/*
 * The twin's interrupt controller: what is pending, and what the kernel owes it.
 */
#include "hal_host/interrupt.h"

#include "hal/console.h"
#include "tests/unit/twin_interrupts.h"

/* Attaching. */

static void attach(void *given)
{
	(void)hal_interrupts_attach(given);
}

static void test_attach_wants_the_pages_of_a_gicv2(void **state)
{
	struct hal_interrupt_controller given = controller;
	struct hal_interrupt_controller swapped = controller;
	struct hal_interrupt_controller unmapped = controller;

	fixture_setup(state);
	map_controller();
	swapped.distributor = controller.cpu_interface;
	swapped.cpu_interface = controller.distributor;
	expect_abort("device-page", attach, &swapped);
	unmapped.distributor.value += 0x2000;
	expect_abort("device-page", attach, &unmapped);
	unmapped = controller;
	unmapped.cpu_interface = controller.distributor;
	expect_abort("device-page", attach, &unmapped);
	given.version = 3;
	expect_abort("controller", attach, &given);
	given.version = 0;
	expect_abort("controller", attach, &given);
	given.version = 2;
	assert_true(hal_interrupts_attach(&given));
	expect_abort("controller", attach, &given);
}

static void test_a_machine_may_have_none(void **state)
{
	static const struct twin_options options = {.no_controller = true};

	(void)state;
	fixture_reset(&options);
	map_controller();
	assert_false(hal_interrupts_attach(&controller));
	expect_abort("controller", claim, NULL);
}

static void enable(void *number)
{
	hal_interrupt_enable(*(uint32_t *)number);
}

static void disable(void *number)
{
	hal_interrupt_disable(*(uint32_t *)number);
}

static void test_nothing_works_before_attach(void **state)
{
	uint32_t number = LOW;

	fixture_setup(state);
	expect_abort("controller", enable, &number);
	expect_abort("controller", disable, &number);
	expect_abort("controller", claim, NULL);
}

static void test_only_ppis_and_spis_can_be_enabled(void **state)
{
	uint32_t bad[] = {0, 15, 1020, 1023, UINT32_MAX};
	uint32_t good[] = {16, 1019};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		expect_abort("controller", enable, &bad[i]);
		expect_abort("controller", disable, &bad[i]);
	}
	for (size_t i = 0; i < 2; i++) {
		assert_false(twin_interrupt_is_enabled(good[i]));
		enable(&good[i]);
		assert_true(twin_interrupt_is_enabled(good[i]));
		disable(&good[i]);
		assert_false(twin_interrupt_is_enabled(good[i]));
	}
	assert_false(twin_interrupt_is_enabled(1020));
}

/* Claiming. */

static void test_the_lowest_pending_number_comes_first(void **state)
{
	static const uint32_t numbers[] = {HIGH, LOW, LOW + 1};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		hal_interrupt_enable(numbers[i]);
		twin_interrupt_raise(numbers[i]);
	}
	assert_int_equal(hal_interrupt_claim(), LOW);
	twin_interrupt_lower(LOW);
	hal_interrupt_complete(LOW);
	assert_int_equal(hal_interrupt_claim(), LOW + 1);
	twin_interrupt_lower(LOW + 1);
	hal_interrupt_complete(LOW + 1);
	assert_int_equal(hal_interrupt_claim(), HIGH);
	twin_interrupt_lower(HIGH);
	hal_interrupt_complete(HIGH);
	assert_int_equal(hal_interrupt_claim(), HAL_INTERRUPT_NONE);
	/* Nothing was claimed, so nothing is active. */
	assert_int_equal(hal_interrupt_claim(), HAL_INTERRUPT_NONE);
}

static void test_what_is_not_enabled_is_invisible(void **state)
{
	(void)state;
	hal_interrupt_enable(LOW + 1);
	twin_interrupt_raise(LOW);
	assert_int_equal(hal_interrupt_claim(), HAL_INTERRUPT_NONE);
	hal_interrupt_enable(LOW);
	assert_int_equal(hal_interrupt_claim(), LOW);
	hal_interrupt_complete(LOW);
	hal_interrupt_disable(LOW);
	assert_int_equal(hal_interrupt_claim(), HAL_INTERRUPT_NONE);
}

static void test_every_number_works(void **state)
{
	(void)state;
	for (uint32_t number = 16; number < 1020; number++) {
		hal_interrupt_enable(number);
		twin_interrupt_raise(number);
		assert_int_equal(hal_interrupt_claim(), number);
		twin_interrupt_lower(number);
		hal_interrupt_complete(number);
	}
}

static void test_a_stuck_interrupt_comes_again(void **state)
{
	(void)state;
	hal_interrupt_enable(LOW);
	twin_interrupt_raise(LOW);
	for (unsigned times = 0; times < 3; times++) {
		assert_int_equal(hal_interrupt_claim(), LOW);
		hal_interrupt_complete(LOW);
	}
}

static void test_interrupts_do_not_outlive_a_reset(void **state)
{
	hal_interrupt_enable(LOW);
	twin_interrupt_raise(LOW);
	claim(NULL);
	setup(state);
	hal_interrupt_enable(LOW);
	assert_int_equal(hal_interrupt_claim(), HAL_INTERRUPT_NONE);
}

static void claim_often(void *times)
{
	for (uint32_t i = 0; i < *(uint32_t *)times; i++) {
		claim(NULL);
	}
}

static void test_who_waits_does_not_ask_over_and_over(void **state)
{
	struct hal_context context = fixture_context();
	uint32_t many = 65536;
	uint32_t fewer = many - 1;

	(void)state;
	twin_program(fixture_driver, NULL);
	hal_interrupt_enable(LOW);
	claim_often(&fewer);
	twin_interrupt_spurious();
	wait(NULL);
	claim_often(&fewer);
	twin_interrupt_spurious();
	run_context(&context);
	claim_often(&fewer);
	raise_low(NULL);
	assert_int_equal(hal_interrupt_claim(), LOW);
	twin_interrupt_lower(LOW);
	hal_interrupt_complete(LOW);
	expect_abort("busy-wait", claim_often, &many);
}

/* Claims and completions pair. */

static void complete(void *number)
{
	hal_interrupt_complete(*(uint32_t *)number);
}

static void test_only_what_was_claimed_last_is_completed(void **state)
{
	uint32_t low = LOW;
	uint32_t high = HIGH;

	(void)state;
	hal_interrupt_enable(LOW);
	hal_interrupt_enable(HIGH);
	expect_abort("unbalanced", complete, &low);
	raise_low(NULL);
	assert_int_equal(hal_interrupt_claim(), LOW);
	expect_abort("unbalanced", complete, &high);
	complete(&low);
	expect_abort("unbalanced", complete, &low);
}

static void test_nothing_goes_on_while_one_is_active(void **state)
{
	struct hal_context context = fixture_context();

	(void)state;
	twin_program(fixture_driver, NULL);
	hal_interrupt_enable(LOW);
	hal_interrupt_enable(HIGH);
	raise_low(NULL);
	twin_interrupt_raise(HIGH);
	claim(NULL);
	expect_abort("unbalanced", claim, NULL);
	expect_abort("unbalanced", run_context, &context);
	expect_abort("unbalanced", wait, NULL);
}

static void complete_timer(void *unused)
{
	(void)unused;
	hal_interrupt_complete(TWIN_TIMER_INTERRUPT);
}

static void test_the_timer_is_set_before_its_interrupt_is_completed(void **state)
{
	(void)state;
	hal_interrupt_enable(TWIN_TIMER_INTERRUPT);
	hal_timer_set(hal_time_ticks());
	assert_int_equal(hal_interrupt_claim(), TWIN_TIMER_INTERRUPT);
	expect_abort("level", complete_timer, NULL);
	hal_timer_set(hal_time_ticks() + 1);
	complete_timer(NULL);
}

static void complete_uart(void *unused)
{
	(void)unused;
	hal_interrupt_complete(TWIN_UART_INTERRUPT);
}

static void test_the_uart_is_read_before_its_interrupt_is_completed(void **state)
{
	uint8_t bytes[4];
	uint64_t lost = 0;

	(void)state;
	hal_console_listen();
	hal_interrupt_enable(TWIN_UART_INTERRUPT);
	twin_console_type("a", 1);
	assert_int_equal(hal_interrupt_claim(), TWIN_UART_INTERRUPT);
	expect_abort("level", complete_uart, NULL);
	(void)hal_console_read(bytes, sizeof(bytes), &lost);
	complete_uart(NULL);
}

static void test_a_masked_interrupt_may_stay_as_it_is(void **state)
{
	(void)state;
	hal_interrupt_enable(TWIN_TIMER_INTERRUPT);
	hal_timer_set(0);
	claim(NULL);
	hal_interrupt_disable(TWIN_TIMER_INTERRUPT);
	complete_timer(NULL);
	assert_int_equal(hal_interrupt_claim(), HAL_INTERRUPT_NONE);
}

/* The timer. */

static void test_the_timer_is_pending_from_its_deadline_on(void **state)
{
	(void)state;
	hal_interrupt_enable(TWIN_TIMER_INTERRUPT);
	assert_false(interrupt_is_pending());
	hal_timer_set(hal_time_ticks() + 10);
	assert_int_equal(twin_timer_deadline(), TWIN_FIRST_TICK + 10);
	twin_advance(9);
	assert_false(interrupt_is_pending());
	twin_advance(1);
	assert_true(interrupt_is_pending());
	twin_advance(1000);
	assert_true(interrupt_is_pending());
	hal_timer_set(hal_time_ticks() + 1);
	assert_false(interrupt_is_pending());
	hal_timer_set(0);
	assert_true(interrupt_is_pending());
	/* Never is never, even at the end of time. */
	hal_timer_set(UINT64_MAX);
	twin_advance(UINT64_MAX);
	assert_false(interrupt_is_pending());
}

static void raise_none(void *number)
{
	twin_interrupt_raise(*(uint32_t *)number);
}

static void lower_none(void *number)
{
	twin_interrupt_lower(*(uint32_t *)number);
}

static void test_there_are_no_interrupts_beyond_the_limit(void **state)
{
	uint32_t number = 1020;

	(void)state;
	expect_abort("script", raise_none, &number);
	expect_abort("script", lower_none, &number);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_attach_wants_the_pages_of_a_gicv2, setup),
		cmocka_unit_test_setup(test_a_machine_may_have_none, setup),
		cmocka_unit_test_setup(test_nothing_works_before_attach, setup),
		cmocka_unit_test_setup(test_only_ppis_and_spis_can_be_enabled, setup),
		cmocka_unit_test_setup(test_the_lowest_pending_number_comes_first, setup),
		cmocka_unit_test_setup(test_what_is_not_enabled_is_invisible, setup),
		cmocka_unit_test_setup(test_every_number_works, setup),
		cmocka_unit_test_setup(test_a_stuck_interrupt_comes_again, setup),
		cmocka_unit_test_setup(test_interrupts_do_not_outlive_a_reset, setup),
		cmocka_unit_test_setup(test_who_waits_does_not_ask_over_and_over, setup),
		cmocka_unit_test_setup(test_only_what_was_claimed_last_is_completed, setup),
		cmocka_unit_test_setup(test_nothing_goes_on_while_one_is_active, setup),
		cmocka_unit_test_setup(test_the_timer_is_set_before_its_interrupt_is_completed, setup),
		cmocka_unit_test_setup(test_the_uart_is_read_before_its_interrupt_is_completed, setup),
		cmocka_unit_test_setup(test_a_masked_interrupt_may_stay_as_it_is, setup),
		cmocka_unit_test_setup(test_the_timer_is_pending_from_its_deadline_on, setup),
		cmocka_unit_test_setup(test_there_are_no_interrupts_beyond_the_limit, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
