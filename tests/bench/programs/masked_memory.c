#include "masked_memory.h"

#include <panther.h>

#define TABLE_SPAN 0x200000 /* what one table of pages describes, in bytes */
/* Half of a mapping here is in one table, half in the next; a program that lies at a fixed place has nothing near. */
#define ACROSS (PANTHER_USER_IMAGE_RANDOM_BASE + TABLE_SPAN - PANTHER_MAP_MAX / 2)
/* Half of a range here is not mapped: no call gets to its end. */
#define HALF_MAPPED (ACROSS + PANTHER_MAP_MAX / 2)

static char bytes[PANTHER_WRITE_CHUNK] = {[0 ... PANTHER_WRITE_CHUNK - 1] = '.'};

/*
 * SAFETY: pages that this program maps here and nowhere else.
 * Audited: 2026-11-22
 */
static void *pages_at(uint64_t address)
{
	return (void *)address;
}

static int map_at(uint64_t address, uint64_t access)
{
	return panther_map(pages_at(address), PANTHER_MAP_MAX, access) == (int64_t)address;
}

static int unmap_at(uint64_t address)
{
	return panther_unmap(pages_at(address), PANTHER_MAP_MAX) == 0;
}

static int use_pages_at(uint64_t address)
{
	void *pages = pages_at(address);

	return map_at(address, PANTHER_READ) &&
	       panther_protect(pages, PANTHER_MAP_MAX, PANTHER_READ | PANTHER_EXECUTE) == 0 &&
	       panther_protect(pages, PANTHER_MAP_MAX, PANTHER_READ | PANTHER_WRITE) == 0 && unmap_at(address) &&
	       map_at(address, PANTHER_READ | PANTHER_EXECUTE) &&
	       panther_unmap(pages_at(HALF_MAPPED), PANTHER_MAP_MAX) == -PANTHER_EINVAL &&
	       panther_protect(pages_at(HALF_MAPPED), PANTHER_MAP_MAX, PANTHER_READ) == -PANTHER_EINVAL &&
	       panther_map(pages_at(HALF_MAPPED), PANTHER_MAP_MAX, PANTHER_READ) == -PANTHER_EINVAL &&
	       unmap_at(address);
}

/* The kernel has to look for a place among many. */
static int use_pages_anywhere(void)
{
	void *pages[2];

	for (int i = 0; i < 2; i++) {
		int64_t address = panther_map(NULL, PANTHER_MAP_MAX, PANTHER_READ | PANTHER_EXECUTE);

		if (address < 0) {
			return 0;
		}
		pages[i] = panther_mapped(address);
	}
	return panther_unmap(pages[0], PANTHER_MAP_MAX) == 0 && panther_unmap(pages[1], PANTHER_MAP_MAX) == 0;
}

/* Lengths at which the most is done: more is cut. */
static int use_bytes(void)
{
	return panther_write(1, bytes, sizeof(bytes)) == PANTHER_WRITE_CHUNK &&
	       panther_write(1, bytes + 1, sizeof(bytes) - 1) == PANTHER_WRITE_CHUNK - 1 &&
	       panther_random(bytes, sizeof(bytes)) == PANTHER_RANDOM_CHUNK &&
	       panther_random(bytes + 1, sizeof(bytes) - 1) == PANTHER_RANDOM_CHUNK;
}

int use_memory(void)
{
	return use_pages_at(ACROSS) && use_pages_anywhere() && use_bytes();
}

/*
 * SAFETY: faults on purpose: nothing is mapped there.
 * Audited: 2026-11-22
 */
void fall(void)
{
	*(volatile char *)pages_at(ACROSS) = 0;
}
