/*
 * What heap.c and heap_check.c have in common: where blocks lie, and what lies behind them.
 */
#ifndef CORE_MEMORY_HEAP_BLOCK_H
#define CORE_MEMORY_HEAP_BLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "core/memory/heap.h"
#include "hal/tags.h"
#include "lib/bits.h"
#include "lib/compiler.h"

struct heap_class {
	uint32_t size;	   /* of a block, in bytes */
	uint32_t capacity; /* blocks in a slab */
};

extern const struct heap_class heap_classes[HEAP_CLASSES];

struct heap_block {
	unsigned page;	/* its first one */
	uint32_t index; /* in the page */
	uint32_t place; /* of its first byte in the arena */
	uint32_t size;
};

/* A set of pages: `length` of them from `start`. */
K_ALWAYS_INLINE uint64_t heap_run_pages(unsigned start, unsigned length)
{
	return (K_BIT(length) - 1) << start;
}

/* Word `word` of the bitmap of a slab whose `capacity` blocks are all free. */
K_ALWAYS_INLINE uint64_t heap_full_word(uint32_t capacity, uint32_t word)
{
	uint32_t before = word * 64;

	if (capacity >= before + 64) {
		return UINT64_MAX;
	}
	return capacity <= before ? 0 : K_BIT(capacity - before) - 1;
}

K_ALWAYS_INLINE struct heap_block heap_block_in_slab(const struct heap *heap, unsigned page, uint32_t index)
{
	uint32_t size = heap_classes[heap->slabs[page].class_index].size;

	return (struct heap_block){page, index, page * HEAP_PAGE_SIZE + index * size, size};
}

K_ALWAYS_INLINE struct heap_block heap_block_of_run(const struct heap *heap, unsigned page)
{
	return (struct heap_block){page, 0, page * HEAP_PAGE_SIZE, heap->run_lengths[page] * HEAP_PAGE_SIZE};
}

/* How many bytes of it are a redzone; 0: it is not allocated. */
K_ALWAYS_INLINE uint32_t heap_redzone_of(const struct heap *heap, const struct heap_block *block)
{
	return heap->redzones[block->page][block->index];
}

/* With the tag that it has. */
K_ALWAYS_INLINE const void *heap_block_bytes(const struct heap *heap, const struct heap_block *block)
{
	return hal_tags_pointer(&heap->arena[block->place]);
}

/* Where a block in quarantine lies; the oldest is number 0. */
K_ALWAYS_INLINE uint32_t heap_quarantine_place(const struct heap *heap, uint32_t number)
{
	return heap->quarantine.places[(heap->quarantine.oldest + number) % HEAP_QUARANTINE_BLOCKS];
}

/* What the byte at `place` belongs to: a block, or the rest of a slab that is too small for one (as if it were a block
 * that is not allocated). False if its page is free. */
K_MUST_USE bool heap_block_find(const struct heap *heap, uint32_t place, struct heap_block *block);

/* Panics if the redzone of an allocated block was written. */
void heap_redzone_check(const struct heap *heap, const struct heap_block *block);

/* Panics if a block that is not allocated, with tags of its own, was written. */
void heap_poison_check(const struct heap *heap, const struct heap_block *block);

#endif
