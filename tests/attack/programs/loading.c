/*
 * B17 to B22: every other program of the archive is started; those that are
 * malformed must be refused, with nothing left behind.
 */
#include "tests/attack/programs/hostile.h"

static bool is_same(const struct counts *left, const struct counts *right)
{
	return left->frames_free == right->frames_free && left->heap_used == right->heap_used &&
	       left->processes == right->processes;
}

static void try_program(const char *name)
{
	struct counts before = counts_now();
	int64_t result = start_program(name);
	struct counts after = counts_now();

	say_number(name, result);
	if (result > 0) {
		(void)say_end(result);
	} else if (!is_same(&before, &after)) {
		say("something is left");
	}
}

static void run(uint64_t argument)
{
	struct panther_program_info record;

	(void)argument;
	for (uint64_t i = 1; panther_info(PANTHER_INFO_PROGRAM, i, &record, sizeof(record)) > 0; i++) {
		try_program(record.program);
	}
}

static const struct role roles[] = {NO_ROLE};

const struct subject subjects_loading[] = {{"load", run, roles}, {NULL, NULL, NULL}};
