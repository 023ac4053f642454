/*
 * The sweep: everything in the heap that can be told to be right or wrong.
 */
#include <stdbool.h>

#include "core/log/panic.h"
#include "core/memory/heap.h"
#include "core/memory/heap_block.h"
#include "lib/bits.h"

#define ALL_PAGES (K_BIT(HEAP_PAGES) - 1)

/* What has been seen so far. */
struct census {
	uint64_t pages;
	size_t used;
	uint32_t quarantined;
};

static void check(bool holds, const char *what)
{
	if (!holds) {
		panic("heap-corrupt", "%s", what);
	}
}

static bool is_free(const struct heap_slab *slab, uint32_t index)
{
	return (slab->free[index / 64] & K_BIT(index % 64)) != 0;
}

/* A block that is not free: allocated, or in quarantine. */
static void count_block(const struct heap *heap, struct heap_block block, struct census *census)
{
	uint32_t redzone = heap_redzone_of(heap, &block);

	if (redzone == 0) {
		census->quarantined++;
		return;
	}
	check(redzone >= HEAP_REDZONE && redzone < block.size, "the size of a redzone");
	census->used += block.size;
}

/* A slab's blocks. Returns how many are free. */
static uint32_t count_blocks(const struct heap *heap, unsigned page, struct census *census)
{
	const struct heap_slab *slab = &heap->slabs[page];
	uint32_t capacity = heap_classes[slab->class_index].capacity;
	uint32_t free_count = 0;

	for (uint32_t word = 0; word < HEAP_BITMAP_WORDS; word++) {
		check((slab->free[word] & ~heap_full_word(capacity, word)) == 0, "free blocks beyond a slab");
	}
	for (uint32_t index = 0; index < capacity; index++) {
		if (is_free(slab, index)) {
			check(heap->redzones[page][index] == 0, "a redzone where no block is");
			free_count++;
		} else {
			count_block(heap, heap_block_in_slab(heap, page, index), census);
		}
	}
	/* The rest of the page counts as one block more, which is never allocated (heap_block_find). */
	check(capacity == HEAP_SLAB_BLOCKS || heap->redzones[page][capacity] == 0, "a redzone where no block is");
	return free_count;
}

static void check_slab(const struct heap *heap, unsigned page, struct census *census)
{
	const struct heap_slab *slab = &heap->slabs[page];

	check(slab->class_index < HEAP_CLASSES, "a slab of no class");
	uint32_t free_count = count_blocks(heap, page, census);

	check(slab->free_count == free_count, "a slab's count of free blocks");
	check(free_count != heap_classes[slab->class_index].capacity, "an empty slab was kept");
	for (uint32_t index = 0; index < HEAP_CLASSES; index++) {
		bool is_open = (heap->open_slabs[index] & K_BIT(page)) != 0;

		check(is_open == (index == slab->class_index && free_count != 0), "the sets of open slabs");
	}
}

static void check_run(const struct heap *heap, unsigned page, struct census *census)
{
	uint32_t length = heap->run_lengths[page];

	check(length >= 1 && length <= HEAP_PAGES - page, "a run's length");
	uint64_t pages = heap_run_pages(page, length);

	check((census->pages & pages) == 0, "a run over other pages");
	census->pages |= pages;
	count_block(heap, heap_block_of_run(heap, page), census);
}

static void check_pages(const struct heap *heap, struct census *census)
{
	check((heap->free_pages & heap->slab_pages) == 0, "pages both free and slabs");
	census->pages = heap->free_pages | heap->slab_pages;
	for (unsigned page = 0; page < HEAP_PAGES; page++) {
		if ((heap->slab_pages & K_BIT(page)) != 0) {
			check_slab(heap, page, census);
		}
		if ((heap->run_starts & K_BIT(page)) != 0) {
			check_run(heap, page, census);
		}
	}
	check(census->pages == ALL_PAGES, "pages that are nothing, or beyond the heap");
	for (uint32_t index = 0; index < HEAP_CLASSES; index++) {
		check((heap->open_slabs[index] & ~heap->slab_pages) == 0, "open slabs that are no slabs");
	}
}

/* A block begins at `place`, and is neither allocated nor free. */
static bool find_quarantined(const struct heap *heap, uint32_t place, struct heap_block *block)
{
	if (place >= HEAP_SIZE || !heap_block_find(heap, place, block) || block->place != place) {
		return false;
	}
	bool is_slab = (heap->slab_pages & K_BIT(block->page)) != 0;

	return heap_redzone_of(heap, block) == 0 && !(is_slab && is_free(&heap->slabs[block->page], block->index));
}

static void check_quarantine(const struct heap *heap)
{
	const struct heap_quarantine *quarantine = &heap->quarantine;
	size_t bytes = 0;

	check(quarantine->oldest < HEAP_QUARANTINE_BLOCKS, "where the quarantine begins");
	check(quarantine->count < HEAP_QUARANTINE_BLOCKS, "how much is in quarantine");
	for (uint32_t number = 0; number < quarantine->count; number++) {
		struct heap_block block = {0};

		check(find_quarantined(heap, heap_quarantine_place(heap, number), &block),
		      "a block that is not in quarantine");
		bytes += block.size;
	}
	check(quarantine->bytes == bytes && bytes <= HEAP_QUARANTINE_BYTES, "the bytes in quarantine");
}

static void check_redzone(const struct heap *heap, struct heap_block block)
{
	if (heap_redzone_of(heap, &block) != 0) {
		heap_redzone_check(heap, &block);
	}
}

static void check_redzones(const struct heap *heap)
{
	for (uint64_t left = heap->slab_pages; left != 0; left &= left - 1) {
		unsigned page = bits_lowest(left);
		uint32_t capacity = heap_classes[heap->slabs[page].class_index].capacity;

		for (uint32_t index = 0; index < capacity; index++) {
			check_redzone(heap, heap_block_in_slab(heap, page, index));
		}
	}
	for (uint64_t left = heap->run_starts; left != 0; left &= left - 1) {
		check_redzone(heap, heap_block_of_run(heap, bits_lowest(left)));
	}
}

static void check_poison(const struct heap *heap)
{
	for (uint32_t number = 0; number < heap->quarantine.count; number++) {
		struct heap_block block;

		if (heap_block_find(heap, heap_quarantine_place(heap, number), &block)) {
			heap_poison_check(heap, &block);
		}
	}
}

/* The metadata first: it says where the blocks are. */
void heap_check(const struct heap *heap)
{
	struct census census = {0};

	check_pages(heap, &census);
	check(heap->used == census.used, "the count of bytes in use");
	check(heap->quarantine.count == census.quarantined, "the count of blocks in quarantine");
	check_quarantine(heap);
	check_redzones(heap);
	check_poison(heap);
}
