#include "lib/relocation.h"

#define WORD_SIZE sizeof(uint64_t)

/* An odd entry is a bitmap: bit n is about the n-th word from where the last entry ended. Bit 0 only says that. */
#define BITMAP ((uint64_t)1)
#define BITMAP_WORDS 63

struct target {
	uint64_t *image;
	size_t words;
	uint64_t distance;
};

static bool relocate(const struct target *target, uint64_t word)
{
	if (word >= target->words) {
		return false;
	}
	target->image[word] += target->distance;
	return true;
}

static bool relocate_some(const struct target *target, uint64_t first, uint64_t bitmap)
{
	for (uint64_t bits = bitmap >> 1; bits != 0; bits &= bits - 1) {
		if (!relocate(target, first + (uint64_t)__builtin_ctzll(bits))) {
			return false;
		}
	}
	return true;
}

bool relocations_apply(const struct relocations *relocations, uint64_t *image, size_t words, uint64_t distance)
{
	const struct target target = {image, words, distance};
	uint64_t next = words; /* a bitmap that comes first is about nothing */

	for (size_t i = 0; i < relocations->count; i++) {
		uint64_t entry = relocations->entries[i];

		if ((entry & BITMAP) != 0) {
			if (!relocate_some(&target, next, entry)) {
				return false;
			}
			next += BITMAP_WORDS;
		} else {
			uint64_t offset = entry - relocations->linked;

			if (offset % WORD_SIZE != 0 || !relocate(&target, offset / WORD_SIZE)) {
				return false;
			}
			next = offset / WORD_SIZE + 1;
		}
	}
	return true;
}
