/*
 * core/memory/heap.h: how long a freed block waits, and where the next one lies.
 */
#include "tests/unit/heap_fixture.h"

static bool is_waiting(const uint8_t *block)
{
	for (uint32_t turn = 0; turn < heap.quarantine.count; turn++) {
		uint32_t place = heap.quarantine.places[(heap.quarantine.oldest + turn) % HEAP_QUARANTINE_BLOCKS];

		if (heap.arena + place == block) {
			return true;
		}
	}
	return false;
}

/* Small ones: until so many others were freed. First in, first out. */
static void blocks_wait_for_others(void **state)
{
	uint8_t *blocks[QUARANTINE_BLOCKS + 20];

	(void)state;
	for (size_t index = 0; index < QUARANTINE_BLOCKS + 20; index++) {
		blocks[index] = allocate(32);
	}
	for (size_t index = 0; index < QUARANTINE_BLOCKS + 20; index++) {
		heap_free(&heap, blocks[index]);
		for (size_t other = 0; other <= index; other++) {
			assert_int_equal(is_waiting(blocks[other]), other + QUARANTINE_BLOCKS > index);
		}
		heap_check(&heap);
	}
}

/* Large ones: until so many bytes were freed. */
static void bytes_are_bounded(void **state)
{
	uint8_t *blocks[12];

	(void)state;
	for (size_t index = 0; index < 12; index++) {
		blocks[index] = allocate(PAGE - REDZONE);
	}
	for (size_t index = 0; index < 12; index++) {
		heap_free(&heap, blocks[index]);
		for (size_t other = 0; other <= index; other++) {
			assert_int_equal(is_waiting(blocks[other]), other + QUARANTINE_BYTES / PAGE > index);
		}
		heap_check(&heap);
	}
	uint8_t *largest = allocate(QUARANTINE_BYTES - REDZONE);

	heap_free(&heap, largest);
	assert_true(is_waiting(largest));
	assert_int_equal(heap.quarantine.count, 1);
	uint8_t *larger = allocate(QUARANTINE_BYTES - REDZONE + 1);

	heap_free(&heap, larger);
	assert_int_equal(heap.quarantine.count, 0);
}

/* While there is other memory nobody gets a block that waits. */
static void a_block_that_waits_is_not_handed_out(void **state)
{
	uint8_t *old = allocate(480);

	(void)state;
	heap_free(&heap, old);
	for (size_t count = 0; count < HEAP_SIZE / 512 - 1; count++) {
		assert_ptr_not_equal(allocate(480), old);
	}
	assert_true(is_waiting(old));
	assert_ptr_equal(allocate(480), old);
	assert_null(heap_allocate(&heap, 480));
}

/* Under pressure the oldest go first, and no more than are needed. */
static void pressure_takes_the_oldest(void **state)
{
	uint8_t *blocks[HEAP_PAGES];

	(void)state;
	for (size_t index = 0; index < HEAP_PAGES; index++) {
		blocks[index] = allocate(PAGE - REDZONE);
	}
	for (size_t index = 0; index < 4; index++) {
		heap_free(&heap, blocks[index]);
	}
	assert_ptr_equal(allocate(PAGE - REDZONE), blocks[0]);
	assert_false(is_waiting(blocks[0]));
	assert_true(is_waiting(blocks[1]) && is_waiting(blocks[2]) && is_waiting(blocks[3]));
}

#define ROUNDS 4000

static size_t place_of(const uint8_t *block)
{
	return (size_t)(block - heap.arena);
}

/* Each of the eight blocks of a slab comes about as often as any other, whatever the seed. */
static void places_in_a_slab_are_random(void **state)
{
	size_t counts[8] = {0};

	(void)state;
	for (uint64_t seed = 0; seed < ROUNDS; seed++) {
		make_heap(seed);
		counts[place_of(allocate(480)) / 512]++;
	}
	for (size_t index = 0; index < 8; index++) {
		assert_in_range(counts[index], ROUNDS / 8 * 7 / 10, ROUNDS / 8 * 13 / 10);
	}
}

/* With one heap, too: from one allocation to the next; and the distance between two is no constant. */
static void successive_places_differ(void **state)
{
	size_t same = 0;

	(void)state;
	for (size_t round = 0; round < ROUNDS; round++) {
		uint8_t *first = allocate(16);
		uint8_t *second = allocate(16);

		same += second == first + 32;
		heap_free(&heap, first);
		heap_free(&heap, second);
	}
	/* One of 128 places. */
	assert_in_range(same, 1, ROUNDS / 40);
}

/* Of several slabs with a free block each may serve. */
static void slabs_are_random(void **state)
{
	uint8_t *blocks[HEAP_PAGES * 2];
	size_t counts[HEAP_PAGES] = {0};

	(void)state;
	for (uint64_t seed = 0; seed < ROUNDS / 4; seed++) {
		make_heap(seed);
		for (size_t index = 0; index < HEAP_PAGES * 2; index++) {
			blocks[index] = allocate(2000);
		}
		/* The first of each page; the quarantine holds eight. */
		for (size_t index = 0; index < HEAP_PAGES * 2; index++) {
			if (place_of(blocks[index]) % PAGE == 0) {
				heap_free(&heap, blocks[index]);
			}
		}
		size_t page = place_of(allocate(2000)) / PAGE;

		assert_in_range(page, 0, 7);
		counts[page]++;
	}
	for (size_t page = 1; page < 8; page++) {
		assert_in_range(counts[page], ROUNDS / 4 / HEAP_PAGES / 2, ROUNDS / 4 / HEAP_PAGES * 2);
	}
}

/* The same seed, the same places; and each seed a pattern of its own. */
static void a_seed_decides(void **state)
{
	size_t places[20];
	uint64_t pattern;

	(void)state;
	make_heap(1);
	pattern = heap.pattern;
	for (size_t index = 0; index < 20; index++) {
		places[index] = place_of(allocate(16 + index));
	}
	make_heap(1);
	assert_int_equal(heap.pattern, pattern);
	for (size_t index = 0; index < 20; index++) {
		assert_int_equal(place_of(allocate(16 + index)), places[index]);
	}
	for (uint64_t seed = 2; seed < 1000; seed++) {
		make_heap(seed);
		assert_int_not_equal(heap.pattern, pattern);
		assert_null(memchr(&heap.pattern, 0, sizeof(heap.pattern)));
		assert_int_not_equal(heap.generator, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(blocks_wait_for_others, setup, teardown),
		cmocka_unit_test_setup_teardown(bytes_are_bounded, setup, teardown),
		cmocka_unit_test_setup_teardown(a_block_that_waits_is_not_handed_out, setup, teardown),
		cmocka_unit_test_setup_teardown(pressure_takes_the_oldest, setup, teardown),
		cmocka_unit_test_setup_teardown(places_in_a_slab_are_random, setup, teardown),
		cmocka_unit_test_setup_teardown(successive_places_differ, setup, teardown),
		cmocka_unit_test_setup_teardown(slabs_are_random, setup, teardown),
		cmocka_unit_test_setup_teardown(a_seed_decides, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
