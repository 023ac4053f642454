/*
 * R07: a process ends while it waits for something; everything that it waited
 * in or for goes with it.
 */
#include "tests/attack/programs/hostile.h"

static int role_read(uint64_t argument)
{
	char byte;

	(void)argument;
	return (int)panther_read(0, &byte, 1);
}

static int role_wait(uint64_t argument)
{
	struct panther_exit ended;

	(void)argument;
	(void)start("idle", 0);
	return (int)panther_wait(0, &ended, 0);
}

static int role_spawn(uint64_t argument)
{
	(void)argument;
	return (int)start_program("large");
}

static int role_yield(uint64_t argument)
{
	(void)argument;
	for (;;) {
		(void)panther_yield();
	}
}

static int role_write(uint64_t argument)
{
	(void)argument;
	for (;;) {
		(void)panther_write(1, "", 0);
	}
}

/* Lets others run until it has a child that sleeps. */
static void await_child(int64_t pid)
{
	struct panther_process_info record;

	for (uint64_t next = 0;; next = record.index + 1) {
		if (panther_info(PANTHER_INFO_PROCESS, next, &record, sizeof(record)) < 0) {
			(void)panther_yield();
			record.index = (uint64_t)-1;
		} else if (record.parent == (uint64_t)pid && record.state == PANTHER_STATE_SLEEPING) {
			return;
		}
	}
}

/* Its children are the first process's now: this one's. */
static void end_orphans(void)
{
	struct panther_process_info record;

	for (uint64_t next = 0; panther_info(PANTHER_INFO_PROCESS, next, &record, sizeof(record)) >= 0;
	     next = record.index + 1) {
		if (record.parent == (uint64_t)panther_getpid()) {
			say_number("orphan", panther_kill(record.pid));
		}
	}
}

static void end_blocked(const char *role, uint64_t state)
{
	struct counts before = counts_now();
	int64_t pid = start(role, 0);

	await_state(pid, state);
	if (state == PANTHER_STATE_WAITING && role[0] == 'w') {
		await_child(pid); /* it was waiting for that to start first */
	}
	say(role);
	say_number("kill", panther_kill((uint64_t)pid));
	(void)say_end(pid);
	end_orphans();
	counts_judge(&before);
}

static void run(uint64_t argument)
{
	(void)argument;
	end_blocked("read", PANTHER_STATE_READING);
	end_blocked("idle", PANTHER_STATE_SLEEPING);
	end_blocked("wait", PANTHER_STATE_WAITING);
	end_blocked("spawn", PANTHER_STATE_WAITING);
	end_blocked("yield", PANTHER_STATE_READY);
	end_blocked("write", PANTHER_STATE_READY);
	end_blocked("spin", PANTHER_STATE_READY);
}

static const struct role roles[] = {{"read", role_read},   {"idle", role_idle},
				    {"wait", role_wait},   {"spawn", role_spawn},
				    {"yield", role_yield}, {"write", role_write},
				    {"spin", role_spin},   NO_ROLE};

const struct subject subjects_blocked[] = {{"R07", run, roles}, {NULL, NULL, NULL}};
