/*
 * What the tests of the frame allocator have in common: a twin, and frames over ranges of its RAM.
 */
#ifndef TESTS_UNIT_FRAMES_FIXTURE_H
#define TESTS_UNIT_FRAMES_FIXTURE_H

#include <stdbool.h>
#include <string.h>

#include "core/memory/frames.h"
#include "core/memory/kernel_map.h"
#include "hal/memory.h"
#include "hal_host/twin.h"
#include "tests/unit/cmocka_test.h"

#define PAGE 4096UL
#define MIB 0x100000UL
#define GIB 0x40000000UL
#define BLOCK (2 * MIB)

/* Above the block that the image lies in. */
#define START (TWIN_RAM_BASE + 4 * MIB)

static struct kernel_map map;
static struct frames frames;

/* A machine with `ram_size` bytes, and frames over the `count` ranges. */
static inline void make(uint64_t ram_size, size_t count, const struct phys_range *ranges)
{
	const struct twin_options options = {.ram_size = ram_size};
	struct region_set ram = {.count = count};

	twin_reset(&options);
	kernel_map_init(&map, twin_boot_info(), (phys_addr){TWIN_RAM_BASE});
	for (size_t index = 0; index < count; index++) {
		ram.ranges[index] = ranges[index];
	}
	memset(&frames, 0xa5, sizeof(frames));
	frames_init(&frames, &ram, &map);
}

#define make_over(ram_size, ...)                                            \
	do {                                                                \
		const struct phys_range ranges[] = {__VA_ARGS__};           \
                                                                            \
		make(ram_size, sizeof(ranges) / sizeof(ranges[0]), ranges); \
	} while (0)

static inline void assert_counts(uint64_t free_count, uint64_t total_count)
{
	assert_int_equal(frames.free_count, free_count);
	assert_int_equal(frames.total_count, total_count);
}

static inline bool is_zero(phys_addr frame)
{
	const uint8_t *bytes = hal_phys_to_ptr(frame, PAGE);

	return bytes[0] == 0 && memcmp(bytes, bytes + 1, PAGE - 1) == 0;
}

static inline void fill(phys_addr frame, int byte)
{
	memset(hal_phys_to_ptr(frame, PAGE), byte, PAGE);
}

static inline phys_addr allocate(void)
{
	phys_addr frame = {0};

	assert_int_equal(frames_allocate(&frames, &frame), K_OK);
	assert_int_equal(frame.value % PAGE, 0);
	return frame;
}

#endif
