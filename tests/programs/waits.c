/*
 * Instructions that trap take time as all others do, so that a process of nothing else does not stop the clock.
 *
 * waits          measures them, and ends a child that runs nothing else. It also measures what takes an emulator longer
 *                the first time, and a program must not
 * waits CHILD    that child
 */
#include <stdbool.h>

#include <panther.h>

#include "user/common/output.h"

#define NAP 200000 /* nanoseconds */
#define PAGES 64
#define TOLERANCE 32 /* nanoseconds: two ticks of the machines' counters */

extern const uint64_t waits_count;
void waits_run(void);

/* An instruction takes a nanosecond at least, on either machine. */
static bool take_time(void)
{
	int64_t start = panther_clock();

	waits_run();
	return panther_clock() - start >= (int64_t)waits_count;
}

/* How long it takes to write to each page. */
static int64_t touch(volatile uint8_t *pages)
{
	int64_t start = panther_clock();

	for (size_t i = 0; i < PAGES; i++) {
		pages[i * PANTHER_PAGE_SIZE] = 1;
	}
	return panther_clock() - start;
}

static bool touch_twice(void)
{
	int64_t pages = panther_map(NULL, PAGES * PANTHER_PAGE_SIZE, PANTHER_READ | PANTHER_WRITE);
	int64_t first = pages < 0 ? INT64_MAX : touch(panther_mapped(pages));
	int64_t second = pages < 0 ? 0 : touch(panther_mapped(pages));

	return first <= second + TOLERANCE && second <= first + TOLERANCE;
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
	output_text(touch_twice() ? "pages take the same time twice\n" : "FAILED: new pages take another time\n");
	output_text(end_child() ? "the child is killed\n" : "FAILED: the child is not killed\n");
	return 0;
}
