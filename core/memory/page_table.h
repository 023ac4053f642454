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

#include "core/memory/descriptor.h"
#include "hal/address.h"
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

/* Changes the access of a mapped page; its frame stays. The caller invalidates the TLB. K_EINVAL if no page is mapped
 * there. */
K_MUST_USE k_status page_table_protect(phys_addr root, uint64_t address, enum page_access access);

/* Visits every leaf: `visit(owner, address, level, descriptor)`; address is the low 39 bits. */
typedef void page_table_visitor(void *owner, uint64_t address, unsigned level, uint64_t descriptor);
void page_table_visit(phys_addr root, page_table_visitor *visit, void *owner);

/* Gives back every table below `root`, and `root` itself. Leaves must have been dealt with (page_table_visit). The
 * space must not be live, and its translations invalidated. */
void page_table_destroy(phys_addr root, const struct table_source *source);

#endif
