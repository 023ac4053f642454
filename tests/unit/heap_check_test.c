/*
 * core/memory/heap.h: heap_check sees each kind of damage to the metadata.
 */
#include "tests/unit/heap_fixture.h"

/* Undone again. */
#define expect_corrupt(field, damaged)                               \
	do {                                                         \
		__typeof__(field) whole = field;                     \
                                                                     \
		field = (damaged);                                   \
		expect_panic("heap-corrupt", call_heap_check, NULL); \
		field = whole;                                       \
		heap_check(&heap);                                   \
	} while (0)

#define CLASS_OF_48 1

static size_t page_of(const uint8_t *block)
{
	return (size_t)(block - heap.arena) / PAGE;
}

static void pages(void **state)
{
	size_t slab = page_of(allocate(32));
	size_t run = page_of(allocate(2 * PAGE - REDZONE));

	(void)state;
	expect_corrupt(heap.used, heap.used + 16);
	expect_corrupt(heap.free_pages, heap.free_pages | 1UL << slab);
	expect_corrupt(heap.free_pages, heap.free_pages | 1UL << run);
	expect_corrupt(heap.free_pages, heap.free_pages | 1UL << HEAP_PAGES);
	expect_corrupt(heap.free_pages, heap.free_pages & (heap.free_pages - 1));
	expect_corrupt(heap.slab_pages, 0UL);
	expect_corrupt(heap.slab_pages, heap.slab_pages | 1UL << run);
	expect_corrupt(heap.run_starts, 0UL);
	expect_corrupt(heap.run_starts, heap.run_starts | 1UL << slab);
	expect_corrupt(heap.run_starts, heap.run_starts | 1UL << (run + 1));
	expect_corrupt(heap.run_lengths[run], 0U);
	expect_corrupt(heap.run_lengths[run], 1U);
	expect_corrupt(heap.run_lengths[run], HEAP_PAGES + 1U);
	expect_corrupt(heap.redzones[run][0], (uint16_t)0);
}

static void slabs(void **state)
{
	uint8_t *block = allocate(32);
	size_t slab = page_of(block);
	size_t run = page_of(allocate(2 * PAGE - REDZONE));
	size_t index = (size_t)(block - heap.arena) % PAGE / 48;
	uint16_t redzone = heap.redzones[slab][index];

	(void)state;
	assert_int_equal(redzone, 16);
	expect_corrupt(heap.open_slabs[CLASS_OF_48], 0UL);
	expect_corrupt(heap.open_slabs[CLASS_OF_48 + 1], 1UL << slab);
	expect_corrupt(heap.open_slabs[CLASS_OF_48], heap.open_slabs[CLASS_OF_48] | 1UL << run);
	expect_corrupt(heap.slabs[slab].free_count, 83U);
	expect_corrupt(heap.slabs[slab].class_index, CLASS_OF_48 + 1U);
	expect_corrupt(heap.slabs[slab].class_index, (uint32_t)EXPECTED_CLASSES);
	expect_corrupt(heap.slabs[slab].free[index / 64], heap.slabs[slab].free[index / 64] | 1UL << index % 64);
	expect_corrupt(heap.slabs[slab].free[1], heap.slabs[slab].free[1] | 1UL << 63);
	expect_corrupt(heap.redzones[slab][index], (uint16_t)0);
	expect_corrupt(heap.redzones[slab][index], (uint16_t)15);
	expect_corrupt(heap.redzones[slab][index], (uint16_t)48);
	expect_corrupt(heap.redzones[slab][(index + 1) % 85], (uint16_t)16);
	expect_corrupt(heap.redzones[slab][85], (uint16_t)16);
}

/* The bit behind the last block, with all counts to match. */
static void a_free_block_beyond_the_slab(void **state)
{
	uint8_t *first = allocate(32);
	uint8_t *second = allocate(32);
	struct heap_slab *slab = &heap.slabs[page_of(first)];

	(void)state;
	heap_free(&heap, second);
	empty_quarantine();
	size_t index = (size_t)(second - heap.arena) % PAGE / 48;

	slab->free[index / 64] &= ~(1UL << index % 64);
	slab->free[1] |= 1UL << (85 - 64);
	expect_panic("heap-corrupt", call_heap_check, NULL);
	slab->free[index / 64] |= 1UL << index % 64;
	slab->free[1] &= ~(1UL << (85 - 64));
}

static void the_quarantine(void **state)
{
	uint8_t *kept = allocate(32);
	uint8_t *block = allocate(32);
	uint8_t *run = allocate(PAGE - REDZONE);

	(void)state;
	heap_free(&heap, block);
	heap_free(&heap, run);
	expect_corrupt(heap.quarantine.count, 1U);
	expect_corrupt(heap.quarantine.count, 3U);
	expect_corrupt(heap.quarantine.count, (uint32_t)HEAP_QUARANTINE_BLOCKS);
	expect_corrupt(heap.quarantine.oldest, 1U);
	expect_corrupt(heap.quarantine.oldest, (uint32_t)HEAP_QUARANTINE_BLOCKS);
	expect_corrupt(heap.quarantine.bytes, heap.quarantine.bytes + 16);
	expect_corrupt(heap.quarantine.places[0], (uint32_t)(kept - heap.arena));
	expect_corrupt(heap.quarantine.places[0], (uint32_t)(block - heap.arena) + 16);
	expect_corrupt(heap.quarantine.places[1], (uint32_t)HEAP_SIZE);
	expect_corrupt(heap.quarantine.places[1], (uint32_t)(run - heap.arena) - PAGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(pages, setup, teardown),
		cmocka_unit_test_setup_teardown(slabs, setup, teardown),
		cmocka_unit_test_setup_teardown(a_free_block_beyond_the_slab, setup, teardown),
		cmocka_unit_test_setup_teardown(the_quarantine, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
