#include "core/time/clock.h"

#include "lib/checked.h"

#define SECOND 1000000000ul /* in nanoseconds */

/* The rest is less than a second: times SECOND it fits for every frequency up to 2^32. */
_Static_assert(CLOCK_FREQUENCY_MAX <= UINT64_MAX / SECOND, "part of a second in nanoseconds, before the division");

uint64_t clock_duration(const struct clock *clock, uint64_t ticks)
{
	uint64_t seconds = ticks / clock->frequency;
	uint64_t rest = ticks % clock->frequency * SECOND / clock->frequency;
	uint64_t duration;

	if (seconds > UINT64_MAX / SECOND || !checked_add(seconds * SECOND, rest, &duration)) {
		return UINT64_MAX;
	}
	return duration;
}

uint64_t clock_nanoseconds(const struct clock *clock, uint64_t ticks)
{
	return clock_duration(clock, ticks - clock->start);
}

/* The number of ticks is rounded up, since the time is to have passed. */
uint64_t clock_deadline(const struct clock *clock, uint64_t nanoseconds)
{
	uint64_t seconds = nanoseconds / SECOND;
	uint64_t rest = (nanoseconds % SECOND * clock->frequency + SECOND - 1) / SECOND;
	uint64_t ticks;
	uint64_t deadline;

	if (seconds > UINT64_MAX / clock->frequency || !checked_add(seconds * clock->frequency, rest, &ticks) ||
	    !checked_add(clock->start, ticks, &deadline)) {
		return CLOCK_NEVER;
	}
	return deadline;
}
