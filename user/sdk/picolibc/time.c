/*
 * Time, which here begins with the boot: nobody tells the kernel what day it is.
 */
#include <errno.h>
#include <sys/time.h>
#include <sys/times.h>
#include <time.h>
#include <unistd.h>

#include <panther.h>

#define NANOSECONDS 1000000000
#define MICROSECOND 1000

static struct timespec now(void)
{
	int64_t time = panther_clock();

	return (struct timespec){.tv_sec = time / NANOSECONDS, .tv_nsec = time % NANOSECONDS};
}

int clock_gettime(clockid_t clock, struct timespec *time)
{
	(void)clock;
	*time = now();
	return 0;
}

int gettimeofday(struct timeval *restrict time, void *restrict zone)
{
	struct timespec exact = now();

	(void)zone;
	*time = (struct timeval){.tv_sec = exact.tv_sec, .tv_usec = exact.tv_nsec / MICROSECOND};
	return 0;
}

/* Of all processes: their own is not told apart. */
clock_t times(struct tms *buf)
{
	clock_t ticks = (clock_t)(panther_clock() / (NANOSECONDS / CLOCKS_PER_SEC));

	*buf = (struct tms){.tms_utime = ticks};
	return ticks;
}

int nanosleep(const struct timespec *time, struct timespec *left)
{
	(void)left;
	if (time->tv_sec < 0 || time->tv_nsec < 0 || time->tv_nsec >= NANOSECONDS ||
	    time->tv_sec > INT64_MAX / NANOSECONDS - 1 ||
	    panther_sleep_for((uint64_t)time->tv_sec * NANOSECONDS + (uint64_t)time->tv_nsec) < 0) {
		errno = EINVAL;
		return -1;
	}
	return 0;
}

unsigned int sleep(unsigned int seconds)
{
	(void)panther_sleep_for((uint64_t)seconds * NANOSECONDS);
	return 0;
}

int usleep(useconds_t microseconds)
{
	(void)panther_sleep_for((uint64_t)microseconds * MICROSECOND);
	return 0;
}
