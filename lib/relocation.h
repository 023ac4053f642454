/*
 * Relative relocations in their packed form, SHT_RELR (System V gABI, chapter 4,
 * "Relocation"): words of 64 bits that hold addresses of the image itself.
 */
#ifndef LIB_RELOCATION_H
#define LIB_RELOCATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/compiler.h"

/* `count` packed entries. The addresses in them are those that the image is linked for, which starts at `linked`. */
struct relocations {
	const uint64_t *entries;
	size_t count;
	uint64_t linked;
};

/*
 * Adds `distance` to each word of `image` that the entries name; it has `words` of them. False, with some of them done,
 * if one is named that is not there or not aligned.
 */
K_MUST_USE bool relocations_apply(const struct relocations *relocations, uint64_t *image, size_t words,
				  uint64_t distance);

#endif
