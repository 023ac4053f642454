/*
 * Instructions that trap take time as all others do, so that a process of nothing else does not stop the clock.
 *
 * waits          measures them, and ends a child that runs nothing else
 * waits CHILD    that child
 */
#include <stdbool.h>

#include <panther.h>

#include "user/common/output.h"

#define NAP 200000 /* nanoseconds */

extern const uint64_t waits_count;
void waits_run(void);

/* An instruction takes a nanosecond at least, on either machine. */
static bool take_time(void)
{
	int64_t start = panther_clock();

	waits_run();
	return panther_clock() - start >= (int64_t)waits_count;
}

static bool end_child(void)
{
	const char *const argv[] = {"waits", "child", NULL};
	struct panther_exit end;
	int64_t pid = panther_spawn_program(argv[0], argv, NULL);

	return pid > 0 && panther_sleep_for(NAP) == 0 && panther_kill((uint64_t)pid) == 0 &&
	       panther_wait((uint64_t)pid, &end, 0) == pid && end.reason == PANTHER_ENDED_KILLED;
}

int main(int argc, char **argv)
{
	(void)argv;
	while (argc > 1) {
		waits_run();
	}
	output_text(take_time() ? "they take time\n" : "FAILED: they take no time\n");
	output_text(end_child() ? "the child is killed\n" : "FAILED: the child is not killed\n");
	return 0;
}
