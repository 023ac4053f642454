/*
 * core/memory/heap.h: how often a request is refused while 70 % of the heap is in use, and never for what waits in
 * quarantine. The figures are printed; docs/decisions/0036-heap-as-a-defence.md has them.
 */
#include "core/process/process.h"
#include "tests/unit/heap_fixture.h"

#define LOAD (HEAP_SIZE / 10 * 7)
#define SEEDS 20
#define WARM_UP 1000 /* requests that are not counted */
#define REQUESTS 5000
#define LIVE_MAX (HEAP_SIZE / 32)

struct live_block {
	uint8_t *block;
	size_t size;
};

struct load {
	struct live_block live[LIVE_MAX];
	size_t count;
	size_t asked; /* for all of these */
	uint64_t seed;
};

static struct load load;

static uint64_t next_random(void)
{
	load.seed ^= load.seed << 13;
	load.seed ^= load.seed >> 7;
	load.seed ^= load.seed << 17;
	return load.seed >> 11;
}

static void begin(uint64_t seed)
{
	make_heap(seed);
	load.seed = seed * 0x9e3779b97f4a7c15 | 1;
	load.count = 0;
	load.asked = 0;
}

static void free_one(void)
{
	size_t index = next_random() % load.count;

	load.asked -= load.live[index].size;
	heap_free(&heap, load.live[index].block);
	load.count--;
	load.live[index] = load.live[load.count];
}

/* Random blocks make room first: what is there and what is asked for are 70 % at most. */
static bool request(size_t size, bool counts_blocks)
{
	while (load.count != 0 && (counts_blocks ? heap_used(&heap) : load.asked) + size > LOAD) {
		free_one();
	}
	uint8_t *block = heap_allocate(&heap, size);

	if (block == NULL) {
		assert_int_equal(heap.quarantine.count, 0);
		return false;
	}
	load.live[load.count] = (struct live_block){block, size};
	load.count++;
	load.asked += size;
	return true;
}

/* Sizes of all doublings from 2^low on, as many of each, below 2^high. */
static size_t random_size(unsigned low, unsigned high)
{
	size_t least = (size_t)1 << (low + next_random() % (high - low));

	return least + next_random() % least;
}

/* How many of a hundred are refused. */
static size_t measure(unsigned low, unsigned high, bool counts_blocks)
{
	size_t tried = 0;
	size_t refused = 0;

	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		begin(seed);
		for (size_t turn = 0; turn < REQUESTS; turn++) {
			bool served = request(random_size(low, high), counts_blocks);

			tried += turn >= WARM_UP;
			refused += turn >= WARM_UP && !served;
		}
		heap_check(&heap);
	}
	print_message("%d to %d bytes, 70 %% %s: %zu of %zu refused\n", 1 << low, (1 << high) - 1,
		      counts_blocks ? "in blocks" : "asked for", refused, tried);
	return refused * 100 / tried;
}

/* The limits are what the heap may cost, of its blocks. How many requests fit as well is another question. */
static void a_mixed_load_is_refused_for_want_of_room_only(void **state)
{
	(void)state;
	assert_in_range(measure(4, 8, true), 0, 5);
	assert_in_range(measure(4, 11, true), 0, 33);
	(void)measure(4, 8, false);
	(void)measure(4, 11, false);
}

/* Whatever order they come and go in: sizes of one class, of one page, and what the kernel itself asks for. */
static void equal_blocks_are_never_refused(void **state)
{
	(void)state;
	for (size_t index = 0; index <= EXPECTED_CLASSES; index++) {
		size_t size = index < EXPECTED_CLASSES ? expected_classes[index].size : PAGE;

		for (uint64_t seed = 1; seed <= SEEDS; seed++) {
			begin(seed);
			for (size_t turn = 0; turn < WARM_UP; turn++) {
				assert_true(request(size - REDZONE - next_random() % 16, true));
			}
		}
	}
	begin(1);
	for (size_t turn = 0; turn < REQUESTS; turn++) {
		assert_true(request(sizeof(struct process), true));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_mixed_load_is_refused_for_want_of_room_only, setup, teardown),
		cmocka_unit_test_setup_teardown(equal_blocks_are_never_refused, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
