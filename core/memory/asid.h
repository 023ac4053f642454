/*
 * ASIDs: the tags that keep the translations of processes apart (Arm ARM D8.13).
 * There are fewer tags than processes can come and go, so each is worth
 * something in one generation only: when they run out, every translation is
 * forgotten and a new generation begins.
 */
#ifndef CORE_MEMORY_ASID_H
#define CORE_MEMORY_ASID_H

#include <stdint.h>

#include "core/memory/address_space.h"
#include "lib/compiler.h"

/* The tag of the parked space. */
#define ASID_PARKED 0

struct asids {
	uint64_t generation; /* 1 or more; a space with another one has no tag */
	uint32_t next;	     /* the tag to give out next, from 1 up */
	uint32_t count;	     /* tags there are: 2^bits, ASID_PARKED among them */
};

/* `bits` is 8 or 16, what the CPU has; tests use fewer. */
void asids_init(struct asids *asids, unsigned bits);

/* A tag for the space, which has none of this generation. If they have run out: parks the MMU, forgets all
 * translations, and begins a new generation. */
K_NOINLINE void asids_assign(struct asids *asids, struct address_space *space);

/* Before a space becomes live: makes sure that it has a tag of this generation. */
K_ALWAYS_INLINE void asids_activate(struct asids *asids, struct address_space *space)
{
	if (!K_LIKELY(space->generation == asids->generation)) {
		asids_assign(asids, space);
	}
}

#endif
