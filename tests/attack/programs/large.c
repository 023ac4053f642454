/*
 * R24: the largest program and the longest calls, while somebody else wants the
 * CPU at certain moments.
 */
#include "tests/attack/programs/hostile.h"

#define MILLISECOND 1000000
#define MAPS 16
#define TICKS 30

/* Wakes every millisecond until it is told to stop; its worst delay, in microseconds, is what it says. */
static int role_clockwork(uint64_t count)
{
	uint64_t next = (uint64_t)panther_clock();
	uint64_t worst = 0;

	for (uint64_t i = 0; i < count; i++) {
		uint64_t now;

		next += MILLISECOND;
		if (panther_sleep(next) != 0) {
			return 1;
		}
		now = (uint64_t)panther_clock();
		worst = now - next > worst ? now - next : worst;
		next = now;
	}
	say_number("late", (int64_t)(worst / 1000));
	return 0;
}

static void map_and_unmap(void)
{
	int64_t places[MAPS];
	int64_t wrong = 0;

	for (int i = 0; i < MAPS; i++) {
		places[i] = panther_map(NULL, PANTHER_MAP_MAX, READ_WRITE);
		wrong += places[i] < 0 ||
			 panther_protect(pointer((uint64_t)places[i]), PANTHER_MAP_MAX, PANTHER_READ) != 0;
	}
	for (int i = 0; i < MAPS; i++) {
		wrong += panther_unmap(pointer((uint64_t)places[i]), PANTHER_MAP_MAX) != 0;
	}
	say_number("map wrong", wrong);
}

static void run(uint64_t argument)
{
	int64_t clockwork = start("clockwork", TICKS);
	struct panther_process_info record;

	(void)argument;
	say_number("write", panther_write(1, "", PANTHER_IO_MAX + 1));
	/* Nobody but the kernel is busy: this process waits for it, and the large one ends at once. */
	while (find_process((uint64_t)clockwork, &record) && record.state != PANTHER_STATE_ENDED) {
		if (status_of(start_program("large")) != 0) {
			say("large failed");
		}
	}
	(void)say_end(clockwork);
	map_and_unmap();
}

static const struct role roles[] = {{"clockwork", role_clockwork}, NO_ROLE};

const struct subject subjects_large[] = {{"R24", run, roles}, {NULL, NULL, NULL}};
