#include "core/memory/heap.h"

#include <stdbool.h>

#include "core/log/panic.h"
#include "lib/bits.h"
#include "lib/memory.h"

/* Larger blocks are runs of pages. */
#define SLAB_BLOCK_MAX (HEAP_PAGE_SIZE / 2)

#define ALL_PAGES (K_BIT(HEAP_PAGES) - 1)
#define BITMAP_WORD_BITS 64

struct size_class {
	uint32_t size;	   /* of a block, in bytes */
	uint32_t capacity; /* blocks in a slab */
};

/*
 * Two classes to each doubling, so at most a third of a block is waste. All sizes are multiples of 16. 1360 stands
 * where 1536 would: it is the largest of which three fit a page.
 */
static const struct size_class classes[HEAP_CLASSES] = {
	{16, 256}, {32, 128}, {48, 85}, {64, 64}, {96, 42},  {128, 32}, {192, 21},
	{256, 16}, {384, 10}, {512, 8}, {768, 5}, {1024, 4}, {1360, 3}, {2048, 2},
};

/* The smallest class whose blocks hold `size` bytes, 1 to SLAB_BLOCK_MAX. */
static uint32_t class_of(size_t size)
{
	size_t last = size - 1;

	if (size <= 64) {
		return (uint32_t)(last / 16);
	}
	/* The top bit of the last byte's offset tells the doubling, the next bit its half. 65 is in the first of
	 * class 4. */
	unsigned top = bits_highest(last);
	uint32_t found = 4 + 2 * (top - 6) + (uint32_t)bits_get(last, top - 1, top - 1);

	return size <= classes[found].size ? found : found + 1;
}

/* The pages at which a run of `length` pages that are all in `pages` starts. */
static uint64_t find_runs(uint64_t pages, unsigned length)
{
	unsigned have = 1;

	/* Bit n stands for a run of `have` pages from n. Two of them, side by side or overlapping, make a longer one.
	 */
	while (have < length) {
		unsigned step = have < length - have ? have : length - have;

		pages &= pages >> step;
		have += step;
	}
	return pages;
}

static uint64_t run_pages(unsigned start, unsigned length)
{
	return (K_BIT(length) - 1) << start;
}

void heap_init(struct heap *heap)
{
	heap->used = 0;
	heap->free_pages = ALL_PAGES;
	heap->slab_pages = 0;
	heap->run_starts = 0;
	for (size_t index = 0; index < HEAP_CLASSES; index++) {
		heap->open_slabs[index] = 0;
	}
}

/* Word `word` of the bitmap of a slab whose `capacity` blocks are all free. */
static uint64_t full_bitmap_word(uint32_t capacity, uint32_t word)
{
	uint32_t before = word * BITMAP_WORD_BITS;

	if (capacity >= before + BITMAP_WORD_BITS) {
		return UINT64_MAX;
	}
	return capacity <= before ? 0 : K_BIT(capacity - before) - 1;
}

/* Makes a free page a slab. Slabs come from the low end, runs from the high end, so that they seldom meet. */
static unsigned slab_open(struct heap *heap, uint32_t class_index)
{
	unsigned page = bits_lowest(heap->free_pages);
	struct heap_slab *slab = &heap->slabs[page];

	slab->class_index = class_index;
	slab->free_count = classes[class_index].capacity;
	for (uint32_t word = 0; word < HEAP_BITMAP_WORDS; word++) {
		slab->free[word] = full_bitmap_word(slab->free_count, word);
	}
	heap->free_pages &= ~K_BIT(page);
	heap->slab_pages |= K_BIT(page);
	heap->open_slabs[class_index] |= K_BIT(page);
	return page;
}

static void slab_close(struct heap *heap, unsigned page, uint32_t class_index)
{
	heap->open_slabs[class_index] &= ~K_BIT(page);
	heap->slab_pages &= ~K_BIT(page);
	heap->free_pages |= K_BIT(page);
}

/* Takes the lowest free block of an open slab. */
static uint8_t *slab_take(struct heap *heap, unsigned page)
{
	struct heap_slab *slab = &heap->slabs[page];
	const struct size_class *class = &classes[slab->class_index];
	unsigned word = 0;

	while (slab->free[word] == 0) {
		word++;
	}
	unsigned index = word * BITMAP_WORD_BITS + bits_lowest(slab->free[word]);

	slab->free[word] &= slab->free[word] - 1;
	slab->free_count--;
	if (slab->free_count == 0) {
		heap->open_slabs[slab->class_index] &= ~K_BIT(page);
	}
	heap->used += class->size;
	return k_memset(&heap->arena[page * HEAP_PAGE_SIZE + index * class->size], 0, class->size);
}

static void *allocate_block(struct heap *heap, uint32_t class_index)
{
	uint64_t open = heap->open_slabs[class_index];

	if (open != 0) {
		return slab_take(heap, bits_lowest(open));
	}
	if (heap->free_pages == 0) {
		return NULL;
	}
	return slab_take(heap, slab_open(heap, class_index));
}

static void *allocate_run(struct heap *heap, unsigned length)
{
	uint64_t starts = find_runs(heap->free_pages, length);

	if (starts == 0) {
		return NULL;
	}
	unsigned page = bits_highest(starts);
	size_t size = (size_t)length * HEAP_PAGE_SIZE;

	heap->free_pages &= ~run_pages(page, length);
	heap->run_starts |= K_BIT(page);
	heap->run_lengths[page] = length;
	heap->used += size;
	return k_memset(&heap->arena[page * HEAP_PAGE_SIZE], 0, size);
}

