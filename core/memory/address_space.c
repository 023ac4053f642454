#include "core/memory/address_space.h"

#include "abi/limits.h"
#include "core/memory/page_table.h"
#include "hal/mmu.h"
#include "lib/bits.h"

static k_status take_frame(void *owner, phys_addr *frame)
{
	return frames_allocate(owner, frame);
}

static void give_back_frame(void *owner, phys_addr frame)
{
	frames_free(owner, frame);
}

static struct table_source tables_of(const struct address_space *space)
{
	return (struct table_source){.take = take_frame, .give_back = give_back_frame, .owner = space->frames};
}

k_status address_space_create(struct address_space *space, struct frames *frames, uint16_t asid)
{
	phys_addr root;
	k_status status = frames_allocate(frames, &root);

	if (status == K_OK) {
		*space = (struct address_space){.space = {.root = root, .asid = asid}, .frames = frames};
	}
	return status;
}

static bool is_mappable(uint64_t page)
{
	return is_aligned(page, PANTHER_PAGE_SIZE) && page >= PANTHER_USER_BOTTOM && page < PANTHER_USER_TOP;
}

static bool is_user_access(enum page_access access)
{
	return access == PAGE_USER_READ || access == PAGE_USER_READ_WRITE || access == PAGE_USER_EXECUTE;
}

k_status address_space_map(struct address_space *space, user_addr page, enum page_access access, phys_addr *frame)
{
	struct table_source source = tables_of(space);
	phys_addr fresh;
	k_status status;

	if (!is_mappable(page.value) || !is_user_access(access)) {
		return K_EINVAL;
	}
	status = frames_allocate(space->frames, &fresh);
	if (status != K_OK) {
		return status;
	}
	status = page_table_map(space->space.root, page.value, fresh, access, &source);
	if (status != K_OK) {
		frames_free(space->frames, fresh);
		return status;
	}
	*frame = fresh;
	return K_OK;
}

static enum page_access access_of(uint64_t descriptor)
{
	if (descriptor_is_executable(descriptor)) {
		return PAGE_USER_EXECUTE;
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

static void free_leaf(void *owner, uint64_t address, unsigned level, uint64_t descriptor)
{
	(void)address;
	(void)level;
	frames_free(owner, descriptor_address(descriptor));
}

/* First the MMU must have no way left to the tables and frames, then they may be given to others. */
void address_space_destroy(struct address_space *space)
{
	struct table_source source = tables_of(space);

	hal_space_park();
	hal_tlb_invalidate_space(space->space.asid);
	page_table_visit(space->space.root, free_leaf, space->frames);
	page_table_destroy(space->space.root, &source);
}
