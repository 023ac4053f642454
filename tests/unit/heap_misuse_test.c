/*
 * core/memory/heap.h: what only a bug of the kernel can do to the heap, and that each is seen: by its tag, and without
 * any effect on the heap.
 */
#include "tests/unit/heap_fixture.h"

/* Panics, and nothing has changed. */
static void expect_refused(const char *tag, void (*function)(void *), void *argument)
{
	static struct heap before;

	memcpy(&before, &heap, sizeof(heap));
	expect_panic(tag, function, argument);
	assert_memory_equal(&before, &heap, sizeof(heap));
}

static void expect_wrong_free(const char *tag, void *block)
{
	expect_refused(tag, call_heap_free, block);
}

/* In quarantine, out of it, with its slab or without. */
static void double_free_panics(void **state)
{
	uint8_t *kept = allocate(64);
	uint8_t *block = allocate(64);
	uint8_t *run = allocate(3 * PAGE - REDZONE);

	(void)state;
	heap_free(&heap, block);
	heap_free(&heap, run);
	expect_wrong_free("heap-double-free", block);
	expect_wrong_free("heap-double-free", run);
	expect_wrong_free("heap-double-free", run + PAGE);
	empty_quarantine();
	expect_wrong_free("heap-double-free", block);
	expect_wrong_free("heap-double-free", run);
	expect_wrong_free("heap-double-free", run + 2 * PAGE);
	heap_free(&heap, kept);
	empty_quarantine();
	expect_wrong_free("heap-double-free", kept);
	assert_int_equal(heap_used(&heap), 0);
}

/* Before a block that is its page's first: behind the run, or the slab, that ends there. */
static void an_underflow_of_a_page_is_seen(void **state)
{
	uint8_t *one = allocate(2 * PAGE - REDZONE);
	uint8_t *other = allocate(2 * PAGE - REDZONE);
	uint8_t *upper = one > other ? one : other;

	(void)state;
	assert_ptr_equal(upper - 2 * PAGE, one > other ? other : one);
	upper[-1] ^= 1;
	expect_wrong_free("heap-redzone", upper);
	upper[-1] ^= 1;
	heap_free(&heap, upper);
}

/* In every class: the last byte and any other than the first. */
static void interior_free_panics(void **state)
{
	(void)state;
	for (size_t index = 0; index < EXPECTED_CLASSES; index++) {
		size_t size = expected_classes[index].size - REDZONE;
		uint8_t *kept = allocate(size);
		uint8_t *block = allocate(size);

		memset(block, 0x77, size);
		expect_wrong_free("heap-interior-free", block + 1);
		expect_wrong_free("heap-interior-free", block + size / 2);
		expect_wrong_free("heap-interior-free", block + size + REDZONE - 1);
		heap_free(&heap, block);
		expect_wrong_free("heap-double-free", block + 1);
		heap_free(&heap, kept);
	}
}

static void interior_free_of_a_run_panics(void **state)
{
	uint8_t *run = allocate(3 * PAGE - REDZONE);

	(void)state;
	memset(run, 0x77, 3 * PAGE - REDZONE);
	expect_wrong_free("heap-interior-free", run + 1);
	expect_wrong_free("heap-interior-free", run + PAGE - 1);
	expect_wrong_free("heap-interior-free", run + PAGE);
	expect_wrong_free("heap-interior-free", run + 2 * PAGE);
	expect_wrong_free("heap-interior-free", run + 3 * PAGE - 1);
	heap_free(&heap, run);
}

static void foreign_free_panics(void **state)
{
	uint8_t local[16] = {0};
	uint8_t *arena = (uint8_t *)&heap + offsetof(struct heap, arena);
	uint8_t *block = allocate(32);
	uint8_t *slab = arena + (block - arena) / PAGE * PAGE;

	(void)state;
	expect_wrong_free("heap-foreign-free", local);
	expect_wrong_free("heap-foreign-free", &heap);
	expect_wrong_free("heap-foreign-free", arena - 1);
	expect_wrong_free("heap-foreign-free", arena + HEAP_SIZE);
	expect_wrong_free("heap-foreign-free", (void *)1);
	expect_wrong_free("heap-foreign-free", (void *)0x400000);
	expect_wrong_free("heap-foreign-free", (void *)UINTPTR_MAX);
	/* A page holds 85 blocks of 48 bytes; the rest of it belongs to none. */
	expect_wrong_free("heap-foreign-free", slab + 4080);
	expect_wrong_free("heap-double-free", arena + HEAP_SIZE - 16);
	heap_free(&heap, block);
}

/* Changes one byte, in a way that is seen at the sweep and at the free; then all is well again. */
static void expect_seen(uint8_t *byte, uint8_t *freed)
{
	*byte ^= 0x80;
	expect_refused("heap-redzone", call_heap_check, NULL);
	expect_wrong_free("heap-redzone", freed);
	*byte ^= 0x80;
	heap_check(&heap);
}

/* K20 of the attack list: every byte behind what was asked for, to the block's end, in every class. */
static void an_overflow_is_seen(void **state)
{
	(void)state;
	for (size_t size = 1; size <= 5000; size += size < 70 ? 1 : 97) {
		uint8_t *block = allocate(size);
		size_t occupied = expected_size(size);
		size_t step = occupied < PAGE ? 1 : 61;

		memset(block, 0xff, size);
		heap_check(&heap);
		for (size_t offset = size; offset < occupied; offset += step) {
			expect_seen(block + offset, block);
		}
		expect_seen(block + occupied - 1, block);
		heap_free(&heap, block);
	}
}

