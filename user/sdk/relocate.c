/*
 * Relocation, by the program itself: a position-independent program is linked
 * for address 0 (ELF for the Arm 64-bit Architecture, 5.7.15; RELR: generic ABI,
 * "Relative relocation table").
 */
#include "start.h"

#include <stddef.h>

#define R_AARCH64_RELATIVE 1027

struct rela {
	uint64_t offset;
	uint64_t info; /* the kind in its low half */
	uint64_t addend;
};

#pragma GCC visibility push(hidden)
extern const struct rela program_rela_start[];
extern const struct rela program_rela_end[];
extern const uint64_t program_relr_start[];
extern const uint64_t program_relr_end[];
#pragma GCC visibility pop

static uint64_t *word_at(uint64_t offset)
{
	void *word = program_base + offset;

	return word;
}

static void relocate_rela(void)
{
	for (size_t i = 0; i < (size_t)(program_rela_end - program_rela_start); i++) {
		const struct rela *rela = &program_rela_start[i];

		if ((uint32_t)rela->info == R_AARCH64_RELATIVE) {
			*word_at(rela->offset) = (uint64_t)program_base + rela->addend;
		}
	}
}

/* An even entry is the place of one word; an odd one says which of the 63 words behind the last place follow suit. */
static void relocate_relr(void)
{
	uint64_t *next = word_at(0);

	for (size_t i = 0; i < (size_t)(program_relr_end - program_relr_start); i++) {
		uint64_t entry = program_relr_start[i];

		if ((entry & 1) == 0) {
			next = word_at(entry);
			*next++ += (uint64_t)program_base;
			continue;
		}
		for (unsigned int bit = 1; bit < 64; bit++) {
			if ((entry >> bit & 1) != 0) {
				next[bit - 1] += (uint64_t)program_base;
			}
		}
		next += 63;
	}
}

void program_relocate(void)
{
	relocate_rela();
	relocate_relr();
}
