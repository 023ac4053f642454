/*
 * core/time/clock.h against arithmetic with 128 bits, which nothing here overflows.
 */
#include "core/time/clock.h"

#include "tests/unit/cmocka_test.h"

typedef unsigned __int128 wide;

#define SECOND 1000000000u

/* The lowest, the highest, those of known machines, and those around a nanosecond. */
static const uint64_t frequencies[] = {CLOCK_FREQUENCY_MIN,
				       1001,
				       19200000,
				       24000000,
				       54000000,
				       62500000,
				       SECOND - 1,
				       SECOND,
				       SECOND + 1,
				       2 * (uint64_t)SECOND,
				       3333333333,
				       4294967291,
				       CLOCK_FREQUENCY_MAX};

#define FREQUENCIES (sizeof(frequencies) / sizeof(frequencies[0]))

static const uint64_t starts[] = {0, 1, 123456789, (uint64_t)1 << 56, UINT64_MAX - 1, UINT64_MAX};

#define STARTS (sizeof(starts) / sizeof(starts[0]))

static uint64_t duration(uint64_t frequency, uint64_t ticks)
{
	wide nanoseconds = (wide)ticks * SECOND / frequency;

	return nanoseconds > UINT64_MAX ? UINT64_MAX : (uint64_t)nanoseconds;
}

static uint64_t deadline(uint64_t start, uint64_t frequency, uint64_t nanoseconds)
{
	wide ticks = ((wide)nanoseconds * frequency + SECOND - 1) / SECOND + start;

	return ticks > UINT64_MAX ? CLOCK_NEVER : (uint64_t)ticks;
}

/* Calls `check` with what lies around every power of two, and around multiples of `unit`. */
static void around_edges(const struct clock *clock, uint64_t unit, void (*check)(const struct clock *, uint64_t))
{
	for (unsigned bit = 0; bit < 64; bit++) {
		uint64_t power = (uint64_t)1 << bit;

		check(clock, power - 1);
		check(clock, power);
		check(clock, power + 1);
		check(clock, UINT64_MAX - power);
		for (uint64_t factor = power; factor <= UINT64_MAX / unit && factor < power + 3; factor++) {
			check(clock, factor * unit - 1);
			check(clock, factor * unit);
			check(clock, factor * unit + (factor < UINT64_MAX / unit ? 1 : 0));
		}
	}
	check(clock, UINT64_MAX);
	check(clock, UINT64_MAX / unit * unit);
	check(clock, UINT64_MAX / unit * unit - 1);
}

static void check_duration(const struct clock *clock, uint64_t ticks)
{
	assert_int_equal(clock_duration(clock, ticks), duration(clock->frequency, ticks));
}

static void durations_are_exact(void **state)
{
	(void)state;
	for (size_t i = 0; i < FREQUENCIES; i++) {
		const struct clock clock = {.start = 77, .frequency = frequencies[i]};

		around_edges(&clock, clock.frequency, check_duration);
		around_edges(&clock, SECOND, check_duration);
	}
}

/* Where the counter stands at boot is time zero. */
static void time_starts_at_boot(void **state)
{
	(void)state;
	for (size_t i = 0; i < FREQUENCIES; i++) {
		for (size_t j = 0; j < STARTS; j++) {
			const struct clock clock = {.start = starts[j], .frequency = frequencies[i]};
			uint64_t left = UINT64_MAX - starts[j];

			assert_int_equal(clock_nanoseconds(&clock, starts[j]), 0);
			assert_int_equal(clock_nanoseconds(&clock, UINT64_MAX), duration(clock.frequency, left));
			if (left > clock.frequency) {
				assert_int_equal(clock_nanoseconds(&clock, starts[j] + clock.frequency), SECOND);
			}
		}
	}
}

static void check_deadline(const struct clock *clock, uint64_t nanoseconds)
{
	uint64_t ticks = clock_deadline(clock, nanoseconds);

	assert_int_equal(ticks, deadline(clock->start, clock->frequency, nanoseconds));
	if (ticks != CLOCK_NEVER) {
		assert_true(clock_nanoseconds(clock, ticks) >= nanoseconds);
	}
	/* And a tick before it has not passed. */
	if (ticks != CLOCK_NEVER && ticks > clock->start) {
		assert_true(clock_nanoseconds(clock, ticks - 1) < nanoseconds);
	}
}

static void deadlines_are_the_first_tick_at_which_the_time_has_passed(void **state)
{
	(void)state;
	for (size_t i = 0; i < FREQUENCIES; i++) {
		for (size_t j = 0; j < STARTS; j++) {
			const struct clock clock = {.start = starts[j], .frequency = frequencies[i]};

			around_edges(&clock, SECOND, check_deadline);
			around_edges(&clock, clock.frequency, check_deadline);
		}
	}
}

static void what_the_counter_never_reaches_is_never(void **state)
{
	const struct clock slow = {.start = 0, .frequency = CLOCK_FREQUENCY_MIN};
	const struct clock fast = {.start = 0, .frequency = CLOCK_FREQUENCY_MAX};
	const struct clock late = {.start = UINT64_MAX - 10 * (uint64_t)SECOND, .frequency = SECOND};

	(void)state;
	assert_int_not_equal(clock_deadline(&slow, UINT64_MAX), CLOCK_NEVER);
	/* 2^64 ticks at 2^32 Hz are 2^32 seconds. */
	assert_int_not_equal(clock_deadline(&fast, ((uint64_t)1 << 32) * SECOND - 1), CLOCK_NEVER);
	assert_int_equal(clock_deadline(&fast, ((uint64_t)1 << 32) * SECOND), CLOCK_NEVER);
	assert_int_equal(clock_deadline(&fast, UINT64_MAX), CLOCK_NEVER);
	assert_int_equal(clock_deadline(&late, 10 * (uint64_t)SECOND - 1), UINT64_MAX - 1);
	assert_int_equal(clock_deadline(&late, 10 * (uint64_t)SECOND + 1), CLOCK_NEVER);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(durations_are_exact),
		cmocka_unit_test(time_starts_at_boot),
		cmocka_unit_test(deadlines_are_the_first_tick_at_which_the_time_has_passed),
		cmocka_unit_test(what_the_counter_never_reaches_is_never),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
