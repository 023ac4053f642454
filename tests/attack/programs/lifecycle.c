/*
 * R25: children that nobody waits for, that lose their parent, that end at the
 * same moment.
 */
#include "tests/attack/programs/hostile.h"

#define ZOMBIES 20
#define LIMIT 8
#define MILLISECOND 1000000

static uint64_t processes(void)
{
	struct counts now = counts_now();

	return now.processes;
}

static void pile_up(void)
{
	int64_t pids[ZOMBIES];
	uint64_t before = processes();
	int64_t wrong = 0;

	for (int i = 0; i < ZOMBIES; i++) {
		pids[i] = start("quit", (uint64_t)i);
	}
	sleep_us(2000);
	say_number("zombies", (int64_t)(processes() - before));
	for (int i = ZOMBIES - 1; i >= 0; i--) {
		wrong += status_of(pids[i]) != i;
	}
	say_number("wrong", wrong);
}

static int role_careless(uint64_t argument)
{
	int64_t count = 0;
	int64_t result;
	struct panther_exit ended;

	(void)argument;
	while ((result = start_limited("quit", 0, 64, 0)) > 0) {
		count++;
	}
	say_number("limit", count);
	say_number("one more", result);
	say_number("one reaped", panther_wait(0, &ended, 0) > 0);
	say_number("in its place", start_limited("quit", 0, 64, 0) > 0);
	return 0;
}

/* Leaves children behind: some that have ended, some that will. */
static int role_parent(uint64_t count)
{
	for (uint64_t i = 0; i < count; i++) {
		(void)start("quit", 0);
		(void)start("late", 3);
	}
	sleep_us(1000);
	return 0;
}

static int role_late(uint64_t milliseconds)
{
	sleep_us(1000 * milliseconds);
	return 0;
}

/* Whoever waits for anybody gets its own child, and orphans that it has become the parent of, each once. */
static void adopt(void)
{
	struct panther_exit ended;
	int64_t parent = start("parent", 1);
	int64_t parents = 0;
	int64_t others = 0;
	int64_t pid;

	while ((pid = panther_wait(0, &ended, 0)) > 0) {
		parents += pid == parent;
		others += pid != parent;
	}
	say_number("parent", parents);
	say_number("orphans", others <= 2);
	say_number("then", pid);
}

static int role_at(uint64_t when)
{
	(void)panther_sleep(when);
	return 0;
}

static void at_once(void)
{
	uint64_t when = (uint64_t)panther_clock() + 5 * MILLISECOND;
	int64_t pids[2] = {start("at", when), start("at", when)};
	struct panther_exit ended;
	int64_t first = panther_wait(0, &ended, 0);
	int64_t second = panther_wait(0, &ended, 0);

	say_number("both", (first == pids[0] && second == pids[1]) || (first == pids[1] && second == pids[0]));
	say_number("no more", panther_wait(0, &ended, 0));
}

static void run(uint64_t argument)
{
	struct counts before = counts_now();

	(void)argument;
	pile_up();
	(void)say_end(start_limited("careless", 0, 512, LIMIT));
	counts_judge(&before);
	(void)say_end(start("parent", 5));
	counts_judge(&before);
	adopt();
	at_once();
}

static const struct role roles[] = {{"quit", role_quit},     {"careless", role_careless},
				    {"parent", role_parent}, {"late", role_late},
				    {"at", role_at},	     NO_ROLE};

const struct subject subjects_lifecycle[] = {{"R25", run, roles}, {NULL, NULL, NULL}};
