#include "core/memory/heap.h"

#include <stdbool.h>

#include "core/log/panic.h"
#include "core/memory/heap_block.h"
#include "lib/bits.h"
#include "lib/memory.h"

/* Larger blocks are runs of pages. */
#define SLAB_BLOCK_MAX (HEAP_PAGE_SIZE / 2)

#define ALL_PAGES (K_BIT(HEAP_PAGES) - 1)
#define BITMAP_WORD_BITS 64

/*
 * Two classes to each doubling, so at most a third of a block is waste. All sizes are multiples of 16. 1360 stands
 * where 1536 would: it is the largest of which three fit a page.
 */
const struct heap_class heap_classes[HEAP_CLASSES] = {
	{32, 128}, {48, 85}, {64, 64}, {96, 42},  {128, 32}, {192, 21}, {256, 16},
	{384, 10}, {512, 8}, {768, 5}, {1024, 4}, {1360, 3}, {2048, 2},
};

/* The smallest class whose blocks hold `size` bytes, HEAP_REDZONE + 1 to SLAB_BLOCK_MAX. */
static uint32_t class_of(size_t size)
{
	size_t last = size - 1;

	if (size <= 64) {
		return (uint32_t)(last / 16) - 1;
	}
	/* The top bit of the last byte's offset tells the doubling, the next bit its half. 65 is in the first of
	 * class 3. */
	unsigned top = bits_highest(last);
	uint32_t found = 3 + 2 * (top - 6) + (uint32_t)bits_get(last, top - 1, top - 1);

	return size <= heap_classes[found].size ? found : found + 1;
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

void heap_init(struct heap *heap, struct random *random)
{
	k_memset(heap, 0, offsetof(struct heap, arena));
	heap->free_pages = ALL_PAGES;
	random_bytes(random, &heap->pattern, sizeof(heap->pattern));
	random_bytes(random, &heap->generator, sizeof(heap->generator));
	/* An overflow of zeros is seen at each byte, and the generator never stands still. */
	heap->pattern |= 0x0101010101010101;
	heap->generator |= 1;
}

/* A number below `bound`: xorshift64 (Marsaglia 2003), which nobody sees the output of. */
static uint32_t random_number(struct heap *heap, uint32_t bound)
{
	uint64_t x = heap->generator;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	heap->generator = x;
	return (uint32_t)((x >> 32) * bound >> 32);
}

/* One of a set of pages that is not empty: the first from a random page on, or the first. */
static unsigned random_page(struct heap *heap, uint64_t pages)
{
	unsigned start = random_number(heap, HEAP_PAGES);
	uint64_t behind = pages >> start << start;

	return bits_lowest(behind != 0 ? behind : pages);
}

/* A free block of an open slab: the first from a random one on, around the end. */
static uint32_t random_block(struct heap *heap, const struct heap_slab *slab)
{
	uint32_t start = random_number(heap, heap_classes[slab->class_index].capacity);
	uint32_t word = start / BITMAP_WORD_BITS;
	uint64_t bits = slab->free[word] & UINT64_MAX << start % BITMAP_WORD_BITS;

	for (unsigned turn = 0; bits == 0; turn++) {
		if (turn == HEAP_BITMAP_WORDS) {
			panic("heap-corrupt", "an open slab without a free block");
		}
		word = (word + 1) % HEAP_BITMAP_WORDS;
		bits = slab->free[word];
	}
	return word * BITMAP_WORD_BITS + bits_lowest(bits);
}

/* Makes a free page a slab. Slabs come from the low end, runs from the high end, so that they seldom meet. */
static unsigned slab_open(struct heap *heap, uint32_t class_index)
{
	unsigned page = bits_lowest(heap->free_pages);
	struct heap_slab *slab = &heap->slabs[page];

	slab->class_index = class_index;
	slab->free_count = heap_classes[class_index].capacity;
	for (uint32_t word = 0; word < HEAP_BITMAP_WORDS; word++) {
		slab->free[word] = heap_full_word(slab->free_count, word);
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

static bool take_block(struct heap *heap, uint32_t class_index, struct heap_block *block)
{
	uint64_t open = heap->open_slabs[class_index];

	if (open == 0 && heap->free_pages == 0) {
		return false;
	}
	unsigned page = open != 0 ? random_page(heap, open) : slab_open(heap, class_index);
	struct heap_slab *slab = &heap->slabs[page];
	uint32_t index = random_block(heap, slab);

	slab->free[index / BITMAP_WORD_BITS] &= ~K_BIT(index % BITMAP_WORD_BITS);
	slab->free_count--;
	if (slab->free_count == 0) {
		heap->open_slabs[class_index] &= ~K_BIT(page);
	}
	*block = heap_block_in_slab(heap, page, index);
	return true;
}

static bool take_run(struct heap *heap, unsigned length, struct heap_block *block)
{
	uint64_t starts = find_runs(heap->free_pages, length);

	if (starts == 0) {
		return false;
	}
	unsigned page = bits_highest(starts);

	heap->free_pages &= ~heap_run_pages(page, length);
	heap->run_starts |= K_BIT(page);
	heap->run_lengths[page] = length;
	*block = heap_block_of_run(heap, page);
	return true;
}

/* `size` is of the whole block. */
static bool take(struct heap *heap, size_t size, struct heap_block *block)
{
	if (size <= SLAB_BLOCK_MAX) {
		return take_block(heap, class_of(size), block);
	}
	return take_run(heap, (unsigned)((size + HEAP_PAGE_SIZE - 1) / HEAP_PAGE_SIZE), block);
}

static void give_back_block(struct heap *heap, const struct heap_block *block)
{
	struct heap_slab *slab = &heap->slabs[block->page];

	slab->free[block->index / BITMAP_WORD_BITS] |= K_BIT(block->index % BITMAP_WORD_BITS);
	slab->free_count++;
	heap->open_slabs[slab->class_index] |= K_BIT(block->page);
	if (slab->free_count == heap_classes[slab->class_index].capacity) {
		slab_close(heap, block->page, slab->class_index);
	}
}

static void give_back(struct heap *heap, const struct heap_block *block)
{
	if ((heap->slab_pages & K_BIT(block->page)) != 0) {
		give_back_block(heap, block);
	} else {
		heap->run_starts &= ~K_BIT(block->page);
		heap->free_pages |= heap_run_pages(block->page, heap->run_lengths[block->page]);
	}
}

bool heap_block_find(const struct heap *heap, uint32_t place, struct heap_block *block)
{
	unsigned page = place / HEAP_PAGE_SIZE;

	if ((heap->free_pages & K_BIT(page)) != 0) {
		return false;
	}
	if ((heap->slab_pages & K_BIT(page)) != 0) {
		uint32_t size = heap_classes[heap->slabs[page].class_index].size;

		*block = heap_block_in_slab(heap, page, place % HEAP_PAGE_SIZE / size);
	} else {
		*block = heap_block_of_run(heap, bits_highest(heap->run_starts & (K_BIT(page + 1) - 1)));
	}
	return true;
}

/* The oldest block in quarantine becomes free. */
static void quarantine_release(struct heap *heap)
{
	struct heap_quarantine *quarantine = &heap->quarantine;
	struct heap_block block;

	if (!heap_block_find(heap, heap_quarantine_place(heap, 0), &block)) {
		panic("heap-corrupt", "a free page in quarantine");
	}
	heap_poison_check(heap, &block);
	quarantine->oldest = (quarantine->oldest + 1) % HEAP_QUARANTINE_BLOCKS;
	quarantine->count--;
	quarantine->bytes -= block.size;
	give_back(heap, &block);
}

static void quarantine_put(struct heap *heap, const struct heap_block *block)
{
	struct heap_quarantine *quarantine = &heap->quarantine;

	quarantine->places[(quarantine->oldest + quarantine->count) % HEAP_QUARANTINE_BLOCKS] = block->place;
	quarantine->count++;
	quarantine->bytes += block->size;
	while (quarantine->count == HEAP_QUARANTINE_BLOCKS || quarantine->bytes > HEAP_QUARANTINE_BYTES) {
		quarantine_release(heap);
	}
}

/* Fills what lies behind the first `content` bytes of a block of zeros. The first word may belong to both. */
static void redzone_lay(const struct heap *heap, uint64_t *words, size_t content, size_t size)
{
	size_t index = content / sizeof(*words);

	words[index] = heap->pattern << content % sizeof(*words) * 8;
	for (index++; index < size / sizeof(*words); index++) {
		words[index] = heap->pattern;
	}
}

void heap_redzone_check(const struct heap *heap, const struct heap_block *block)
{
	const uint64_t *words = heap_block_bytes(heap, block);
	uint32_t content = block->size - heap_redzone_of(heap, block);
	uint32_t index = content / sizeof(*words);
	unsigned shift = content % sizeof(*words) * 8;
	uint64_t differences = (words[index] ^ heap->pattern << shift) >> shift;

	for (index++; index < block->size / sizeof(*words); index++) {
		differences |= words[index] ^ heap->pattern;
	}
	if (differences != 0) {
		panic("heap-redzone", "page %u, offset %u: written behind its %u bytes", block->page,
		      block->place % HEAP_PAGE_SIZE, content);
	}
}

void heap_poison_check(const struct heap *heap, const struct heap_block *block)
{
	if (!k_memory_is_zero(heap_block_bytes(heap, block), block->size)) {
		panic("heap-poison", "page %u, offset %u: a free block of %u bytes was written", block->page,
		      block->place % HEAP_PAGE_SIZE, block->size);
	}
}

void *heap_allocate(struct heap *heap, size_t size)
{
	struct heap_block block;

	if (size == 0 || size > HEAP_SIZE - HEAP_REDZONE) {
		return NULL;
	}
	while (!take(heap, size + HEAP_REDZONE, &block)) {
		if (heap->quarantine.count == 0) {
			return NULL;
		}
		quarantine_release(heap);
	}
	void *memory = hal_tags_paint(&heap->arena[block.place], block.size);

	if (PANTHER_CHECKS) {
		heap_poison_check(heap, &block);
	}
	k_memset(memory, 0, block.size);
	redzone_lay(heap, memory, size, block.size);
	heap->redzones[block.page][block.index] = (uint16_t)(block.size - size);
	heap->used += block.size;
	return memory;
}

/* The block that ends where this one begins, if there is one and it is allocated. */
static void check_before(const struct heap *heap, const struct heap_block *block)
{
	struct heap_block before;

	if (block->place != 0 && heap_block_find(heap, block->place - 1, &before) &&
	    heap_redzone_of(heap, &before) != 0) {
		heap_redzone_check(heap, &before);
	}
}

/* What lies at `offset` of its page is no allocated block: a free one, or the rest of a slab, too small for a block. */
K_NORETURN K_COLD static void refuse_unallocated(const struct heap *heap, const struct heap_block *block,
						 uint32_t offset)
{
	bool is_slab = (heap->slab_pages & K_BIT(block->page)) != 0;

	if (is_slab && block->index >= heap_classes[heap->slabs[block->page].class_index].capacity) {
		panic("heap-foreign-free", "page %u, offset %u: no block lies there", block->page, offset);
	}
	panic("heap-double-free", "page %u, offset %u: a free block of %u bytes", block->page, offset, block->size);
}

/* The allocated block whose first byte is at `place`; anything else is a misuse. */
static struct heap_block block_to_free(const struct heap *heap, uint32_t place, const void *pointer)
{
	uint32_t offset = place % HEAP_PAGE_SIZE;
	struct heap_block block;

	if (!heap_block_find(heap, place, &block)) {
		panic("heap-double-free", "page %u, offset %u: a free page", place / HEAP_PAGE_SIZE, offset);
	}
	if (heap_redzone_of(heap, &block) == 0) {
		refuse_unallocated(heap, &block, offset);
	}
	if (place != block.place) {
		panic("heap-interior-free", "page %u, offset %u: inside a block of %u bytes", place / HEAP_PAGE_SIZE,
		      offset, block.size);
	}
	if (pointer != heap_block_bytes(heap, &block)) {
		panic("heap-double-free", "page %u, offset %u: a block with another tag now", block.page, offset);
	}
	return block;
}

void heap_free(struct heap *heap, void *block)
{
	uintptr_t address = hal_tags_strip(block);
	uintptr_t arena = (uintptr_t)heap->arena;

	if (block == NULL) {
		return;
	}
	if (address < arena || address - arena >= HEAP_SIZE) {
		panic("heap-foreign-free", "a block outside the heap");
	}
	struct heap_block freed = block_to_free(heap, (uint32_t)(address - arena), block);

	heap_redzone_check(heap, &freed);
	check_before(heap, &freed);
	k_memset(block, 0, freed.size);
	(void)hal_tags_paint(block, freed.size);
	heap->redzones[freed.page][freed.index] = 0;
	heap->used -= freed.size;
	quarantine_put(heap, &freed);
}

size_t heap_used(const struct heap *heap)
{
	return heap->used;
}
