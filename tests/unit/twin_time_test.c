/*
 * The twin's time, and what it brings.
 */
#include "hal_host/time.h"

#include "tests/unit/twin_interrupts.h"

static void test_frequencies(void **state)
{
	static const struct twin_options slow = {.frequency = 1};
	static const struct twin_options fast = {.frequency = UINT64_MAX};
	static const struct twin_options none = {.has_frequency = true};

	(void)state;
	assert_int_equal(hal_time_frequency(), 62500000);
	twin_reset(&slow);
	assert_int_equal(hal_time_frequency(), 1);
	twin_reset(&fast);
	assert_int_equal(hal_time_frequency(), UINT64_MAX);
	twin_reset(&none);
	assert_int_equal(hal_time_frequency(), 0);
}

/* What happened, in order: each event notes its owner and the time. */
static struct {
	uint64_t tick;
	const void *owner;
} happened[8];
static size_t happened_count;

static void note(void *owner)
{
	happened[happened_count].tick = hal_time_ticks() - TWIN_FIRST_TICK;
	happened[happened_count].owner = owner;
	happened_count++;
}

static void assert_happened(size_t index, uint64_t tick, const void *owner)
{
	assert_true(index < happened_count);
	assert_int_equal(happened[index].tick, tick);
	assert_ptr_equal(happened[index].owner, owner);
}

static int setup_notes(void **state)
{
	happened_count = 0;
	return setup(state);
}

static char a, b, c;

static void test_events_come_in_the_order_of_their_time(void **state)
{
	(void)state;
	twin_at(20, note, &c);
	twin_at(10, note, &a);
	twin_at(10, note, &b);
	twin_advance(9);
	assert_int_equal(happened_count, 0);
	twin_advance(1);
	assert_int_equal(happened_count, 2);
	assert_happened(0, 10, &a);
	assert_happened(1, 10, &b);
	twin_advance(100);
	assert_happened(2, 20, &c);
	assert_int_equal(hal_time_ticks(), TWIN_FIRST_TICK + 110);
	twin_advance(100);
	assert_int_equal(happened_count, 3);
}

static void test_an_event_without_delay_waits_for_time_to_pass(void **state)
{
	(void)state;
	twin_at(0, note, &a);
	assert_int_equal(happened_count, 0);
	twin_advance(0);
	assert_happened(0, 0, &a);
}

static void ask_for_more(void *owner)
{
	note(owner);
	if (happened_count < 3) {
		twin_at(5, ask_for_more, owner);
	}
}

static void test_events_bring_further_ones(void **state)
{
	(void)state;
	twin_at(5, ask_for_more, &a);
	twin_advance(12);
	assert_int_equal(happened_count, 2);
	assert_happened(1, 10, &a);
	twin_advance(3);
	assert_happened(2, 15, &a);
}

static void take_long(void *owner)
{
	note(owner);
	twin_advance(50);
}

static void test_time_never_goes_back(void **state)
{
	static const struct twin_step steps[] = {{.kind = TWIN_PASS, .value = 20}, {.kind = TWIN_SVC}};
	struct hal_context context = fixture_context();

	(void)state;
	twin_at(10, take_long, &a);
	twin_at(30, note, &b);
	twin_advance(20);
	assert_happened(1, 30, &b);
	assert_int_equal(hal_time_ticks(), TWIN_FIRST_TICK + 60);
	twin_at(10, take_long, &c);
	play(steps, 2);
	run(&context);
	assert_happened(2, 70, &c);
	assert_int_equal(hal_time_ticks(), TWIN_FIRST_TICK + 120);
}

static void test_computing_brings_events(void **state)
{
	static const struct twin_step steps[] = {{.kind = TWIN_PASS, .value = 20}, {.kind = TWIN_SVC}};
	struct hal_context context = fixture_context();

	(void)state;
	twin_at(10, note, &a);
	twin_at(20, note, &b);
	twin_at(21, note, &c);
	play(steps, 2);
	run(&context);
	assert_int_equal(happened_count, 2);
	assert_happened(0, 10, &a);
	assert_happened(1, 20, &b);
}

static void test_time_ends(void **state)
{
	(void)state;
	twin_advance(UINT64_MAX);
	assert_int_equal(hal_time_ticks(), UINT64_MAX);
	assert_int_equal(time_pass(3), 0);
	assert_int_equal(hal_time_ticks(), UINT64_MAX);
}

static void test_events_do_not_outlive_a_reset(void **state)
{
	twin_at(1, note, &a);
	setup(state);
	twin_advance(1);
	assert_int_equal(happened_count, 0);
}

static void ask(void *unused)
{
	(void)unused;
	twin_at(1, note, &a);
}

static void test_too_many_events_abort(void **state)
{
	(void)state;
	for (unsigned events = 0; events < 64; events++) {
		ask(NULL);
	}
	expect_abort("script", ask, NULL);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_frequencies, setup_notes),
		cmocka_unit_test_setup(test_events_come_in_the_order_of_their_time, setup_notes),
		cmocka_unit_test_setup(test_an_event_without_delay_waits_for_time_to_pass, setup_notes),
		cmocka_unit_test_setup(test_events_bring_further_ones, setup_notes),
		cmocka_unit_test_setup(test_time_never_goes_back, setup_notes),
		cmocka_unit_test_setup(test_computing_brings_events, setup_notes),
		cmocka_unit_test_setup(test_time_ends, setup_notes),
		cmocka_unit_test_setup(test_events_do_not_outlive_a_reset, setup_notes),
		cmocka_unit_test_setup(test_too_many_events_abort, setup_notes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
