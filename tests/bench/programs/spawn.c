/*
 * Starts a small program, which ends at once, and waits for it.
 */
#include "child.h"

#define PROGRAM "bench-spawn"

static const struct {
	struct panther_spawn_request options;
	char strings[sizeof(PROGRAM "\0" PROGRAM "\0exit")];
} request = {{.flags = PANTHER_SPAWN_INHERIT}, PROGRAM "\0" PROGRAM "\0exit"};

/* Two calls, and nothing between: counting begins with the one and ends with the other. */
__attribute__((noinline)) static int64_t spawn_and_wait(uint64_t address, uint64_t size, struct panther_exit *end)
{
	int64_t pid = panther_syscall(SYS_spawn, address, size, 0, 0, 0, 0);

	return panther_syscall(SYS_wait, (uint64_t)pid, (uint64_t)end, 0, 0, 0, 0);
}

int main(int argc, char **argv)
{
	uint64_t size = sizeof(request.options) + sizeof(request.strings);

	(void)argv;
	if (argc > 1) {
		return 0;
	}
	for (int i = 0; i < BENCH_REPEATS; i++) {
		struct panther_exit end = {.reason = PANTHER_ENDED_KILLED};

		if (spawn_and_wait((uint64_t)&request, size, &end) < 0 || end.reason != PANTHER_ENDED_EXIT ||
		    end.code != 0) {
			return 1;
		}
	}
	return 0;
}
