/*
 * R17, R18: who spins, or does nothing but calls, takes no more than its share.
 * R21: many timers at once.
 */
#include "tests/attack/programs/hostile.h"

#define MANY 64
#define MILLISECOND 1000000
#define PAIR_TIME (60 * MILLISECOND)
/* Twenty turns of 2 ms for each. */
#define MANY_TIME ((int64_t)MANY * 2 * 20 * MILLISECOND)
#define TIMERS 100
#define NAPS 50
#define APART (20 * MILLISECOND)
#define HOUR ((uint64_t)3600 * 1000 * MILLISECOND)

static int role_storm(uint64_t argument)
{
	(void)argument;
	for (;;) {
		(void)panther_getpid();
	}
}

static uint64_t time_of(int64_t pid)
{
	struct panther_process_info record = {0};

	(void)find_process((uint64_t)pid, &record);
	return record.cpu_time;
}

/* Lets both run for a while and says the share of each, in percent. */
static void run_pair(const char *first, const char *second)
{
	int64_t pids[2] = {start(first, 0), start(second, 0)};
	uint64_t before[2] = {time_of(pids[0]), time_of(pids[1])};
	int64_t since = panther_clock();
	uint64_t elapsed;

	(void)panther_sleep((uint64_t)since + PAIR_TIME);
	elapsed = (uint64_t)(panther_clock() - since);
	for (int i = 0; i < 2; i++) {
		say_number(i == 0 ? first : second, (int64_t)((time_of(pids[i]) - before[i]) * 100 / elapsed));
	}
	(void)end(pids[0]);
	(void)end(pids[1]);
}

static void run_many(void)
{
	static int64_t pids[MANY];
	static uint64_t before[MANY];
	int64_t since;

	for (int i = 0; i < MANY; i++) {
		pids[i] = start("spin", 0);
	}
	for (int i = 0; i < MANY; i++) {
		before[i] = time_of(pids[i]);
	}
	since = panther_clock();
	(void)panther_sleep((uint64_t)(since + MANY_TIME));
	for (int i = 0; i < MANY; i++) {
		say_number("us", (int64_t)((time_of(pids[i]) - before[i]) / 1000));
	}
	for (int i = 0; i < MANY; i++) {
		(void)end(pids[i]);
	}
}

static void run_spin(uint64_t argument)
{
	if (argument == MANY) {
		run_many();
	} else {
		run_pair("spin", "spin");
	}
}

static void run_storm(uint64_t argument)
{
	(void)argument;
	run_pair("spin", "storm");
}

/* As many naps of a nanosecond as that. */
static int role_naps(uint64_t count)
{
	for (uint64_t i = 0; i < count; i++) {
		if (panther_sleep((uint64_t)panther_clock() + 1) != 0) {
			return 1;
		}
	}
	return 0;
}

static int role_until(uint64_t until)
{
	if (panther_sleep(until) != 0 || (uint64_t)panther_clock() < until) {
		return 1;
	}
	return role_idle(0);
}

static uint64_t busy_time(void)
{
	struct panther_process_info record;
	uint64_t next = 0;
	uint64_t sum = 0;

	while (panther_info(PANTHER_INFO_PROCESS, next, &record, sizeof(record)) >= 0) {
		next = record.index + 1;
		sum += record.cpu_time;
	}
	return sum;
}

static void run_timers(uint64_t argument)
{
	static int64_t pids[TIMERS];
	uint64_t base, since, busy;
	int64_t failed = 0;

	(void)argument;
	for (int i = 0; i < TIMERS; i++) {
		pids[i] = start("naps", NAPS);
	}
	for (int i = 0; i < TIMERS; i++) {
		failed += status_of(pids[i]) != 0;
	}
	say_number("naps failed", failed);
	base = (uint64_t)panther_clock() + APART + TIMERS * MILLISECOND;
	for (int i = 0; i < TIMERS; i++) {
		pids[i] = start("until", base + (uint64_t)i);
	}
	(void)panther_sleep(base - APART);
	since = (uint64_t)panther_clock();
	busy = busy_time();
	(void)panther_sleep(base + APART);
	say_number("idle", (int64_t)(((uint64_t)panther_clock() - since - (busy_time() - busy)) / 1000));
	for (int i = 0; i < TIMERS; i++) {
		failed += end(pids[i]) != PANTHER_ENDED_KILLED;
	}
	say_number("woken failed", failed);
	say_number("an hour", panther_sleep((uint64_t)panther_clock() + HOUR));
}

static const struct role roles[] = {
	{"spin", role_spin}, {"storm", role_storm}, {"naps", role_naps}, {"until", role_until}, NO_ROLE};

const struct subject subjects_fair[] = {
	{"R17", run_spin, roles}, {"R18", run_storm, roles}, {"R21", run_timers, roles}, {NULL, NULL, NULL}};
