/*
 * A process's half of the address space: its tables, its frames, its ASID.
 */
#ifndef CORE_MEMORY_ADDRESS_SPACE_H
#define CORE_MEMORY_ADDRESS_SPACE_H

#include <stdint.h>

#include "core/memory/descriptor.h"
#include "core/memory/frames.h"
#include "hal/address.h"
#include "hal/context.h"
#include "lib/compiler.h"
#include "lib/status.h"

struct address_space {
	struct hal_space space; /* what the MMU needs: root table and ASID */
	struct frames *frames;
};

/* Makes an empty space with the tag `asid` (not 0: that one parks). Owned by the caller until
 * address_space_destroy. K_ENOMEM if there is no frame for the root. */
K_MUST_USE k_status address_space_create(struct address_space *space, struct frames *frames, uint16_t asid);

/*
 * Maps a fresh zeroed frame at the page-aligned `page` and hands the frame out, so that its content can be
 * written through hal_phys_to_ptr. K_EINVAL if `access` is not a user one, or the page is misaligned, taken, or not in
 * [PANTHER_USER_BOTTOM, PANTHER_USER_TOP); K_ENOMEM if a frame is missing, with nothing mapped.
 */
K_MUST_USE k_status address_space_map(struct address_space *space, user_addr page, enum page_access access,
				      phys_addr *frame);

/* The access and frame of a mapped page; K_EFAULT if nothing is mapped there. For the loader and for tests: never a
 * substitute for the user copy functions. */
K_MUST_USE k_status address_space_find(const struct address_space *space, user_addr page, phys_addr *frame,
				       enum page_access *access);

/* Parks the MMU, forgets the translations, frees every frame and table. The space may be live. */
void address_space_destroy(struct address_space *space);

#endif