void *heap_allocate(struct heap *heap, size_t size)
{
	if (size == 0 || size > HEAP_SIZE) {
		return NULL;
	}
	if (size <= SLAB_BLOCK_MAX) {
		return allocate_block(heap, class_of(size));
	}
	return allocate_run(heap, (unsigned)((size + HEAP_PAGE_SIZE - 1) / HEAP_PAGE_SIZE));
}

/* `offset` is the block's offset in the page. */
static void free_block(struct heap *heap, unsigned page, uint32_t offset)
{
	struct heap_slab *slab = &heap->slabs[page];
	const struct size_class *class = &classes[slab->class_index];
	uint32_t index = offset / class->size;
	uint64_t *word = &slab->free[index / BITMAP_WORD_BITS];
	uint64_t bit = K_BIT(index % BITMAP_WORD_BITS);

	if (index >= class->capacity) {
		panic("heap-foreign-free", "page %u, offset %u: no block lies there", page, offset);
	}
	if ((*word & bit) != 0) {
		panic("heap-double-free", "page %u, offset %u: a free block of %u bytes", page, offset, class->size);
	}
	if (offset != index * class->size) {
		panic("heap-interior-free", "page %u, offset %u: inside a block of %u bytes", page, offset,
		      class->size);
	}
	k_memset(&heap->arena[page * HEAP_PAGE_SIZE + offset], 0, class->size);
	*word |= bit;
	slab->free_count++;
	heap->used -= class->size;
	heap->open_slabs[slab->class_index] |= K_BIT(page);
	if (slab->free_count == class->capacity) {
		slab_close(heap, page, slab->class_index);
	}
}

static void free_run(struct heap *heap, unsigned page, uint32_t offset)
{
	if ((heap->run_starts & K_BIT(page)) == 0 || offset != 0) {
		panic("heap-interior-free", "page %u, offset %u: inside a block of whole pages", page, offset);
	}
	unsigned length = heap->run_lengths[page];
	size_t size = (size_t)length * HEAP_PAGE_SIZE;

	k_memset(&heap->arena[page * HEAP_PAGE_SIZE], 0, size);
	heap->run_starts &= ~K_BIT(page);
	heap->free_pages |= run_pages(page, length);
	heap->used -= size;
}

void heap_free(struct heap *heap, void *block)
{
	uintptr_t address = (uintptr_t)block;
	uintptr_t arena = (uintptr_t)heap->arena;

	if (block == NULL) {
		return;
	}
	if (address < arena || address - arena >= HEAP_SIZE) {
		panic("heap-foreign-free", "a block outside the heap");
	}
	unsigned page = (unsigned)((address - arena) / HEAP_PAGE_SIZE);
	uint32_t offset = (uint32_t)((address - arena) % HEAP_PAGE_SIZE);

	if ((heap->slab_pages & K_BIT(page)) != 0) {
		free_block(heap, page, offset);
	} else if ((heap->free_pages & K_BIT(page)) != 0) {
		panic("heap-double-free", "page %u, offset %u: a free page", page, offset);
	} else {
		free_run(heap, page, offset);
	}
}

size_t heap_used(const struct heap *heap)
{
	return heap->used;
}

static void check(bool holds, const char *what)
{
	if (!holds) {
		panic("heap-corrupt", "%s", what);
	}
}

/* Returns the bytes that the slab's blocks in use occupy. */
static size_t check_slab(const struct heap *heap, unsigned page)
{
	const struct heap_slab *slab = &heap->slabs[page];
	uint32_t free_count = 0;

	check(slab->class_index < HEAP_CLASSES, "a slab of no class");
	const struct size_class *class = &classes[slab->class_index];

	for (uint32_t word = 0; word < HEAP_BITMAP_WORDS; word++) {
		check((slab->free[word] & ~full_bitmap_word(class->capacity, word)) == 0, "free blocks beyond a slab");
		for (uint64_t left = slab->free[word]; left != 0; left &= left - 1) {
			free_count++;
		}
	}
	check(slab->free_count == free_count, "a slab's count of free blocks");
	check(free_count != class->capacity, "an empty slab was kept");
	for (uint32_t index = 0; index < HEAP_CLASSES; index++) {
		bool is_open = (heap->open_slabs[index] & K_BIT(page)) != 0;

		check(is_open == (index == slab->class_index && free_count != 0), "the sets of open slabs");
	}
	return (size_t)(class->capacity - free_count) * class->size;
}

/* Returns the pages of the run. */
static uint64_t check_run(const struct heap *heap, unsigned page)
{
	uint32_t length = heap->run_lengths[page];

	check(length >= 1 && length <= HEAP_PAGES - page, "a run's length");
	return run_pages(page, length);
}

void heap_check(const struct heap *heap)
{
	uint64_t seen = heap->free_pages | heap->slab_pages;
	size_t used = 0;

	check((heap->free_pages & heap->slab_pages) == 0, "pages both free and slabs");
	for (unsigned page = 0; page < HEAP_PAGES; page++) {
		if ((heap->slab_pages & K_BIT(page)) != 0) {
			used += check_slab(heap, page);
		}
		if ((heap->run_starts & K_BIT(page)) != 0) {
			uint64_t pages = check_run(heap, page);

			check((seen & pages) == 0, "a run over other pages");
			seen |= pages;
			used += (size_t)heap->run_lengths[page] * HEAP_PAGE_SIZE;
		}
	}
	check(seen == ALL_PAGES, "pages that are nothing, or beyond the heap");
	check(heap->used == used, "the count of bytes in use");
	for (uint32_t index = 0; index < HEAP_CLASSES; index++) {
		check((heap->open_slabs[index] & ~heap->slab_pages) == 0, "open slabs that are no slabs");
	}
}
