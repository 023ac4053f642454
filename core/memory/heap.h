/*
 * The kernel heap: 64 KiB, for the kernel's own objects.
 *
 * Its 16 pages are free, or slabs of equal blocks of one size class (16 bytes to
 * half a page), or runs of pages that serve one larger block. All metadata lies
 * apart from the blocks and none between them: an overflow into the next block or
 * a stale write does not reach it. Blocks are zeroed when allocated and when
 * freed. Allocation and freeing cost O(1) beside the block's own bytes.
 */
#ifndef CORE_MEMORY_HEAP_H
#define CORE_MEMORY_HEAP_H

#include <stddef.h>
#include <stdint.h>

#include "lib/compiler.h"

#define HEAP_SIZE 65536

#define HEAP_PAGE_SIZE 4096
#define HEAP_PAGES (HEAP_SIZE / HEAP_PAGE_SIZE)
#define HEAP_CLASSES 14
/* Blocks of the smallest class in a page: 256, a bit each. */
#define HEAP_BITMAP_WORDS 4

/* A page cut into blocks of one class. */
struct heap_slab {
	uint64_t free[HEAP_BITMAP_WORDS]; /* a bit set: the block is free */
	uint32_t free_count;
	uint32_t class_index;
};

/* The fields are private to heap.c. In a set of pages, bit n is page n. */
struct heap {
	size_t used;
	uint64_t free_pages;		   /* pages that are neither slab nor run; the other sets hold none of them */
	uint64_t slab_pages;		   /* pages that are slabs */
	uint64_t run_starts;		   /* first pages of runs; a run's other pages are in no set */
	uint64_t open_slabs[HEAP_CLASSES]; /* of each class, the slabs with a free block */
	struct heap_slab slabs[HEAP_PAGES];
	uint32_t run_lengths[HEAP_PAGES]; /* in pages, at a run's first */
	uint8_t arena[HEAP_SIZE] K_ALIGNED(HEAP_PAGE_SIZE);
};

/* Makes the whole heap free. Needs nothing of the memory's former content, and does not touch the blocks. */
void heap_init(struct heap *heap);

/* Returns `size` zeroed bytes, aligned to 16 and owned by the caller until heap_free, or NULL if size is 0 or
 * no block of that size is left. Never panics. */
K_MUST_USE void *heap_allocate(struct heap *heap, size_t size);

/*
 * Zeroes and takes back a block. NULL is nothing. Anything else that is not an allocated block's first byte panics;
 * only a kernel bug can do that:
 *
 *   heap-interior-free   it lies inside an allocated block
 *   heap-double-free     it lies in heap memory that is free: mostly a block that was freed before
 *   heap-foreign-free    it lies outside the heap's memory, or in the rest of a page that is too small for a block
 */
void heap_free(struct heap *heap, void *block);

/* Bytes that blocks in use occupy (by size class, not by request). */
size_t heap_used(const struct heap *heap);

/* Recounts everything from the metadata and panics ("heap-corrupt") if it does not agree. For tests and oracles. */
void heap_check(const struct heap *heap);

#endif
