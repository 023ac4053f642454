/*
 * VMSAv8-64 translation table descriptors, stage 1, 4 KiB granule
 * (Arm ARM D8.3). Pure functions: real formats, no memory.
 */
#ifndef CORE_MEMORY_DESCRIPTOR_H
#define CORE_MEMORY_DESCRIPTOR_H

#include <stdbool.h>
#include <stdint.h>

#include "hal/address.h"
#include "lib/bits.h"
#include "lib/compiler.h"

/* Every mapping the kernel ever makes is one of these; none is both writable and executable. */
enum page_access {
	PAGE_KERNEL_READ,	/* EL1 read; never executable */
	PAGE_KERNEL_READ_WRITE, /* EL1 read and write; never executable */
	PAGE_KERNEL_EXECUTE,	/* EL1 read and execute */
	PAGE_DEVICE,		/* EL1 read and write, Device-nGnRE; never executable */
	PAGE_USER_READ,		/* EL0 read */
	PAGE_USER_READ_WRITE,	/* EL0 read and write */
	PAGE_USER_EXECUTE,	/* EL0 read and execute; never executable at EL1 */
	/* The same; indirect branches must land on a landing pad (FEAT_BTI). Only for CPUs that have it. */
	PAGE_USER_EXECUTE_GUARDED,
	PAGE_KERNEL_TAGGED, /* as PAGE_KERNEL_READ_WRITE, with tags (hal/tags.h) */
};

/* Of an access for a program's pages: may it execute them? */
K_ALWAYS_INLINE bool page_access_is_code(enum page_access access)
{
	return access >= PAGE_USER_EXECUTE && access <= PAGE_USER_EXECUTE_GUARDED;
}

#define DESCRIPTOR_INVALID ((uint64_t)0)

/*
 * `address` must be aligned to the size mapped: 4 KiB for a page and a table, 2 MiB for a block. A table takes away
 * what no page like `access` needs, whatever its entries will say: tables of programs execution at EL1, tables of the
 * kernel everything at EL0, and execution unless `access` is executable.
 */
uint64_t descriptor_block(phys_addr address, enum page_access access);
uint64_t descriptor_table(phys_addr address, enum page_access access);

/* The same page with another access. Once it was writable, it stays one that was (descriptor_was_writable). */
uint64_t descriptor_with_access(uint64_t page, enum page_access access);

/* Fields that are the same in all descriptors, Arm ARM D8.3.1: the output address is bits [47:12]. */
#define DESCRIPTOR_VALID K_BIT(0)
#define DESCRIPTOR_TABLE_OR_PAGE K_BIT(1) /* a table at levels 1 and 2, a page at level 3; 0 is a block */
#define DESCRIPTOR_ADDRESS ((K_BIT(36) - 1) << 12)

/* What makes up each access, in a block; private to the descriptor functions. */
extern const uint64_t descriptor_access_bits[PAGE_KERNEL_TAGGED + 1];

/* Inline: on the path of each map. */
K_ALWAYS_INLINE uint64_t descriptor_page(phys_addr address, enum page_access access)
{
	return (address.value & DESCRIPTOR_ADDRESS) | descriptor_access_bits[access] | DESCRIPTOR_TABLE_OR_PAGE |
	       DESCRIPTOR_VALID;
}

K_ALWAYS_INLINE bool descriptor_is_valid(uint64_t descriptor)
{
	return (descriptor & DESCRIPTOR_VALID) != 0;
}

/* Of a valid descriptor at level 0 to 2: does it point to a further table? */
K_ALWAYS_INLINE bool descriptor_is_table(uint64_t descriptor)
{
	return (descriptor & DESCRIPTOR_TABLE_OR_PAGE) != 0;
}

/* The output address of a valid descriptor. */
K_ALWAYS_INLINE phys_addr descriptor_address(uint64_t descriptor)
{
	return (phys_addr){descriptor & DESCRIPTOR_ADDRESS};
}

/* Of a valid page or block descriptor. */
bool descriptor_is_writable(uint64_t descriptor);   /* by EL1 or EL0 */
bool descriptor_is_executable(uint64_t descriptor); /* by EL1 or EL0 */
bool descriptor_is_user(uint64_t descriptor);	    /* reachable by EL0 */
bool descriptor_is_guarded(uint64_t descriptor);    /* indirect branches must land on a landing pad */

/* Of a valid page of a program: has EL0 ever been able to write to it? */
bool descriptor_was_writable(uint64_t descriptor);

#endif
