#include "core/memory/heap.h"

#include <string.h>

#include "tests/unit/cmocka_test.h"
#include "tests/unit/expect_panic.h"
#include "tests/unit/heap_expected.h"

static struct heap heap;

/* A heap in memory of hostile content. */
static int setup(void **state)
{
	(void)state;
	twin_reset(NULL);
	memset(&heap, 0xa5, sizeof(heap));
	heap_init(&heap);
	return 0;
}

/* Whatever a test did, the metadata must agree. */
static int teardown(void **state)
{
	(void)state;
	heap_check(&heap);
	return 0;
}

static uint8_t *allocate(size_t size)
{
	uint8_t *block = heap_allocate(&heap, size);

	assert_non_null(block);
	return block;
}

static void call_heap_free(void *block)
{
	heap_free(&heap, block);
}

static void call_heap_check(void *subject)
{
	heap_check(subject);
}

/* Boot counts instructions: the blocks are not touched. */
static void init_leaves_the_blocks_alone(void **state)
{
	(void)state;
	assert_true(is_all(heap.arena, HEAP_SIZE, 0xa5));
	assert_int_equal(heap_used(&heap), 0);
	heap_check(&heap);
}

static void every_size_is_served(void **state)
{
	(void)state;
	for (size_t size = 1; size <= HEAP_SIZE; size += size < 5000 ? 1 : 509) {
		uint8_t *block = allocate(size);
		size_t occupied = expected_size(size);

		assert_int_equal((uintptr_t)block % 16, 0);
		assert_true(block >= heap.arena && block + occupied <= heap.arena + HEAP_SIZE);
		assert_true(is_all(block, occupied, 0));
		assert_int_equal(heap_used(&heap), occupied);
		heap_check(&heap);
		memset(block, 0xff, size);
		heap_free(&heap, block);
		assert_true(is_all(block, occupied, 0));
		assert_int_equal(heap_used(&heap), 0);
		memset(block, 0xa5, occupied);
	}
	assert_non_null(heap_allocate(&heap, HEAP_SIZE));
}

static void impossible_sizes_get_null(void **state)
{
	(void)state;
	assert_null(heap_allocate(&heap, 0));
	assert_null(heap_allocate(&heap, HEAP_SIZE + 1));
	assert_null(heap_allocate(&heap, SIZE_MAX / 2));
	assert_null(heap_allocate(&heap, SIZE_MAX - PAGE + 2));
	assert_null(heap_allocate(&heap, SIZE_MAX));
	assert_int_equal(heap_used(&heap), 0);
}

static void freeing_null_is_nothing(void **state)
{
	(void)state;
	heap_free(&heap, NULL);
	assert_int_equal(heap_used(&heap), 0);
}

/* Fills the heap with blocks of one size, each with content of its own, and empties it in another order. */
static void exhaust(size_t size, size_t expected_count)
{
	static uint8_t *blocks[HEAP_SIZE / 16 + 1];
	size_t count = 0;

	while ((blocks[count] = heap_allocate(&heap, size)) != NULL) {
		assert_true(is_all(blocks[count], expected_size(size), 0));
		memset(blocks[count], (int)(count % 255 + 1), expected_size(size));
		count++;
	}
	assert_int_equal(count, expected_count);
	assert_int_equal(heap_used(&heap), count * expected_size(size));
	heap_check(&heap);
	assert_null(heap_allocate(&heap, size));
	for (size_t turn = 0; turn < count; turn++) {
		/* 7919 is a prime above any count: every block has its turn. */
		size_t index = turn * 7919 % count;

		assert_true(is_all(blocks[index], expected_size(size), (uint8_t)(index % 255 + 1)));
		heap_free(&heap, blocks[index]);
	}
	assert_int_equal(heap_used(&heap), 0);
	heap_check(&heap);
}

static void exhaustion_is_null_in_every_class(void **state)
{
	(void)state;
	for (size_t index = 0; index < EXPECTED_CLASSES; index++) {
		exhaust(expected_classes[index].size, HEAP_PAGES * expected_classes[index].capacity);
	}
}

static void exhaustion_is_null_for_runs(void **state)
{
	(void)state;
	for (size_t pages = 1; pages <= HEAP_PAGES; pages++) {
		exhaust(pages * PAGE, HEAP_PAGES / pages);
	}
}

/* One block more than a slab takes another page; what the slabs leave serves large blocks. */
static void classes_share_the_pages(void **state)
{
	uint8_t *blocks[257];

	(void)state;
	for (size_t index = 0; index < 257; index++) {
		blocks[index] = allocate(16);
	}
	assert_null(heap_allocate(&heap, 15 * PAGE));
	uint8_t *run = allocate(14 * PAGE);
	assert_null(heap_allocate(&heap, 32));
	heap_free(&heap, blocks[256]);
	uint8_t *other = allocate(32);
	heap_free(&heap, other);
	heap_free(&heap, run);
	for (size_t index = 0; index < 256; index++) {
		heap_free(&heap, blocks[index]);
	}
	assert_non_null(heap_allocate(&heap, HEAP_SIZE));
}

