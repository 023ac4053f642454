/*
 * A process's half of the address space: its tables, its frames, its ASID, and
 * how much memory it may have.
 */
#ifndef CORE_MEMORY_ADDRESS_SPACE_H
#define CORE_MEMORY_ADDRESS_SPACE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/memory/descriptor.h"
#include "core/memory/frames.h"
#include "core/memory/user_range.h"
#include "core/random/random.h"
#include "hal/address.h"
#include "hal/context.h"
#include "lib/compiler.h"
#include "lib/status.h"

struct address_space {
	struct hal_space space; /* what the MMU needs: root table and ASID */
	uint64_t generation;	/* in which the ASID is worth something (core/memory/asid.h); 0: it has none */
	struct frames *frames;
	uint32_t frames_used; /* tables counted */
	uint32_t frames_max;
	uint64_t map_next;     /* where address_space_choose looks first */
	uint64_t stack_bottom; /* lowest address of the stack; the guard lies below it */
};

/* Pages that one step of address_space_clear frees, and the loader fills: what the kernel does between two chances for
 * an interrupt. */
#define ADDRESS_SPACE_STEP 32

/* Makes an empty space without a tag, and decides at random where its stack and its mappings lie. It may use
 * `frames_max` frames, its tables counted. Owned by the caller until address_space_destroy. K_ENOMEM if there is no
 * frame for the root. */
K_MUST_USE k_status address_space_create(struct address_space *space, struct frames *frames, uint32_t frames_max,
					 struct random *random);

/* One frame on the space's account, zeroed, for whatever belongs to the process: K_ENOMEM at its limit, or if there is
 * none. Its owner gives it back before address_space_clear. */
K_MUST_USE K_ALWAYS_INLINE k_status address_space_take_frame(struct address_space *space, phys_addr *frame)
{
	k_status status = K_ENOMEM;

	if (space->frames_used < space->frames_max) {
		status = frames_allocate(space->frames, frame);
	}
	if (status == K_OK) {
		space->frames_used++;
	}
	return status;
}

K_ALWAYS_INLINE void address_space_give_back_frame(struct address_space *space, phys_addr frame)
{
	space->frames_used--;
	frames_free(space->frames, frame);
}

/* Highest address of the stack, exclusive. */
K_ALWAYS_INLINE uint64_t address_space_stack_top(const struct address_space *space)
{
	return space->stack_bottom + PANTHER_USER_STACK_SIZE;
}

/*
 * Maps a fresh zeroed frame at the page-aligned `page` and hands the frame out, so that its content can be
 * written through hal_phys_to_ptr. K_EINVAL if `access` is not a user one, or the page is misaligned, taken, or not in
 * [PANTHER_USER_BOTTOM, PANTHER_USER_TOP); K_ENOMEM at the limit or if a frame is missing, with nothing mapped (tables
 * made on the way may stay). For the loader: the guard of the stack is not looked at.
 */
K_MUST_USE k_status address_space_map(struct address_space *space, user_addr page, enum page_access access,
				      phys_addr *frame);

/*
 * For the calls map, unmap and protect. `pages` is page-aligned at both ends, not empty, at most PANTHER_MAP_MAX bytes.
 * All or nothing. The space may be live: translations are forgotten as it must be.
 *
 * map_pages: fresh zeroed pages. K_EINVAL if a page is below PANTHER_USER_BOTTOM, mapped already, or in the guard of
 * the stack; K_ENOMEM.
 * unmap_pages: K_EINVAL if a page is not mapped. Tables that become empty are given back.
 * protect_pages: K_EINVAL if a page is not mapped; K_EACCES if `access` is PAGE_USER_EXECUTE and a page has ever been
 * writable.
 */
K_MUST_USE k_status address_space_map_pages(struct address_space *space, struct user_range pages,
					    enum page_access access);
K_MUST_USE k_status address_space_unmap_pages(struct address_space *space, struct user_range pages);
K_MUST_USE k_status address_space_protect_pages(struct address_space *space, struct user_range pages,
						enum page_access access);

/*
 * Finds room for `size` bytes (as above) in [PANTHER_USER_MAP_BASE, PANTHER_USER_MAP_TOP), PANTHER_USER_GUARD away from
 * what was chosen before. K_ENOMEM if it finds none in a bounded number of tries. Addresses are not looked at again
 * until the whole zone has been gone through, whether they are mapped in the end or not.
 */
K_MUST_USE k_status address_space_choose(struct address_space *space, uint64_t size, uint64_t *address);

/* The access and frame of a mapped page; K_EFAULT if nothing is mapped there. For tests and oracles: never a
 * substitute for the user copy functions. */
K_MUST_USE k_status address_space_find(const struct address_space *space, user_addr page, phys_addr *frame,
				       enum page_access *access);

/*
 * Gives back what is mapped, at most ADDRESS_SPACE_STEP frames a call; returns whether nothing is left but the root.
 * All that is on the space's account is what is mapped, its tables, and the root.
 * The first call for a space parks the MMU and forgets its translations: it never becomes live again.
 */
K_MUST_USE bool address_space_clear(struct address_space *space);

/* Gives the root back. The space is clear, and no frame is on its account but the root. */
void address_space_destroy(struct address_space *space);

#endif
