/*
 * R13, R14: with no free frame at all, then with one, two, three: what is
 * asked for fails until there are enough, and each failure leaves nothing.
 */
#include "tests/attack/programs/hostile.h"

#define PIECES_MAX 4096
#define TRIES 4000
#define SPARE_PAGES 64
/* Where nothing of a program's is, not even by chance (abi/limits.h), nor in the same GiB: two tables and the pages. */
#define PLACE 0x80000000
#define PLACE_SIZE (16 * (uint64_t)PANTHER_PAGE_SIZE)

static struct {
	void *address;
	uint64_t size;
} pieces[PIECES_MAX];
static size_t pieces_used;

/* Maps all that there is, in pieces that become smaller. */
static void take_all(void)
{
	for (uint64_t size = PANTHER_MAP_MAX; size >= PANTHER_PAGE_SIZE; size /= 4) {
		int64_t result;

		while (pieces_used < PIECES_MAX && (result = panther_map(NULL, size, READ_WRITE)) >= 0) {
			pieces[pieces_used].address = panther_mapped(result);
			pieces[pieces_used++].size = size;
		}
	}
}

static void give_all_back(void)
{
	while (pieces_used > 0) {
		pieces_used--;
		(void)panther_unmap(pieces[pieces_used].address, pieces[pieces_used].size);
	}
}

/* What a process had may come back a little after its end. */
static bool is_back(const struct counts *before)
{
	for (int i = 0; i < TRIES; i++) {
		struct counts now = counts_now();

		if (now.frames_free == before->frames_free && now.heap_used == before->heap_used &&
		    now.processes == before->processes) {
			return true;
		}
		sleep_us(100);
	}
	return false;
}

static int64_t spawn_and_wait(void)
{
	int64_t pid = start_program("exits");

	return pid < 0 ? pid : status_of(pid);
}

static int64_t map_and_unmap(void)
{
	int64_t result = panther_map(pointer(PLACE), PLACE_SIZE, READ_WRITE);

	return result < 0 ? result : panther_unmap(pointer(PLACE), PLACE_SIZE);
}

/* Tries with each number of free frames in turn; says how it failed, and with how many it no longer did. */
static void try_all(int64_t (*attempt)(void))
{
	uint8_t *spare = panther_mapped(panther_map(NULL, SPARE_PAGES * PANTHER_PAGE_SIZE, READ_WRITE));
	uint64_t left = SPARE_PAGES;
	uint64_t wrong = 0;
	struct counts before;
	int64_t result;

	take_all();
	say_number("few at first", counts_now().frames_free <= 1);
	do {
		before = counts_now();
		result = attempt();
		wrong += (result != 0 && result != -PANTHER_ENOMEM) || !is_back(&before);
	} while (result != 0 && left > 0 && panther_unmap(spare + --left * PANTHER_PAGE_SIZE, PANTHER_PAGE_SIZE) == 0);
	say_number("wrong", (int64_t)wrong);
	say_number("in the end", result);
	say_number("with", (int64_t)before.frames_free);
	if (left > 0) {
		(void)panther_unmap(spare, left * PANTHER_PAGE_SIZE);
	}
	give_all_back();
}

static void run_spawns(uint64_t argument)
{
	(void)argument;
	try_all(spawn_and_wait);
}

static void run_maps(uint64_t argument)
{
	(void)argument;
	try_all(map_and_unmap);
}

static const struct role no_roles[] = {NO_ROLE};

const struct subject subjects_tight[] = {
	{"R13", run_spawns, no_roles},
	{"R14", run_maps, no_roles},
	{NULL, NULL, NULL},
};