static void a_freed_block_is_used_again(void **state)
{
	uint8_t *blocks[HEAP_PAGES * 2];

	(void)state;
	for (size_t index = 0; index < HEAP_PAGES * 2; index++) {
		blocks[index] = allocate(2048);
	}
	for (size_t index = 0; index < HEAP_PAGES * 2; index++) {
		heap_free(&heap, blocks[index]);
		assert_ptr_equal(heap_allocate(&heap, 2000), blocks[index]);
	}
}

/* Every hole of every length is found, and none that is too short. */
static void a_run_goes_where_it_fits(void **state)
{
	uint8_t *pages[HEAP_PAGES];

	(void)state;
	for (size_t length = 1; length <= HEAP_PAGES; length++) {
		for (size_t start = 0; start + length <= HEAP_PAGES; start++) {
			heap_init(&heap);
			for (size_t count = 0; count < HEAP_PAGES; count++) {
				uint8_t *page = allocate(PAGE);

				pages[(size_t)(page - heap.arena) / PAGE] = page;
			}
			for (size_t page = start; page < start + length; page++) {
				heap_free(&heap, pages[page]);
			}
			assert_null(heap_allocate(&heap, length * PAGE + 1));
			assert_ptr_equal(heap_allocate(&heap, length * PAGE), pages[start]);
			heap_check(&heap);
		}
	}
}

static void holes_are_not_added_up(void **state)
{
	uint8_t *pages[HEAP_PAGES];

	(void)state;
	for (size_t index = 0; index < HEAP_PAGES; index++) {
		pages[index] = allocate(PAGE);
	}
	for (size_t index = 0; index < HEAP_PAGES; index += 2) {
		heap_free(&heap, pages[index]);
	}
	assert_null(heap_allocate(&heap, PAGE + 1));
	heap_free(&heap, pages[1]);
	assert_null(heap_allocate(&heap, 3 * PAGE + 1));
	assert_non_null(heap_allocate(&heap, 3 * PAGE));
}

static void double_free_panics(void **state)
{
	uint8_t *kept = allocate(64);
	uint8_t *block = allocate(64);
	uint8_t *run = allocate(3 * PAGE);

	(void)state;
	heap_free(&heap, block);
	expect_panic("heap-double-free", call_heap_free, block);
	/* Its slab is gone, too. */
	heap_free(&heap, kept);
	expect_panic("heap-double-free", call_heap_free, kept);
	heap_free(&heap, run);
	expect_panic("heap-double-free", call_heap_free, run);
	expect_panic("heap-double-free", call_heap_free, run + PAGE);
	assert_int_equal(heap_used(&heap), 0);
}

/* In every class: the last byte and any other than the first. */
static void interior_free_panics(void **state)
{
	(void)state;
	for (size_t index = 0; index < EXPECTED_CLASSES; index++) {
		size_t size = expected_classes[index].size;
		uint8_t *kept = allocate(size);
		uint8_t *block = allocate(size);

		memset(block, 0x77, size);
		expect_panic("heap-interior-free", call_heap_free, block + 1);
		expect_panic("heap-interior-free", call_heap_free, block + size / 2);
		expect_panic("heap-interior-free", call_heap_free, block + size - 1);
		assert_true(is_all(block, size, 0x77));
		heap_free(&heap, block);
		heap_free(&heap, kept);
	}
}

static void interior_free_of_a_run_panics(void **state)
{
	uint8_t *run = allocate(3 * PAGE);

	(void)state;
	memset(run, 0x77, 3 * PAGE);
	expect_panic("heap-interior-free", call_heap_free, run + 1);
	expect_panic("heap-interior-free", call_heap_free, run + PAGE - 1);
	expect_panic("heap-interior-free", call_heap_free, run + PAGE);
	expect_panic("heap-interior-free", call_heap_free, run + 2 * PAGE);
	expect_panic("heap-interior-free", call_heap_free, run + 3 * PAGE - 1);
	assert_true(is_all(run, 3 * PAGE, 0x77));
	heap_free(&heap, run);
}

