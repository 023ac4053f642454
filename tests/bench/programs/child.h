/*
 * Children that run the same program. What one does, its first argument says.
 */
#ifndef BENCH_CHILD_H
#define BENCH_CHILD_H

#include <stdint.h>

#include <panther.h>

static inline int64_t spawn_child(const char *program, const char *role)
{
	const char *const argv[] = {program, role, NULL};

	return panther_spawn_program(program, argv, NULL);
}

/* Whether the child ended by itself with status 0. */
static inline int wait_for_child(int64_t pid)
{
	struct panther_exit end;

	return panther_wait((uint64_t)pid, &end, 0) == pid && end.reason == PANTHER_ENDED_EXIT && end.code == 0;
}

#endif
