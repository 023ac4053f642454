/*
 * Has the kernel do what takes it longest, so that the longest stretch without
 * a chance for an interrupt can be found from outside. Ends with status 0 only
 * if all of it worked.
 */
#include <panther.h>

#include "child.h"
#include "masked_memory.h"

#define PROGRAM "bench-masked"
#define BIG "bench-big"

/* The caller's own row of the table is taken, and that of whoever started it. */
#define CHILDREN (PANTHER_PROCESSES_MAX - 2)

/* When all sleepers wake, and when whoever sleeps longer does: both long after the last one has gone to sleep. */
#define WAKE 1000000000ULL
#define WAKE_LATER 2000000000ULL

/* So long that 32 of them, and the program's name, are a request as large as can be. */
static char full[(PANTHER_SPAWN_MAX - sizeof(struct panther_spawn_request) - sizeof(BIG)) / PANTHER_ARGUMENTS_MAX];

/* With as many and as long arguments as there can be. */
static int start_big(void)
{
	const char *argv[PANTHER_ARGUMENTS_MAX + 1] = {NULL};

	for (size_t i = 0; i < sizeof(full) - 1; i++) {
		full[i] = 'x';
	}
	for (size_t i = 0; i < PANTHER_ARGUMENTS_MAX; i++) {
		argv[i] = full;
	}
	return wait_for_child(panther_spawn_program(BIG, argv, NULL));
}

static int start_many(const char *role)
{
	for (int i = 0; i < CHILDREN; i++) {
		if (spawn_child(PROGRAM, role) < 0) {
			return 0;
		}
	}
	return 1;
}

/* Asks for everything there is to know; says how many processes there are. */
static uint64_t ask(void)
{
	struct panther_process_info process;
	struct panther_program_info program;
	struct panther_memory_info memory = {0};
	struct panther_limits_info limits;

	for (uint64_t i = 0; panther_info(PANTHER_INFO_PROCESS, i, &process, sizeof(process)) > 0;
	     i = process.index + 1) {
	}
	for (uint64_t i = 0; panther_info(PANTHER_INFO_PROGRAM, i, &program, sizeof(program)) > 0; i++) {
	}
	(void)panther_info(PANTHER_INFO_LIMITS, 0, &limits, sizeof(limits));
	(void)panther_info(PANTHER_INFO_MEMORY, 0, &memory, sizeof(memory));
	return memory.processes;
}

/* All children wake at once and end; then their parent does, which never asked for them. */
static int lead_sleepers(void)
{
	int is_well = start_many("sleep") && ask() == PANTHER_PROCESSES_MAX;

	return is_well && panther_sleep(WAKE_LATER) == 0 && ask() == PANTHER_PROCESSES_MAX ? 0 : 1;
}

/* To be killed, with all its children. */
static int lead_readers(void)
{
	if (!start_many("read") || ask() != PANTHER_PROCESSES_MAX) {
		return 1;
	}
	(void)panther_sleep(INT64_MAX);
	return 1;
}

static int run_child(char role)
{
	char byte;

	switch (role) {
	case 'S': /* SLEEPERS */
		return lead_sleepers();
	case 'R': /* READERS */
		return lead_readers();
	case 's': /* sleep */
		return panther_sleep(WAKE) == 0 ? 0 : 1;
	case 'r': /* read */
		return panther_read(0, &byte, sizeof(byte)) < 0;
	default: /* fault */
		fall();
		return 1;
	}
}

/* The children of a leader that is killed become one's own: each is killed, and waited for. */
static int kill_all(uint64_t leader)
{
	struct panther_exit end;
	int64_t pid;

	if (panther_kill(leader) != 0 || panther_wait(leader, &end, 0) != (int64_t)leader) {
		return 0;
	}
	for (uint64_t i = 0; i < PANTHER_PROCESSES_MAX * 2ULL; i++) {
		struct panther_process_info process;

		if (panther_info(PANTHER_INFO_PROCESS, i, &process, sizeof(process)) > 0 && process.parent == 1) {
			(void)panther_kill(process.pid);
		}
	}
	do {
		pid = panther_wait(0, &end, 0);
	} while (pid > 0);
	return pid == -PANTHER_ECHILD && ask() == 1;
}

static int lead(void)
{
	int64_t pid = spawn_child(PROGRAM, "READERS");

	(void)panther_sleep(WAKE_LATER + WAKE);
	return pid > 0 && kill_all((uint64_t)pid);
}

static int fault(void)
{
	int64_t pid = spawn_child(PROGRAM, "fault");
	struct panther_exit end;

	return panther_wait((uint64_t)pid, &end, 0) == pid && end.reason == PANTHER_ENDED_FAULT;
}

int main(int argc, char **argv)
{
	if (argc > 1) {
		return run_child(argv[1][0]);
	}
	return use_memory() && start_big() && fault() && wait_for_child(spawn_child(PROGRAM, "SLEEPERS")) && lead() ? 0
														    : 1;
}
