/*
 * A limit on lines that programs can cause: a burst, then so many a second.
 */
#ifndef CORE_LOG_LOG_LIMIT_H
#define CORE_LOG_LOG_LIMIT_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/compiler.h"

/* Lines that may come at once, and how many of them grow back in a second. */
#define LOG_LIMIT_BURST 32
#define LOG_LIMIT_PER_SECOND 10

/* All zeros is a limit of which nothing is used. */
struct log_limit {
	uint64_t used;	   /* of the burst */
	uint64_t since;	   /* ticks; what grew back until then is counted */
	uint64_t left_out; /* lines, since the last one that was printed */
};

/*
 * May a line be printed at the time `now`, in ticks of which `frequency` make a second? If so, hands out how many were
 * left out before it.
 */
K_MUST_USE bool log_limit_pass(struct log_limit *limit, uint64_t now, uint64_t frequency, uint64_t *left_out);

#endif
