/*
 * Translation tables: three levels, 39-bit addresses, 4 KiB granule. Works for
 * both halves of the address space; the caller says where further tables come
 * from. Tables are reached through hal_phys_to_ptr and hold real descriptors.
 */
#ifndef CORE_MEMORY_PAGE_TABLE_H
#define CORE_MEMORY_PAGE_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abi/limits.h"
#include "core/memory/descriptor.h"
#include "hal/address.h"
#include "hal/memory.h"
#include "lib/compiler.h"
#include "lib/status.h"

#define PAGE_TABLE_ENTRIES 512
#define PAGE_TABLE_LEAF_LEVEL 3
#define PAGE_TABLE_BLOCK_LEVEL 2 /* where the 2 MiB blocks are */
#define PAGE_TABLE_ROOT_LEVEL 1

/* Where tables come from and go back to: a zeroed frame. */
struct table_source {
	K_MUST_USE k_status (*take)(void *owner, phys_addr *table);
	void (*give_back)(void *owner, phys_addr table);
	void *owner;
};

/*
 * Maps one page (or, with map_block, 2 MiB) at virtual address `address` (any half; only bits [38:0] index).
 * Nothing may be mapped there: K_EINVAL if something is. K_ENOMEM if a table is
 * missing and the source has none; tables made on the way then stay, empty (page_table_destroy frees them).
 */
K_MUST_USE k_status page_table_map(phys_addr root, uint64_t address, phys_addr frame, enum page_access access,
				   const struct table_source *source);
K_MUST_USE k_status page_table_map_block(phys_addr root, uint64_t address, phys_addr block, enum page_access access,
					 const struct table_source *source);

/* The leaf descriptor of the page or block that maps `address`, or DESCRIPTOR_INVALID. */
uint64_t page_table_lookup(phys_addr root, uint64_t address);

/* Removes the mapping of the page, or of the whole block, that `address` lies in and returns its descriptor, or
 * DESCRIPTOR_INVALID if none was there. The caller invalidates the TLB before the frame is used for anything else. Does
 * not split blocks. */
uint64_t page_table_unmap(phys_addr root, uint64_t address);

/* Changes the access of a mapped page; its frame stays, and whether it was ever writable. The caller invalidates the
 * TLB. K_EINVAL if no page is mapped there. */
K_MUST_USE k_status page_table_protect(phys_addr root, uint64_t address, enum page_access access);

/* Visits every leaf: `visit(owner, address, level, descriptor)`; address is the low 39 bits. */
typedef void page_table_visitor(void *owner, uint64_t address, unsigned level, uint64_t descriptor);
void page_table_visit(phys_addr root, page_table_visitor *visit, void *owner);

/* The address bits that select a table's entry at a level: [38:30], [29:21], [20:12]. */
#define PAGE_TABLE_INDEX_BITS 9
K_ALWAYS_INLINE unsigned page_table_shift(unsigned level)
{
	return PANTHER_PAGE_SHIFT + PAGE_TABLE_INDEX_BITS * (PAGE_TABLE_LEAF_LEVEL - level);
}

K_ALWAYS_INLINE uint64_t *page_table_entry(phys_addr table, uint64_t address, unsigned level)
{
	uint64_t *entries = hal_phys_to_ptr(table, PANTHER_PAGE_SIZE);

	return &entries[(address >> page_table_shift(level)) & (PAGE_TABLE_ENTRIES - 1)];
}

/*
 * For trees without blocks, which those of programs are. Whoever has many pages to deal with descends once:
 * the descriptors of the pages at `address` and behind it lie side by side, up to the next multiple of
 * PAGE_TABLE_LEAF_SPAN. NULL if there is no level-3 table for `address`.
 */
#define PAGE_TABLE_LEAF_SPAN 0x200000
K_ALWAYS_INLINE uint64_t *page_table_find_pages(phys_addr root, uint64_t address)
{
	phys_addr table = root;

	/* Every shift is a constant here: this is in the way of each map, unmap and protect. */
	for (unsigned level = PAGE_TABLE_ROOT_LEVEL; level < PAGE_TABLE_LEAF_LEVEL; level++) {
		uint64_t descriptor = *page_table_entry(table, address, level);

		if (!descriptor_is_valid(descriptor) || !descriptor_is_table(descriptor)) {
			return NULL;
		}
		table = descriptor_address(descriptor);
	}
	return page_table_entry(table, address, PAGE_TABLE_LEAF_LEVEL);
}

/* The same, with tables made where they are missing; K_ENOMEM as for page_table_map. */
K_MUST_USE k_status page_table_make_pages(phys_addr root, uint64_t address, enum page_access access,
					  const struct table_source *source, uint64_t **entries);

/* Is any of so many entries of a table in use? Tables are nearly empty or nearly full: few loads and few branches. */
#define PAGE_TABLE_GROUP 16
K_ALWAYS_INLINE bool page_table_group_is_used(const uint64_t *entries)
{
	uint64_t used = DESCRIPTOR_INVALID;

	for (unsigned i = 0; i < PAGE_TABLE_GROUP; i++) {
		used |= entries[i];
	}
	return used != DESCRIPTOR_INVALID;
}

/* Takes the lowest table on the way to `address` out of the tree, if it is empty and not the root. The caller
 * invalidates the TLB for `address` before the table is used for anything else, and asks again: the table above may be
 * empty now. Returns false if there was nothing to take out. */
K_MUST_USE bool page_table_unlink_empty(phys_addr root, uint64_t address, phys_addr *table);

/*
 * Gives back what hangs below `root`, pages and tables alike, from where they all came: at most `limit` frames. `held`
 * is how many there are. Returns whether the root is empty now; if not, the next call goes on. The space must not be
 * live, and its translations invalidated.
 */
K_MUST_USE bool page_table_clear(phys_addr root, const struct table_source *source, unsigned limit, uint64_t held);

#endif
