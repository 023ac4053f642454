#include "core/log/log_limit.h"

/* Whole lines only: what is left of an interval counts for the next one. */
static void grow_back(struct log_limit *limit, uint64_t now, uint64_t frequency)
{
	uint64_t interval = frequency / LOG_LIMIT_PER_SECOND;
	uint64_t lines = (now - limit->since) / interval;

	if (lines >= limit->used) {
		limit->used = 0;
		limit->since = now;
	} else {
		limit->used -= lines;
		limit->since += lines * interval;
	}
}

bool log_limit_pass(struct log_limit *limit, uint64_t now, uint64_t frequency, uint64_t *left_out)
{
	grow_back(limit, now, frequency);
	if (limit->used == LOG_LIMIT_BURST) {
		limit->left_out++;
		return false;
	}
	limit->used++;
	*left_out = limit->left_out;
	limit->left_out = 0;
	return true;
}
