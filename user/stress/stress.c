/*
 * Starts many children that end in all the ways a process can, a few at a time,
 * and looks whether everything they had has come back.
 *
 * stress [COUNT [SEED]]      COUNT children; the same seed makes the same choices
 * stress crash KIND          falls: null, write, exec, stack or undefined
 * stress ROLE [ARGUMENT]     what a child does (roles.c)
 *
 * To be run alone: what other programs take or give back meanwhile counts as a difference.
 */
#include <panther.h>

#include "user/common/errors.h"
#include "user/common/output.h"
#include "user/common/text.h"
#include "user/stress/counts.h"
#include "user/stress/random.h"
#include "user/stress/roles.h"

#define COUNT_DEFAULT 20
#define CHILDREN_MAX 4
#define MICROSECOND 1000
#define PAUSE_MAX 500 /* microseconds between a child's start and its end by force */
#define ROLES 8	      /* those that are chosen: the first ones of the table */

struct child {
	uint64_t pid; /* 0: none */
	const struct role *role;
	char argument[PANTHER_PATH_MAX];
};

static struct child children[CHILDREN_MAX];
static uint64_t chance;

/* A number below 1000, in decimal. */
static void write_number(char *text, uint64_t number)
{
	size_t length = 0;

	for (uint64_t digit = 100; digit > 0; digit /= 10) {
		if (number >= digit || digit == 1) {
			text[length++] = (char)('0' + number / digit % 10);
		}
	}
	text[length] = '\0';
}

static void choose_argument(struct child *child)
{
	const char *const *arguments = child->role->arguments;
	uint64_t count = 0;
	const char *argument;

	if (arguments == NULL) {
		write_number(child->argument, random_below(&chance, 256));
		return;
	}
	while (arguments[count] != NULL) {
		count++;
	}
	argument = arguments[random_below(&chance, count)];
	text_copy(child->argument, argument);
}

static bool complain(const struct child *child, const char *what)
{
	output_text("stress: ");
	output_text(child->role->name);
	output_text(" ");
	output_text(child->argument);
	output_text(": ");
	output_text(what);
	output_text("\n");
	return false;
}

static bool start(struct child *child)
{
	const char *argv[] = {"stress", NULL, child->argument, NULL};
	int64_t pid;

	child->role = &roles[random_below(&chance, ROLES)];
	choose_argument(child);
	argv[1] = child->role->name;
	pid = panther_spawn_program(argv[0], argv, NULL);
	if (pid < 0) {
		return complain(child, error_text(pid));
	}
	child->pid = (uint64_t)pid;
	return true;
}

static void pause(void)
{
	(void)panther_sleep_for(random_below(&chance, PAUSE_MAX) * MICROSECOND);
}

static bool finish(struct child *child)
{
	struct panther_exit wanted = role_end(child->role, child->argument);
	struct panther_exit ended;
	uint64_t pid = child->pid;
	int64_t status;

	if (wanted.reason == PANTHER_ENDED_KILLED) {
		pause();
		status = panther_kill(pid);
		if (status < 0) {
			return complain(child, error_text(status));
		}
	}
	child->pid = 0;
	status = panther_wait(pid, &ended, 0);
	if (status != (int64_t)pid) {
		return complain(child, status < 0 ? error_text(status) : "another child's end");
	}
	if (ended.reason != wanted.reason || ended.code != wanted.code) {
		return complain(child, "ended otherwise than it should");
	}
	return true;
}

static bool finish_all(void)
{
	bool is_well = true;

	for (size_t i = 0; i < CHILDREN_MAX; i++) {
		if (children[i].pid != 0) {
			is_well = finish(&children[i]) && is_well;
		}
	}
	return is_well;
}

/* Each turn looks at one of the children: ends it, or starts it if there is none. */
static bool run_cycles(uint64_t count)
{
	for (uint64_t started = 0; started < count;) {
		struct child *child = &children[random_below(&chance, CHILDREN_MAX)];

		if (child->pid != 0) {
			if (!finish(child)) {
				return false;
			}
			continue;
		}
		if (!start(child)) {
			return false;
		}
		started++;
	}
	return true;
}

static uint64_t new_seed(void)
{
	uint64_t seed = 0;

	if (panther_random(&seed, sizeof(seed)) < 0) {
		seed = (uint64_t)panther_clock();
	}
	return seed;
}

static void say(uint64_t count, const char *text)
{
	output_text("stress: ");
	output_number(count);
	output_text(" cycles, ");
	output_text(text);
}

static int stress(uint64_t count, uint64_t seed)
{
	struct counts before = counts_now();
	bool is_well;

	say(count, "seed ");
	output_number(seed);
	output_text("\n");
	chance = seed == 0 ? 1 : seed;
	is_well = run_cycles(count);
	is_well = finish_all() && is_well;
	is_well = counts_return(&before) && is_well;
	if (is_well) {
		say(count, "counts as before\n");
	}
	return is_well ? 0 : 1;
}

static int usage(void)
{
	output_text("usage: stress [COUNT [SEED]], stress crash null|write|exec|stack|undefined\n");
	return 1;
}

int main(int argc, char **argv)
{
	const struct role *role = argc > 1 ? role_find(argv[1]) : NULL;
	uint64_t count = COUNT_DEFAULT;
	uint64_t seed;

	if (role != NULL) {
		return argc <= 3 ? role->run(argc > 2 ? argv[2] : "") : usage();
	}
	seed = argc > 2 ? 0 : new_seed();
	if (argc > 3 || (argc > 1 && !text_to_number(argv[1], &count)) ||
	    (argc > 2 && !text_to_number(argv[2], &seed))) {
		return usage();
	}
	return stress(count, seed);
}
