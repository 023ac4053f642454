/*
 * Starts a small program, which ends at once, and waits for it.
 */
#include "child.h"

#define PROGRAM "bench-spawn"

/* Two calls, and nothing between: counting begins with the one and ends with the other. */
__attribute__((noinline)) static int64_t spawn_and_wait(const char *const *argv, struct panther_exit *end)
{
	int64_t pid = panther_syscall(SYS_spawn, (uint64_t)argv[0], (uint64_t)argv, 0, 0, 0, 0);

	return panther_syscall(SYS_wait, (uint64_t)pid, (uint64_t)end, 0, 0, 0, 0);
}

int main(int argc, char **argv)
{
	const char *const child_argv[] = {PROGRAM, "exit", NULL};

	(void)argv;
	if (argc > 1) {
		return 0;
	}
	for (int i = 0; i < BENCH_REPEATS; i++) {
		struct panther_exit end = {.reason = PANTHER_ENDED_KILLED};

		if (spawn_and_wait(child_argv, &end) < 0 || end.reason != PANTHER_ENDED_EXIT || end.code != 0) {
			return 1;
		}
	}
	return 0;
}
