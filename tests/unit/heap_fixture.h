/*
 * A heap in memory of hostile content, and what may happen to it.
 */
#ifndef TESTS_UNIT_HEAP_FIXTURE_H
#define TESTS_UNIT_HEAP_FIXTURE_H

#include <string.h>

#include "core/memory/heap.h"
#include "tests/unit/cmocka_test.h"
#include "tests/unit/expect_panic.h"
#include "tests/unit/heap_expected.h"

static struct heap heap;

/* With places and a pattern that follow from a number alone. */
static inline void make_heap(uint64_t seed)
{
	struct random random = {.is_seeded = true};

	random_stir(&random, &seed, sizeof(seed));
	memset(&heap, 0xa5, sizeof(heap));
	memset(heap.arena, 0, HEAP_SIZE);
	heap_init(&heap, &random);
}

static inline int setup(void **state)
{
	(void)state;
	twin_reset(NULL);
	make_heap(0);
	return 0;
}

/* Whatever a test did, everything must agree. */
static inline int teardown(void **state)
{
	(void)state;
	heap_check(&heap);
	return 0;
}

static inline uint8_t *allocate(size_t size)
{
	uint8_t *block = heap_allocate(&heap, size);

	assert_non_null(block);
	return block;
}

static inline void call_heap_free(void *block)
{
	heap_free(&heap, block);
}

static inline void call_heap_check(void *unused)
{
	(void)unused;
	heap_check(&heap);
}

/* Nothing waits in quarantine any more: the whole heap was asked for, which would take all of it. */
static inline void empty_quarantine(void)
{
	heap_free(&heap, heap_allocate(&heap, HEAP_SIZE - REDZONE));
}

#endif
