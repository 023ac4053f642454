/*
 * R11, R12, R15, R16: whoever wants everything gets what its limits allow, and
 * all of it comes back.
 */
#include "tests/attack/programs/hostile.h"

#define HOG_FRAMES 600
#define TABLE_FRAMES 100
#define GENERATIONS 3
#define CHILDREN 4
#define PLACES_MAX 256

/* R11: spawns until that fails, each child the same. */
static int role_bomb(uint64_t generation)
{
	while (generation > 0 && start("bomb", generation - 1) > 0) {
	}
	return role_idle(0);
}

/* Ends every process but this one, which becomes the parent of all. Returns how many there were. */
static uint64_t end_all(void)
{
	struct panther_process_info record;
	uint64_t own = (uint64_t)panther_getpid();
	uint64_t count = 0;
	uint64_t next = 0;

	while (panther_info(PANTHER_INFO_PROCESS, next, &record, sizeof(record)) >= 0) {
		next = record.index + 1;
		if (record.parent == own && record.state != PANTHER_STATE_ENDED) {
			count++;
			(void)panther_kill(record.pid);
		}
	}
	return count;
}

static void run_bomb(uint64_t argument)
{
	struct panther_memory_info memory = {0};
	struct panther_exit ended;
	int64_t result;

	(void)argument;
	(void)start("bomb", GENERATIONS);
	do {
		sleep_us(1000);
		(void)panther_info(PANTHER_INFO_MEMORY, 0, &memory, sizeof(memory));
	} while (memory.processes < memory.processes_max);
	say_number("processes", (int64_t)memory.processes);
	say_number("one more", start("idle", 0));
	do {
		(void)end_all();
		result = panther_wait(0, &ended, 0);
	} while (result > 0);
	say_number("nobody left", result);
}

/* Maps pieces of one size until that fails, and says how. `last` becomes the address of the last one. */
static int64_t map_pieces(uint64_t size, uint64_t *mapped, uint64_t *last)
{
	for (*mapped = 0;; *mapped += 1) {
		int64_t result = panther_map(NULL, size, READ_WRITE);

		if (result < 0) {
			return result;
		}
		*last = (uint64_t)result;
	}
}

/* Where the kernel chooses, a last page may need a table as well, for which there is no frame any more. One of the
 * pages beside a piece has the piece's own table. */
static void map_beside(uint64_t piece, uint64_t size)
{
	(void)panther_map((void *)(piece - PANTHER_PAGE_SIZE), PANTHER_PAGE_SIZE, READ_WRITE);
	(void)panther_map((void *)(piece + size), PANTHER_PAGE_SIZE, READ_WRITE);
}

/* Maps until nothing can be mapped any more. */
static int64_t map_all(uint64_t *mapped)
{
	uint64_t last = 0;
	uint64_t pages;
	int64_t result = map_pieces(PANTHER_MAP_MAX, mapped, &last);

	map_beside(last, PANTHER_MAP_MAX);
	(void)map_pieces(PANTHER_PAGE_SIZE, &pages, &last);
	if (pages != 0) {
		map_beside(last, PANTHER_PAGE_SIZE);
	}
	return result;
}

static int role_hog(uint64_t argument)
{
	struct panther_limits_info limits;
	uint64_t mapped;

	(void)argument;
	say_number("hog", map_all(&mapped));
	limits = own_limits();
	say_number("hog's share used up", limits.frames_used == limits.frames_max);
	say_number("hog spawns", start("quit", 0));
	return role_idle(0);
}

static int role_modest(uint64_t argument)
{
	uint8_t *page = panther_mapped(panther_map(NULL, PANTHER_MAP_MAX, READ_WRITE));

	(void)argument;
	if (ADDRESS(page) >= KERNEL_TOP_HALF) {
		return 1;
	}
	for (size_t i = 0; i < PANTHER_MAP_MAX; i += PANTHER_PAGE_SIZE) {
		page[i] = 1;
	}
	return 0;
}

static void run_hog(uint64_t argument)
{
	int64_t hog = start_limited("hog", 0, argument == 0 ? HOG_FRAMES : argument, 0);

	await_state(hog, PANTHER_STATE_SLEEPING);
	(void)say_end(start("modest", 0));
	say_number("hog ended", end(hog));
}

/* One page every `distance` bytes. Returns how many until that failed. */
static uint64_t scatter(uint64_t distance, uint64_t *places, int64_t *result)
{
	uint64_t count = 0;

	for (; count < PLACES_MAX; count++) {
		places[count] = PANTHER_USER_MAP_BASE + count * distance;
		*result = panther_map(pointer(places[count]), PANTHER_PAGE_SIZE, READ_WRITE);
		if (*result < 0) {
			break;
		}
	}
	return count;
}

static int role_tables(uint64_t shift)
{
	static uint64_t places[PLACES_MAX];
	uint64_t used = own_limits().frames_used;
	int64_t result = 0;
	uint64_t count = scatter((uint64_t)1 << shift, places, &result);

	say_number("scatter", result);
	say_number("within limit", own_limits().frames_used <= TABLE_FRAMES);
	for (uint64_t i = 0; i < count; i++) {
		if (panther_unmap(pointer(places[i]), PANTHER_PAGE_SIZE) != 0) {
			say("unmap failed");
		}
	}
	say_number("tables left", (int64_t)(own_limits().frames_used - used));
	return 0;
}

static void run_tables(uint64_t argument)
{
	static const uint64_t shifts[] = {30, 21};

	(void)argument;
	for (size_t i = 0; i < 2; i++) {
		(void)say_end(start_limited("tables", shifts[i], TABLE_FRAMES, 0));
	}
}

static int role_breeder(uint64_t argument)
{
	int64_t pids[CHILDREN + 1];
	int64_t count = 0;

	(void)argument;
	while (count <= CHILDREN && (pids[count] = start_limited("idle", 0, 64, 0)) > 0) {
		count++;
	}
	say_number("children", count);
	say_number("one more", count <= CHILDREN ? pids[count] : 0);
	say_number("ended", end(pids[0]));
	pids[0] = start_limited("idle", 0, 64, 0);
	say_number("in its place", pids[0] > 0);
	say_number("one more", start_limited("idle", 0, 64, 0));
	while (count > 0) {
		(void)end(pids[--count]);
	}
	return 0;
}

static void run_children(uint64_t argument)
{
	(void)argument;
	(void)say_end(start_limited("breeder", 0, 512, CHILDREN));
}

static const struct role roles[] = {{"bomb", role_bomb},     {"idle", role_idle},
				    {"hog", role_hog},	     {"modest", role_modest},
				    {"tables", role_tables}, {"breeder", role_breeder},
				    {"quit", role_quit},     NO_ROLE};

const struct subject subjects_hogs[] = {{"R11", run_bomb, roles},
					{"R12", run_hog, roles},
					{"R15", run_tables, roles},
					{"R16", run_children, roles},
					{NULL, NULL, NULL}};
