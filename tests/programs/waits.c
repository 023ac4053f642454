/*
 * Instructions that trap take time as all others do, so that a process of nothing else does not stop the clock.
 *
 * waits          measures them, and ends a child that runs nothing else. It also measures what takes an emulator longer
 *                the first time, and a program must not
 * waits child    that child
 * waits store    a child that is interrupted between a load exclusive and its store: the exit status is the store's
 */
#include <stdbool.h>

#include <panther.h>

#include "user/common/output.h"
#include "user/common/text.h"

#define NAP 200000 /* nanoseconds */
/* Less than waits_store takes, on either machine: and that is less than a slice, so that its turn goes on. */
#define SHORT_NAP 40000
#define PAGES 64
#define TOLERANCE 32 /* nanoseconds: two ticks of the machines' counters */

extern const uint64_t waits_count;
void waits_run(void);
int waits_store(uint64_t *word);

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

/* It fails: the interrupt that ends the nap clears the monitor, on its way back. */
static bool interrupt_store(void)
{
	const char *const argv[] = {"waits", "store", NULL};
	struct panther_exit end;
	int64_t pid = panther_spawn_program(argv[0], argv, NULL);

	return pid > 0 && panther_sleep_for(SHORT_NAP) == 0 && panther_wait((uint64_t)pid, &end, 0) == pid &&
	       end.reason == PANTHER_ENDED_EXIT && end.code == 1;
}

int main(int argc, char **argv)
{
	uint64_t word = 0;

	if (argc > 1 && text_equal(argv[1], "store")) {
		return waits_store(&word);
	}
	while (argc > 1) {
		waits_run();
	}
	output_text(take_time() ? "they take time\n" : "FAILED: they take no time\n");
	output_text(touch_twice() ? "pages take the same time twice\n" : "FAILED: new pages take another time\n");
	output_text(end_child() ? "the child is killed\n" : "FAILED: the child is not killed\n");
	output_text(interrupt_store() ? "an interrupted store fails\n" : "FAILED: an interrupted store is done\n");
	return 0;
}
