/*
 * A30, A31: process ids that are not a child's.
 */
#include "tests/attack/programs/hostile.h"

#define SLOT_MASK 127 /* pids of one slot agree in these bits (core/process/table.h) */

/* Tries what only the parent of `pid` may. */
static int role_stranger(uint64_t pid)
{
	struct panther_exit ended;

	say_number("stranger kills", panther_kill(pid));
	say_number("stranger waits", panther_wait(pid, &ended, 0));
	say_number("stranger kills the first", panther_kill(1));
	say_number("stranger kills itself", panther_kill((uint64_t)panther_getpid()));
	return 0;
}

static void reuse_slot(void)
{
	struct panther_exit ended;
	int64_t old = start("quit", 5);
	int64_t new;

	(void)say_end(old);
	say_number("dead kill", panther_kill((uint64_t)old));
	say_number("dead wait", panther_wait((uint64_t)old, &ended, 0));
	new = start("idle", 0);
	say_number("same slot", (new &SLOT_MASK) == (old & SLOT_MASK) && new != old);
	say_number("old kill", panther_kill((uint64_t)old));
	say_number("new lives", panther_wait((uint64_t)new, &ended, PANTHER_WAIT_NO_BLOCK));
	say_number("new kill", panther_kill((uint64_t)new));
	say_number("again", panther_kill((uint64_t)new));
	(void)say_end(new);
}

static void run(uint64_t argument)
{
	int64_t idle = start("idle", 0);

	(void)argument;
	(void)say_end(start("stranger", (uint64_t)idle));
	reuse_slot();
	say_number("idle", end(idle));
}

static const struct role roles[] = {{"idle", role_idle}, {"quit", role_quit}, {"stranger", role_stranger}, NO_ROLE};

const struct subject subjects_ids[] = {{"A30", run, roles}, {NULL, NULL, NULL}};