static void foreign_free_panics(void **state)
{
	uint8_t local[16] = {0};
	uint8_t *arena = (uint8_t *)&heap + offsetof(struct heap, arena);
	uint8_t *block = allocate(48);

	(void)state;
	expect_panic("heap-foreign-free", call_heap_free, local);
	expect_panic("heap-foreign-free", call_heap_free, &heap);
	expect_panic("heap-foreign-free", call_heap_free, arena - 1);
	expect_panic("heap-foreign-free", call_heap_free, arena + HEAP_SIZE);
	expect_panic("heap-foreign-free", call_heap_free, (void *)1);
	expect_panic("heap-foreign-free", call_heap_free, (void *)0x400000);
	expect_panic("heap-foreign-free", call_heap_free, (void *)UINTPTR_MAX);
	/* A page holds 85 blocks of 48 bytes; the rest of it belongs to none. */
	expect_panic("heap-foreign-free", call_heap_free, block + 4080);
	expect_panic("heap-double-free", call_heap_free, block + 84 * 48);
	heap_free(&heap, block);
}

/* K25 of the attack list: nothing in a block is ever taken for the allocator's own. */
static void content_of_blocks_cannot_harm_the_heap(void **state)
{
	uint8_t *small = allocate(16);
	uint8_t *other = allocate(16);
	uint8_t *large = allocate(2 * PAGE);

	(void)state;
	heap_free(&heap, other);
	memset(heap.arena, 0xff, HEAP_SIZE);
	heap_check(&heap);
	assert_ptr_equal(heap_allocate(&heap, 16), other);
	assert_true(is_all(other, 16, 0));
	heap_free(&heap, other);
	heap_free(&heap, small);
	heap_free(&heap, large);
	exhaust(16, HEAP_SIZE / 16);
}

/* Each kind of damage to the metadata, undone again. */
#define expect_corrupt(field, damaged)                                \
	do {                                                          \
		__typeof__(field) whole = field;                      \
                                                                      \
		field = (damaged);                                    \
		expect_panic("heap-corrupt", call_heap_check, &heap); \
		field = whole;                                        \
		heap_check(&heap);                                    \
	} while (0)

static void check_sees_corruption(void **state)
{
	uint8_t *small = allocate(48);
	uint8_t *large = allocate(2 * PAGE);
	size_t slab = (size_t)(small - heap.arena) / PAGE;
	size_t run = (size_t)(large - heap.arena) / PAGE;
	const size_t class_of_48 = 2;

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
	expect_corrupt(heap.open_slabs[class_of_48], 0UL);
	expect_corrupt(heap.open_slabs[class_of_48 + 1], 1UL << slab);
	expect_corrupt(heap.open_slabs[class_of_48], heap.open_slabs[class_of_48] | 1UL << run);
	expect_corrupt(heap.slabs[slab].free_count, 83U);
	expect_corrupt(heap.slabs[slab].class_index, 3U);
	expect_corrupt(heap.slabs[slab].class_index, (uint32_t)EXPECTED_CLASSES);
	expect_corrupt(heap.slabs[slab].free[0], UINT64_MAX);
	expect_corrupt(heap.slabs[slab].free[1], heap.slabs[slab].free[1] | 1UL << 63);
	/* The bit behind the last block, with all counts to match. */
	uint8_t *second = allocate(48);

	heap.slabs[slab].free[1] |= 1UL << (85 - 64);
	heap.slabs[slab].free_count++;
	heap.used -= 48;
	expect_panic("heap-corrupt", call_heap_check, &heap);
	heap.slabs[slab].free[1] &= ~(1UL << (85 - 64));
	heap.slabs[slab].free_count--;
	heap.used += 48;
	heap_free(&heap, second);
	heap_free(&heap, small);
	heap_free(&heap, large);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(init_leaves_the_blocks_alone, setup, teardown),
		cmocka_unit_test_setup_teardown(every_size_is_served, setup, teardown),
		cmocka_unit_test_setup_teardown(impossible_sizes_get_null, setup, teardown),
		cmocka_unit_test_setup_teardown(freeing_null_is_nothing, setup, teardown),
		cmocka_unit_test_setup_teardown(exhaustion_is_null_in_every_class, setup, teardown),
		cmocka_unit_test_setup_teardown(exhaustion_is_null_for_runs, setup, teardown),
		cmocka_unit_test_setup_teardown(classes_share_the_pages, setup, teardown),
		cmocka_unit_test_setup_teardown(a_freed_block_is_used_again, setup, teardown),
		cmocka_unit_test_setup_teardown(a_run_goes_where_it_fits, setup, teardown),
		cmocka_unit_test_setup_teardown(holes_are_not_added_up, setup, teardown),
		cmocka_unit_test_setup_teardown(double_free_panics, setup, teardown),
		cmocka_unit_test_setup_teardown(interior_free_panics, setup, teardown),
		cmocka_unit_test_setup_teardown(interior_free_of_a_run_panics, setup, teardown),
		cmocka_unit_test_setup_teardown(foreign_free_panics, setup, teardown),
		cmocka_unit_test_setup_teardown(content_of_blocks_cannot_harm_the_heap, setup, teardown),
		cmocka_unit_test_setup_teardown(check_sees_corruption, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