/* A string's end, one byte too far. */
static void an_overflow_of_zeros_is_seen(void **state)
{
	(void)state;
	for (size_t size = 1; size <= 48; size++) {
		uint8_t *block = allocate(size);

		block[size] = 0;
		expect_wrong_free("heap-redzone", block);
		make_heap(size);
	}
}

/* The next block is freed, not the one that was too short; or somebody wrote before its first byte. */
static void an_overflow_is_seen_by_the_next_block(void **state)
{
	uint8_t *left = NULL, *right = NULL;
	uint8_t *blocks[8];

	(void)state;
	for (size_t index = 0; index < 8; index++) {
		blocks[index] = allocate(480);
	}
	for (size_t index = 0; index < 64; index++) {
		if (blocks[index / 8] + 512 == blocks[index % 8]) {
			left = blocks[index / 8];
			right = blocks[index % 8];
		}
	}
	assert_non_null(left);
	expect_seen(right - 1, right);
	expect_seen(right - 32, right);
	/* Once it is gone nobody answers for what is before. */
	heap_free(&heap, left);
	heap_free(&heap, right);
}

static void write_one(void *block)
{
	*(uint8_t *)block = 1;
}

/* K22: at the sweep, and when it leaves quarantine: as others are freed, or as its memory is needed. */
static void a_write_after_free_is_seen(void **state)
{
	(void)state;
	for (size_t size = 1; size <= 5000; size += 47) {
		uint8_t *block = allocate(size);
		uint8_t *last = block + expected_size(size) - 1;

		heap_free(&heap, block);
		heap_check(&heap);
		write_one(size % 2 == 0 ? block : last);
		expect_refused("heap-poison", call_heap_check, NULL);
		make_heap(size);
	}
}

static void free_many(void *unused)
{
	(void)unused;
	for (size_t count = 0; count < QUARANTINE_BLOCKS; count++) {
		heap_free(&heap, allocate(32));
	}
}

static void allocate_all(void *unused)
{
	(void)unused;
	(void)heap_allocate(&heap, HEAP_SIZE - REDZONE);
}

static void a_write_after_free_is_seen_at_the_end_of_quarantine(void **state)
{
	static void (*const ends[])(void *) = {free_many, allocate_all};

	(void)state;
	for (size_t end = 0; end < 2; end++) {
		uint8_t *block = allocate(480);

		heap_free(&heap, block);
		write_one(block + 200);
		expect_panic("heap-poison", ends[end], NULL);
		make_heap(0);
	}
}

static void take_all(void *size)
{
	while (heap_allocate(&heap, *(size_t *)size) != NULL) {
	}
}

/* No block waits. Who gets that memory next, with a block of this size, sees it. */
static void expect_seen_at_reuse(uint8_t *byte, size_t size)
{
	write_one(byte);
	expect_panic("heap-poison", take_all, &size);
	make_heap(0);
}

/* Out of quarantine, its slab gone, and handed out in other sizes. */
static void a_write_after_quarantine_is_seen_at_reuse(void **state)
{
	(void)state;
	for (size_t size = 1; size <= 9000; size += 47) {
		uint8_t *block = allocate(size);
		uint8_t *last = block + expected_size(size) - 1;

		heap_free(&heap, block);
		empty_quarantine();
		expect_seen_at_reuse(size % 2 == 0 ? block : last, 16);
	}
}

/* A free block of a slab in use, and the rest of its page, which no block of that size reaches. */
static void a_write_beside_blocks_is_seen_at_reuse(void **state)
{
	uint8_t *block = allocate(32);
	size_t index = (size_t)(block - heap.arena) % PAGE / 48;

	(void)state;
	expect_seen_at_reuse(block + (index == 0 ? 48 : -48), 32);
	block = allocate(32);
	heap_free(&heap, block);
	empty_quarantine();
	expect_seen_at_reuse(heap.arena + 4095, 16);
}

/* What a reader of freed memory finds. */
static void a_freed_block_is_zero(void **state)
{
	uint8_t *block = allocate(480);

	(void)state;
	memset(block, 0xee, 480);
	heap_free(&heap, block);
	assert_true(is_all(block, 512, 0));
	empty_quarantine();
	assert_true(is_all(block, 512, 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(double_free_panics, setup, teardown),
		cmocka_unit_test_setup_teardown(interior_free_panics, setup, teardown),
		cmocka_unit_test_setup_teardown(interior_free_of_a_run_panics, setup, teardown),
		cmocka_unit_test_setup_teardown(foreign_free_panics, setup, teardown),
		cmocka_unit_test_setup_teardown(an_overflow_is_seen, setup, teardown),
		cmocka_unit_test_setup_teardown(an_overflow_of_zeros_is_seen, setup, teardown),
		cmocka_unit_test_setup_teardown(an_underflow_of_a_page_is_seen, setup, teardown),
		cmocka_unit_test_setup_teardown(an_overflow_is_seen_by_the_next_block, setup, teardown),
		cmocka_unit_test_setup_teardown(a_write_after_free_is_seen, setup, teardown),
		cmocka_unit_test_setup_teardown(a_write_after_free_is_seen_at_the_end_of_quarantine, setup, teardown),
		cmocka_unit_test_setup_teardown(a_write_after_quarantine_is_seen_at_reuse, setup, teardown),
		cmocka_unit_test_setup_teardown(a_write_beside_blocks_is_seen_at_reuse, setup, teardown),
		cmocka_unit_test_setup_teardown(a_freed_block_is_zero, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
