#include <panther.h>

int64_t panther_sleep_for(uint64_t nanoseconds)
{
	uint64_t now = (uint64_t)panther_clock();

	if (nanoseconds > INT64_MAX - now) {
		return -PANTHER_EINVAL;
	}
	return panther_sleep(now + nanoseconds);
}
