/*
 * Time in nanoseconds since boot, from ticks of the virtual counter and back.
 */
#ifndef CORE_TIME_CLOCK_H
#define CORE_TIME_CLOCK_H

#include <stdint.h>

#include "lib/compiler.h"

/* A deadline that never comes. */
#define CLOCK_NEVER UINT64_MAX

/* What a counter may tick at, in Hz: below, the arithmetic loses whole nanoseconds; above, it would overflow. */
#define CLOCK_FREQUENCY_MIN 1000
#define CLOCK_FREQUENCY_MAX 0x100000000

struct clock {
	uint64_t start;	    /* the counter at boot */
	uint64_t frequency; /* ticks in a second, CLOCK_FREQUENCY_MIN to _MAX */
};

/* Nanoseconds that `ticks` ticks take, rounded down; saturates. ticks x 10^9 would overflow after some minutes, so
 * whole seconds and the rest go apart. */
uint64_t clock_duration(const struct clock *clock, uint64_t ticks);

/* Nanoseconds since boot when the counter stands at `ticks`. */
uint64_t clock_nanoseconds(const struct clock *clock, uint64_t ticks);

/* The counter's first value at which `nanoseconds` have passed since boot; CLOCK_NEVER if it never reaches that. */
uint64_t clock_deadline(const struct clock *clock, uint64_t nanoseconds);

#endif
