#include "core/memory/heap.h"

#include "tests/unit/heap_fixture.h"

/* Boot counts instructions: the blocks are not touched. */
static void init_leaves_the_blocks_alone(void **state)
{
	struct random random = {.is_seeded = true};

	(void)state;
	memset(heap.arena, 0xa5, HEAP_SIZE);
	heap_init(&heap, &random);
	assert_true(is_all(heap.arena, HEAP_SIZE, 0xa5));
	assert_int_equal(heap_used(&heap), 0);
	heap_check(&heap);
}

static void every_size_is_served(void **state)
{
	(void)state;
	for (size_t size = 1; size <= HEAP_SIZE - REDZONE; size += size < 5000 ? 1 : 509) {
		uint8_t *block = allocate(size);
		size_t occupied = expected_size(size);

		assert_int_equal((uintptr_t)block % 16, 0);
		assert_true(block >= heap.arena && block + occupied <= heap.arena + HEAP_SIZE);
		assert_true(is_all(block, size, 0));
		assert_null(memchr(block + size, 0, occupied - size));
		assert_int_equal(heap_used(&heap), occupied);
		heap_check(&heap);
		memset(block, 0xff, size);
		heap_free(&heap, block);
		assert_true(is_all(block, occupied, 0));
		assert_int_equal(heap_used(&heap), 0);
		heap_check(&heap);
		empty_quarantine();
	}
	assert_non_null(heap_allocate(&heap, HEAP_SIZE - REDZONE));
}

static void impossible_sizes_get_null(void **state)
{
	(void)state;
	assert_null(heap_allocate(&heap, 0));
	assert_null(heap_allocate(&heap, HEAP_SIZE - REDZONE + 1));
	assert_null(heap_allocate(&heap, HEAP_SIZE));
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

/* Fills the heap with blocks for `size` bytes, each with content of its own, and empties it in another order. */
static void exhaust(size_t size, size_t expected_count)
{
	static uint8_t *blocks[HEAP_SIZE / 32 + 1];
	size_t count = 0;

	while ((blocks[count] = heap_allocate(&heap, size)) != NULL) {
		assert_true(is_all(blocks[count], size, 0));
		memset(blocks[count], (int)(count % 255 + 1), size);
		count++;
	}
	assert_int_equal(count, expected_count);
	assert_int_equal(heap_used(&heap), count * expected_size(size));
	heap_check(&heap);
	assert_null(heap_allocate(&heap, size));
	for (size_t turn = 0; turn < count; turn++) {
		/* 7919 is a prime above any count: every block has its turn. */
		size_t index = turn * 7919 % count;

		assert_true(is_all(blocks[index], size, (uint8_t)(index % 255 + 1)));
		heap_free(&heap, blocks[index]);
	}
	assert_int_equal(heap_used(&heap), 0);
	heap_check(&heap);
	/* What waits would stand between the next ones. */
	empty_quarantine();
}

static void exhaustion_is_null_in_every_class(void **state)
{
	(void)state;
	for (size_t index = 0; index < EXPECTED_CLASSES; index++) {
		exhaust(expected_classes[index].size - REDZONE, HEAP_PAGES * expected_classes[index].capacity);
	}
}

static void exhaustion_is_null_for_runs(void **state)
{
	(void)state;
	for (size_t pages = 1; pages <= HEAP_PAGES; pages++) {
		exhaust(pages * PAGE - REDZONE, HEAP_PAGES / pages);
	}
}

/* One block more than a slab takes another page; what the slabs leave serves large blocks. */
static void classes_share_the_pages(void **state)
{
	uint8_t *blocks[129];

	(void)state;
	for (size_t index = 0; index < 129; index++) {
		blocks[index] = allocate(16);
	}
	assert_null(heap_allocate(&heap, 15 * PAGE - REDZONE));
	uint8_t *run = allocate(14 * PAGE - REDZONE);
	assert_null(heap_allocate(&heap, 32));
	heap_free(&heap, run);
	for (size_t index = 0; index < 129; index++) {
		heap_free(&heap, blocks[index]);
	}
	assert_non_null(heap_allocate(&heap, HEAP_SIZE - REDZONE));
}

/* There is one block left, and it has just been freed. */
static void under_pressure_quarantine_serves(void **state)
{
	uint8_t *blocks[HEAP_PAGES * 2];

	(void)state;
	for (size_t index = 0; index < HEAP_PAGES * 2; index++) {
		blocks[index] = allocate(2000);
	}
	for (size_t index = 0; index < HEAP_PAGES * 2; index++) {
		heap_free(&heap, blocks[index]);
		assert_ptr_equal(heap_allocate(&heap, 2000), blocks[index]);
	}
	/* The page of both: it is a slab of another class, or a run, once both are out. */
	heap_free(&heap, blocks[6]);
	heap_free(&heap, blocks[7]);
	for (size_t index = 0; index < HEAP_PAGES * 2; index++) {
		if ((blocks[index] - heap.arena) / PAGE == (blocks[6] - heap.arena) / PAGE && index != 6 &&
		    index != 7) {
			heap_free(&heap, blocks[index]);
		}
	}
	assert_non_null(heap_allocate(&heap, PAGE - REDZONE));
}

/* Every hole of every length is found, and none that is too short. */
static void a_run_goes_where_it_fits(void **state)
{
	uint8_t *pages[HEAP_PAGES];

	(void)state;
	for (size_t length = 1; length <= HEAP_PAGES; length++) {
		for (size_t start = 0; start + length <= HEAP_PAGES; start++) {
			make_heap(0);
			for (size_t count = 0; count < HEAP_PAGES; count++) {
				uint8_t *page = allocate(PAGE - REDZONE);

				pages[(size_t)(page - heap.arena) / PAGE] = page;
			}
			for (size_t page = start; page < start + length; page++) {
				heap_free(&heap, pages[page]);
			}
			assert_null(heap_allocate(&heap, length * PAGE - REDZONE + 1));
			assert_ptr_equal(heap_allocate(&heap, length * PAGE - REDZONE), pages[start]);
			heap_check(&heap);
		}
	}
}

static void holes_are_not_added_up(void **state)
{
	uint8_t *pages[HEAP_PAGES];

	(void)state;
	for (size_t index = 0; index < HEAP_PAGES; index++) {
		pages[index] = allocate(PAGE - REDZONE);
	}
	for (size_t index = 0; index < HEAP_PAGES; index += 2) {
		heap_free(&heap, pages[index]);
	}
	assert_null(heap_allocate(&heap, PAGE));
	heap_free(&heap, pages[1]);
	assert_null(heap_allocate(&heap, 3 * PAGE));
	assert_non_null(heap_allocate(&heap, 3 * PAGE - REDZONE));
}

/* K25 of the attack list: nothing in a block is ever taken for the allocator's own. */
static void content_of_blocks_cannot_harm_the_heap(void **state)
{
	uint8_t *block = allocate(16);

	(void)state;
	heap_free(&heap, block);
	empty_quarantine();
	memset(heap.arena, 0xff, HEAP_SIZE);
	heap_check(&heap);
	memset(heap.arena, 0, HEAP_SIZE);
	exhaust(16, HEAP_SIZE / 32);
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
		cmocka_unit_test_setup_teardown(under_pressure_quarantine_serves, setup, teardown),
		cmocka_unit_test_setup_teardown(a_run_goes_where_it_fits, setup, teardown),
		cmocka_unit_test_setup_teardown(holes_are_not_added_up, setup, teardown),
		cmocka_unit_test_setup_teardown(content_of_blocks_cannot_harm_the_heap, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
