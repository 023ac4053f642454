/*
 * The heap of malloc: one region that grows upward, in steps, by map.
 */
#include <errno.h>
#include <stdbool.h>
#include <unistd.h>

#include <panther.h>

#define STEP 0x10000

/*
 * The kernel places mappings upward from a random address, close to each other. So that the region finds the pages
 * behind it free, it lies this far above the place that the kernel chose.
 */
#define DISTANCE 0x40000000

static uint8_t *start;
static uint8_t *end;  /* of what is mapped */
static uint8_t *next; /* of what is in use */

static int64_t map(uint8_t *address, size_t size)
{
	return panther_map(address, size, PANTHER_READ | PANTHER_WRITE);
}

/* Finds the place and maps the first step there; false if there is no memory. */
static bool begin(void)
{
	int64_t chosen = map(NULL, STEP);
	uint8_t *place;

	if (chosen < 0) {
		return false;
	}
	place = panther_mapped(chosen);
	if (map(place + DISTANCE, STEP) >= 0) {
		(void)panther_unmap(place, STEP);
		place += DISTANCE;
	}
	start = place;
	next = place;
	end = place + STEP;
	return true;
}

/* Far more than there can be is refused at once, not when the last page has been mapped. */
static bool is_within_limit(size_t size)
{
	struct panther_limits_info limits;

	return panther_info(PANTHER_INFO_LIMITS, 0, &limits, sizeof(limits)) < 0 ||
	       size / PANTHER_PAGE_SIZE <= limits.frames_max - limits.frames_used;
}

static bool map_until(const uint8_t *wanted)
{
	while (end < wanted) {
		if (map(end, STEP) < 0) {
			return false;
		}
		end += STEP;
	}
	return true;
}

/* All or nothing. */
static bool grow(size_t size)
{
	uint8_t *before = end;
	size_t room = (size_t)(end - next);

	if (size <= room) {
		return true;
	}
	if (!is_within_limit(size - room)) {
		return false;
	}
	if (map_until(next + size)) {
		return true;
	}
	while (end > before) {
		end -= STEP;
		(void)panther_unmap(end, STEP);
	}
	return false;
}

static bool is_possible(ptrdiff_t change)
{
	if (start == NULL && !begin()) {
		return false;
	}
	return change < 0 ? next - start >= -change : grow((size_t)change);
}

void *sbrk(ptrdiff_t change)
{
	uint8_t *before;

	if (change == PTRDIFF_MIN || !is_possible(change)) {
		errno = ENOMEM;
		return (void *)-1;
	}
	before = next;
	next += change;
	return before;
}
