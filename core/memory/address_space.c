#include "core/memory/address_space.h"

#include "abi/limits.h"
#include "core/memory/asid.h"
#include "core/memory/page_table.h"
#include "hal/mmu.h"

/* The start of a page in [bottom, top), of which each is as likely as any other but for a bias of less than 2^-36. */
static uint64_t random_page(uint64_t draw, uint64_t bottom, uint64_t top)
{
	return bottom + draw % ((top - bottom) / PANTHER_PAGE_SIZE) * PANTHER_PAGE_SIZE;
}

/* Where the highest stack begins, and where mappings must have begun, exclusive: half of their zone is room. */
#define STACK_BOTTOM_END (PANTHER_USER_TOP - PANTHER_USER_GUARD - PANTHER_USER_STACK_SIZE + PANTHER_PAGE_SIZE)
#define MAP_NEXT_END (PANTHER_USER_MAP_BASE + (PANTHER_USER_MAP_TOP - PANTHER_USER_MAP_BASE) / 2)

k_status address_space_create(struct address_space *space, struct frames *frames, uint32_t frames_max,
			      struct random *random)
{
	struct address_space fresh = {.frames = frames, .frames_max = frames_max};
	k_status status = address_space_take_frame(&fresh, &fresh.space.root);
	uint64_t draws[2];

	if (status != K_OK) {
		return status;
	}
	random_bytes(random, draws, sizeof(draws));
	fresh.stack_bottom = random_page(draws[0], PANTHER_USER_STACK_BASE, STACK_BOTTOM_END);
	fresh.map_next = random_page(draws[1], PANTHER_USER_MAP_BASE, MAP_NEXT_END);
	*space = fresh;
	return K_OK;
}

static enum page_access access_of(uint64_t descriptor)
{
	if (descriptor_is_executable(descriptor)) {
		return descriptor_is_guarded(descriptor) ? PAGE_USER_EXECUTE_GUARDED : PAGE_USER_EXECUTE;
	}
	return descriptor_is_writable(descriptor) ? PAGE_USER_READ_WRITE : PAGE_USER_READ;
}

k_status address_space_find(const struct address_space *space, user_addr page, phys_addr *frame,
			    enum page_access *access)
{
	uint64_t descriptor = DESCRIPTOR_INVALID;

	if (page.value < PANTHER_USER_TOP) {
		descriptor = page_table_lookup(space->space.root, page.value);
	}
	if (descriptor == DESCRIPTOR_INVALID) {
		return K_EFAULT;
	}
	*frame = descriptor_address(descriptor);
	*access = access_of(descriptor);
	return K_OK;
}

static void give_back_frame(void *owner, phys_addr frame)
{
	address_space_give_back_frame(owner, frame);
}

/* First the MMU must have no way left to the tables and frames, then they may be given to others. */
bool address_space_clear(struct address_space *space)
{
	struct table_source source = {.give_back = give_back_frame, .owner = space};

	if (space->generation != 0) {
		hal_space_park();
		hal_tlb_invalidate_space(space->space.asid);
		space->generation = 0;
		space->space.asid = ASID_PARKED;
	}
	return page_table_clear(space->space.root, &source, ADDRESS_SPACE_STEP, space->frames_used - 1);
}

void address_space_destroy(struct address_space *space)
{
	address_space_give_back_frame(space, space->space.root);
}
