/*
 * S35, S36: processes that do nothing but wait for an interrupt, or an event.
 * WFI and WFE are a yield: whoever is ready has its turn at once.
 */
#include "tests/attack/programs/hostile.h"

/*
 * SAFETY: touches nothing.
 * Audited: 2026-11-22
 */
static int role_wfi(uint64_t argument)
{
	(void)argument;
	for (;;) {
		__asm__ volatile("wfi");
	}
}

/*
 * SAFETY: touches nothing.
 * Audited: 2026-11-22
 */
static int role_wfe(uint64_t argument)
{
	(void)argument;
	for (;;) {
		__asm__ volatile("wfe");
	}
}

static void run(const char *role, uint64_t yields)
{
	int64_t pid = start(role, 0);
	int64_t started, ended;

	(void)panther_yield();
	started = panther_clock();
	for (uint64_t i = 0; i < yields; i++) {
		(void)panther_yield();
	}
	ended = panther_clock();
	say_number("waited", (ended - started) / 1000);
	say_number("kill", panther_kill((uint64_t)pid));
	(void)say_end(pid);
}

static void run_wfi(uint64_t yields)
{
	run("wfi", yields);
}

static void run_wfe(uint64_t yields)
{
	run("wfe", yields);
}

static const struct role roles[] = {{"wfi", role_wfi}, {"wfe", role_wfe}, NO_ROLE};

const struct subject subjects_waits[] = {{"S35", run_wfi, roles}, {"S36", run_wfe, roles}, {NULL, NULL, NULL}};
