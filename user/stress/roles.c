#include "user/stress/roles.h"

#include <stdbool.h>
#include <stddef.h>

#include <panther.h>

#include "user/common/text.h"
#include "user/stress/faults.h"
#include "user/stress/random.h"
#include "user/stress/registers.h"

#define MILLISECOND 1000000
#define YIELDS 100
#define MAP_ROUNDS 8
#define MAP_PAGES_MAX 16
#define EXIT_STATUS_MASK 0xff

static int exit_with(const char *argument)
{
	uint64_t status = 0;

	return text_to_number(argument, &status) ? (int)(status & EXIT_STATUS_MASK) : 0;
}

/*
 * SAFETY: keeps the loop, and touches nothing.
 * Audited: 2026-11-22
 */
static int spin(const char *argument)
{
	(void)argument;
	for (;;) {
		__asm__ volatile("");
	}
}

static int wait_for_ever(const char *argument)
{
	(void)argument;
	(void)panther_sleep(INT64_MAX);
	return 1;
}

static int read_for_ever(const char *argument)
{
	char bytes[16];

	(void)argument;
	while (panther_read(0, bytes, sizeof(bytes)) > 0) {
	}
	return 1;
}

/* Maps some pages, finds them zero, writes them, makes them read-only, and gives them back. */
static bool use_pages(uint64_t size)
{
	int64_t result = panther_map(NULL, size, PANTHER_READ | PANTHER_WRITE);
	uint8_t *pages = panther_mapped(result);

	if (result < 0) {
		return false;
	}
	for (uint64_t i = 0; i < size; i += PANTHER_PAGE_SIZE) {
		if (pages[i] != 0) {
			return false;
		}
		pages[i] = (uint8_t)(i / PANTHER_PAGE_SIZE + 1);
	}
	return panther_protect(pages, size, PANTHER_READ) == 0 &&
	       pages[size - PANTHER_PAGE_SIZE] == (uint8_t)(size / PANTHER_PAGE_SIZE) &&
	       panther_unmap(pages, size) == 0;
}

/* The last mapping is left to the kernel to take away. */
static int map_pages(const char *argument)
{
	uint64_t state = (uint64_t)exit_with(argument) + 1;

	for (int i = 0; i < MAP_ROUNDS; i++) {
		if (!use_pages((1 + random_below(&state, MAP_PAGES_MAX)) * PANTHER_PAGE_SIZE)) {
			return 1;
		}
	}
	return panther_map(NULL, PANTHER_PAGE_SIZE, PANTHER_READ | PANTHER_EXECUTE) < 0 ? 1 : 0;
}

static int keep_registers(const char *argument)
{
	return registers_keep((uint64_t)exit_with(argument), YIELDS) == 0 ? 0 : 1;
}

static int64_t start(const char *name, const char *argument)
{
	const char *const argv[] = {"stress", name, argument, NULL};

	return panther_spawn_program(argv[0], argv, NULL);
}

/* Two children: one that is waited for, and one that is left behind and ends later. */
static int make_children(const char *argument)
{
	struct panther_exit ended;
	int64_t pid = start("exit", argument);

	if (pid < 0 || panther_wait((uint64_t)pid, &ended, 0) != pid || ended.reason != PANTHER_ENDED_EXIT ||
	    ended.code != (uint32_t)exit_with(argument)) {
		return 1;
	}
	return start("linger", argument) < 0 ? 1 : 0;
}

static int linger(const char *argument)
{
	(void)argument;
	(void)panther_sleep_for(MILLISECOND);
	return 0;
}

const struct role roles[] = {
	{"exit", exit_with, NULL, PANTHER_ENDED_EXIT},
	{"crash", fault_run, fault_names, PANTHER_ENDED_FAULT},
	{"spin", spin, NULL, PANTHER_ENDED_KILLED},
	{"wait", wait_for_ever, NULL, PANTHER_ENDED_KILLED},
	{"read", read_for_ever, NULL, PANTHER_ENDED_KILLED},
	{"map", map_pages, NULL, PANTHER_ENDED_EXIT},
	{"registers", keep_registers, NULL, PANTHER_ENDED_EXIT},
	{"parent", make_children, NULL, PANTHER_ENDED_EXIT},
	{"linger", linger, NULL, PANTHER_ENDED_EXIT},
	{NULL, NULL, NULL, 0},
};

const struct role *role_find(const char *name)
{
	for (const struct role *role = roles; role->name != NULL; role++) {
		if (text_equal(role->name, name)) {
			return role;
		}
	}
	return NULL;
}

struct panther_exit role_end(const struct role *role, const char *argument)
{
	struct panther_exit end = {.reason = role->reason};

	if (role->reason == PANTHER_ENDED_FAULT) {
		end.code = fault_class(argument);
	} else if (role->run == exit_with) {
		end.code = (uint32_t)exit_with(argument);
	}
	return end;
}
