/*
 * What the tests of the heap have in common. The size classes and the limits are written down
 * here once more, so that a change of them is seen.
 */
#ifndef TESTS_UNIT_HEAP_EXPECTED_H
#define TESTS_UNIT_HEAP_EXPECTED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/memory/heap_block.h"

#define PAGE 4096
#define REDZONE 16
#define QUARANTINE_BLOCKS 31
#define QUARANTINE_BYTES 16384

struct expected_class {
	size_t size;
	size_t capacity;
};

static const struct expected_class expected_classes[] = {
	{32, 128}, {48, 85}, {64, 64}, {96, 42},  {128, 32}, {192, 21}, {256, 16},
	{384, 10}, {512, 8}, {768, 5}, {1024, 4}, {1360, 3}, {2048, 2},
};

#define EXPECTED_CLASSES (sizeof(expected_classes) / sizeof(expected_classes[0]))

/* The bytes that a block for `size` bytes occupies, its redzone too. */
static inline size_t expected_size(size_t size)
{
	for (size_t index = 0; index < EXPECTED_CLASSES; index++) {
		if (size + REDZONE <= expected_classes[index].size) {
			return expected_classes[index].size;
		}
	}
	return (size + REDZONE + PAGE - 1) / PAGE * PAGE;
}

static inline bool is_all(const uint8_t *bytes, size_t size, uint8_t byte)
{
	for (size_t index = 0; index < size; index++) {
		if (bytes[index] != byte) {
			return false;
		}
	}
	return true;
}

/* Is that behind the last whole block of a page that is cut into blocks? Whether it is cut, quarantined blocks decide
 * as well, so that is the heap's own word. */
static inline bool expected_rest(const struct heap *heap, size_t offset)
{
	size_t page = offset / PAGE;

	if ((heap->slab_pages >> page & 1) == 0) {
		return false;
	}
	size_t size = heap_classes[heap->slabs[page].class_index].size;

	return offset % PAGE >= PAGE / size * size;
}

#endif
