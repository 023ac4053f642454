/*
 * core/log/log_limit.h.
 */
#include "core/log/log_limit.h"

#include "tests/unit/cmocka_test.h"

/* A tenth of a second, in which one line grows back, is this many ticks. */
#define FREQUENCY 1000UL
#define INTERVAL 100UL
#define START (1UL << 55)

static struct log_limit limit;
static uint64_t left_out;

static int setup(void **state)
{
	(void)state;
	limit = (struct log_limit){0};
	left_out = 77;
	return 0;
}

static bool passes(uint64_t ticks)
{
	return log_limit_pass(&limit, START + ticks, FREQUENCY, &left_out);
}

/* All that may come at once. */
static void use_up(uint64_t ticks)
{
	for (unsigned i = 0; i < LOG_LIMIT_BURST; i++) {
		assert_true(passes(ticks));
	}
	assert_false(passes(ticks));
}

static void a_burst_passes_and_no_more(void **state)
{
	(void)state;
	assert_int_equal(LOG_LIMIT_BURST, 32);
	assert_int_equal(LOG_LIMIT_PER_SECOND, 10);
	use_up(0);
	assert_false(passes(1));
	assert_false(passes(INTERVAL - 1));
}

static void one_line_grows_back_at_a_time(void **state)
{
	(void)state;
	use_up(0);
	for (uint64_t i = 1; i <= 5; i++) {
		assert_false(passes(i * INTERVAL - 1));
		assert_true(passes(i * INTERVAL));
		assert_false(passes(i * INTERVAL));
	}
}

/* What is left of an interval counts for the next line. */
static void no_part_of_an_interval_is_lost(void **state)
{
	(void)state;
	use_up(0);
	assert_true(passes(INTERVAL + INTERVAL / 2));
	assert_false(passes(2 * INTERVAL - 1));
	assert_true(passes(2 * INTERVAL));
	assert_true(passes(5 * INTERVAL + 1));
	assert_true(passes(5 * INTERVAL + 1));
	assert_true(passes(5 * INTERVAL + 1));
	assert_false(passes(5 * INTERVAL + 1));
	assert_false(passes(6 * INTERVAL - 1));
	assert_true(passes(6 * INTERVAL));
}

static void a_long_silence_gives_one_burst_back(void **state)
{
	(void)state;
	use_up(0);
	use_up(1000 * INTERVAL);
	use_up(1000 * INTERVAL + LOG_LIMIT_BURST * INTERVAL);
	/* One short of all. */
	for (unsigned i = 1; i < LOG_LIMIT_BURST; i++) {
		assert_true(passes(1000 * INTERVAL + (2 * LOG_LIMIT_BURST - 1) * INTERVAL));
	}
	assert_false(passes(1000 * INTERVAL + (2 * LOG_LIMIT_BURST - 1) * INTERVAL));
}

static void who_is_never_at_the_limit_never_loses_a_line(void **state)
{
	(void)state;
	for (uint64_t i = 0; i < 1000; i++) {
		assert_true(passes(i * INTERVAL));
		assert_int_equal(left_out, 0);
	}
}

static void what_was_left_out_is_told_once(void **state)
{
	(void)state;
	use_up(0);
	assert_int_equal(left_out, 0);
	assert_false(passes(1));
	assert_false(passes(2));
	/* Three by now, with the one that use_up tried. */
	assert_true(passes(2 * INTERVAL));
	assert_int_equal(left_out, 3);
	assert_true(passes(2 * INTERVAL));
	assert_int_equal(left_out, 0);
}

static void a_refusal_hands_out_nothing(void **state)
{
	(void)state;
	use_up(0);
	left_out = 77;
	assert_false(passes(0));
	assert_int_equal(left_out, 77);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_burst_passes_and_no_more, setup),
		cmocka_unit_test_setup(one_line_grows_back_at_a_time, setup),
		cmocka_unit_test_setup(no_part_of_an_interval_is_lost, setup),
		cmocka_unit_test_setup(a_long_silence_gives_one_burst_back, setup),
		cmocka_unit_test_setup(who_is_never_at_the_limit_never_loses_a_line, setup),
		cmocka_unit_test_setup(what_was_left_out_is_told_once, setup),
		cmocka_unit_test_setup(a_refusal_hands_out_nothing, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
