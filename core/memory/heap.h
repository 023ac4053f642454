/*
 * The kernel heap: 64 KiB, for the kernel's own objects.
 *
 * Its 16 pages are free, or slabs of equal blocks of one size class (32 bytes to
 * half a page), or runs of pages that serve one larger block. All metadata lies
 * apart from the blocks and none between them: an overflow into the next block or
 * a stale write does not reach it. Blocks are zeroed when allocated and when
 * freed, and which free block serves is random.
 *
 * Behind what was asked for, to the block's end, lies a redzone of 16 bytes at
 * least: a secret pattern, looked at when the block is freed. A freed block waits
 * in quarantine until others were freed after it, and must still be all zeros
 * then; in images for tests also when it is handed out again. Where the CPU has
 * tags (hal/tags.h) each block has its own, and another when it is freed.
 *
 * Allocation and freeing cost O(1) beside the bytes of the block, and of those
 * that leave quarantine meanwhile.
 */
#ifndef CORE_MEMORY_HEAP_H
#define CORE_MEMORY_HEAP_H

#include <stddef.h>
#include <stdint.h>

#include "core/random/random.h"
#include "lib/compiler.h"

#define HEAP_SIZE 65536
/* A block has this many bytes more than what was asked for, at least. */
#define HEAP_REDZONE 16

#define HEAP_PAGE_SIZE 4096
#define HEAP_PAGES (HEAP_SIZE / HEAP_PAGE_SIZE)
#define HEAP_CLASSES 13
/* Blocks of the smallest class in a page: a bit each. */
#define HEAP_SLAB_BLOCKS 128
#define HEAP_BITMAP_WORDS (HEAP_SLAB_BLOCKS / 64)
/* Fewer blocks than this are in quarantine, and no more bytes of blocks. */
#define HEAP_QUARANTINE_BLOCKS 32
#define HEAP_QUARANTINE_BYTES (HEAP_SIZE / 4)

/* A page cut into blocks of one class. */
struct heap_slab {
	uint64_t free[HEAP_BITMAP_WORDS]; /* a bit set: the block is free, and not in quarantine */
	uint32_t free_count;
	uint32_t class_index;
};

/* Freed blocks, in a ring. They are not free yet: their bits are clear, their pages in no set of free ones. */
struct heap_quarantine {
	uint32_t places[HEAP_QUARANTINE_BLOCKS]; /* offsets in the arena */
	uint32_t oldest;
	uint32_t count;
	size_t bytes;
};

/* The fields are private to heap*.c. In a set of pages, bit n is page n. */
struct heap {
	size_t used;
	uint64_t free_pages;		   /* pages that are neither slab nor run; the other sets hold none of them */
	uint64_t slab_pages;		   /* pages that are slabs */
	uint64_t run_starts;		   /* first pages of runs; a run's other pages are in no set */
	uint64_t open_slabs[HEAP_CLASSES]; /* of each class, the slabs with a free block */
	struct heap_slab slabs[HEAP_PAGES];
	uint32_t run_lengths[HEAP_PAGES]; /* in pages, at a run's first */
	/* The bytes of each block's redzone; 0: the block is not allocated. A run is block 0 of its first page. */
	uint16_t redzones[HEAP_PAGES][HEAP_SLAB_BLOCKS];
	struct heap_quarantine quarantine;
	uint64_t pattern;   /* what redzones are filled with; none of its bytes is 0 */
	uint64_t generator; /* of random places; never 0 */
	uint8_t arena[HEAP_SIZE] K_ALIGNED(HEAP_PAGE_SIZE);
};

/* Makes the whole heap free, and draws its secrets. Does not touch the arena, which holds zeros, as .bss does: images
 * for tests look for them. Needs nothing of the former content of the rest. */
void heap_init(struct heap *heap, struct random *random);

/* Returns `size` zeroed bytes, aligned to 16 and owned by the caller until heap_free, or NULL if size is 0 or
 * no block of that size is left, not even in quarantine. Panics only as heap_check does, for a block that leaves
 * quarantine, and in images for tests for this one. */
K_MUST_USE void *heap_allocate(struct heap *heap, size_t size);

/*
 * Zeroes and takes back a block. NULL is nothing. Anything else that is not an allocated block's first byte panics;
 * only a kernel bug can do that:
 *
 *   heap-foreign-free    it lies outside the heap's memory, or in the rest of a page that is too small for a block
 *   heap-double-free     it lies in heap memory that is not allocated: mostly a block that was freed before; or, where
 *                        the CPU has tags, in a block that has another tag by now
 *   heap-interior-free   it lies inside an allocated block
 *   heap-redzone         it is a block, but what lies just behind it or before it was written
 *   heap-poison          it is a block, but an older one, which now leaves quarantine, was written after it was freed
 */
void heap_free(struct heap *heap, void *block);

/* Bytes that allocated blocks occupy (by size class, not by request). */
size_t heap_used(const struct heap *heap);

/*
 * Looks at everything, and panics:
 *
 *   heap-redzone         behind an allocated block somebody wrote
 *   heap-poison          to a block in quarantine somebody wrote
 *   heap-corrupt         the metadata does not agree with itself
 *
 * For tests and oracles.
 */
void heap_check(const struct heap *heap);

#endif
