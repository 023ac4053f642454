/*
 * Touches more pages than an emulator of memory may have room for at a time, twice each: what was written must be read.
 */
#include <panther.h>

#include "user/common/output.h"

#define MAPS 32
#define MAP_PAGES (PANTHER_MAP_MAX / PANTHER_PAGE_SIZE)
#define WORDS (PANTHER_PAGE_SIZE / sizeof(uint64_t))
#define FACTOR 0x9e3779b97f4a7c15 /* odd: no two pages have the same pattern */

static volatile uint64_t *maps[MAPS];

/* A word of that page, not at the same place in all of them. */
static volatile uint64_t *word_of(uint64_t page)
{
	return maps[page / MAP_PAGES] + page % MAP_PAGES * WORDS + page % WORDS;
}

static void fill(void)
{
	for (uint64_t page = 0; page < MAPS * MAP_PAGES; page++) {
		*word_of(page) = page * FACTOR;
	}
}

static uint64_t count_wrong(void)
{
	uint64_t wrong = 0;

	for (uint64_t page = 0; page < MAPS * MAP_PAGES; page++) {
		wrong += *word_of(page) == page * FACTOR ? 0 : 1;
	}
	return wrong;
}

int main(void)
{
	uint64_t wrong;

	for (size_t i = 0; i < MAPS; i++) {
		int64_t result = panther_map(NULL, PANTHER_MAP_MAX, PANTHER_READ | PANTHER_WRITE);

		if (result < 0) {
			output_text("FAILED: no memory\n");
			return 1;
		}
		maps[i] = panther_mapped(result);
	}
	fill();
	wrong = count_wrong();
	output_text(wrong == 0 ? "" : "FAILED: ");
	output_number(MAPS * MAP_PAGES);
	output_text(" pages, ");
	output_number(wrong);
	output_text(" wrong\n");
	return wrong == 0 ? 0 : 1;
}
