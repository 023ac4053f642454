/*
 * lib/memory.h. Blocks are of exactly the size asked for, from malloc: ASan sees a byte read or written beside them.
 */
#include "lib/memory.h"

#include <stdlib.h>

#include "tests/unit/cmocka_test.h"

/* Past the 32-byte block loop and its tail, several times over. */
#define SIZES 150
#define ALIGNMENTS 9
/* Around blocks that overlap within one buffer. */
#define MARGIN 80

static uint8_t pattern(size_t index)
{
	return (uint8_t)(index * 7 + 1);
}

/* A block at `offset` from an aligned address, which ends where its allocation ends. */
static uint8_t *block_new(size_t offset, size_t size, uint8_t **allocation)
{
	*allocation = malloc(offset + size);
	assert_non_null(*allocation);
	return *allocation + offset;
}

static void copy_once(size_t size, size_t from_offset, size_t to_offset)
{
	uint8_t *from_allocation, *to_allocation;
	uint8_t *from = block_new(from_offset, size, &from_allocation);
	uint8_t *to = block_new(to_offset, size, &to_allocation);

	for (size_t index = 0; index < size; index++) {
		from[index] = pattern(index);
		to[index] = 0;
	}
	assert_ptr_equal(k_memcpy(to, from, size), to);
	for (size_t index = 0; index < size; index++) {
		assert_int_equal(to[index], pattern(index));
		assert_int_equal(from[index], pattern(index));
	}
	free(from_allocation);
	free(to_allocation);
}

static void memcpy_copies_every_size_at_every_alignment(void **state)
{
	(void)state;
	for (size_t size = 0; size < SIZES; size++) {
		for (size_t offset = 0; offset < ALIGNMENTS; offset++) {
			copy_once(size, offset, 0);
			copy_once(size, 0, offset);
			copy_once(size, offset, ALIGNMENTS - 1 - offset);
		}
	}
	copy_once(4096, 0, 0);
	copy_once(4096, 1, 3);
	copy_once(65537, 8, 0);
}

/* memcpy onto itself is what a struct assignment of an object to itself may become. */
static void memcpy_onto_itself_changes_nothing(void **state)
{
	uint8_t block[SIZES];

	(void)state;
	for (size_t size = 0; size <= SIZES; size++) {
		for (size_t index = 0; index < SIZES; index++) {
			block[index] = pattern(index);
		}
		uint8_t *same = block;
		k_memcpy(block, same, size);
		for (size_t index = 0; index < SIZES; index++) {
			assert_int_equal(block[index], pattern(index));
		}
	}
}

static void move_once(size_t size, size_t from, size_t to)
{
	uint8_t buffer[SIZES + 2 * MARGIN];

	for (size_t index = 0; index < sizeof(buffer); index++) {
		buffer[index] = pattern(index);
	}
	assert_ptr_equal(k_memmove(buffer + to, buffer + from, size), buffer + to);
	for (size_t index = 0; index < sizeof(buffer); index++) {
		size_t source = index >= to && index < to + size ? index - to + from : index;

		assert_int_equal(buffer[index], pattern(source));
	}
}

static void memmove_copies_at_every_overlap(void **state)
{
	(void)state;
	for (size_t size = 0; size < SIZES; size++) {
		for (size_t to = 0; to <= 2 * MARGIN; to++) {
			move_once(size, MARGIN, to);
		}
	}
}

static void set_once(size_t size, size_t offset, int byte)
{
	uint8_t *allocation;
	uint8_t *block = block_new(offset, size, &allocation);

	for (size_t index = 0; index < offset; index++) {
		allocation[index] = 0x11;
	}
	assert_ptr_equal(k_memset(block, byte, size), block);
	for (size_t index = 0; index < offset + size; index++) {
		assert_int_equal(allocation[index], index < offset ? 0x11 : (uint8_t)byte);
	}
	free(allocation);
}

static void memset_fills_every_size_at_every_alignment(void **state)
{
	(void)state;
	for (size_t size = 0; size < SIZES; size++) {
		for (size_t offset = 0; offset < ALIGNMENTS; offset++) {
			set_once(size, offset, 0);
			set_once(size, offset, 0xa5);
		}
	}
	set_once(4096, 0, 0);
	set_once(65537, 3, 0xff);
}

/* C: the byte is converted to unsigned char. */
static void memset_takes_the_low_byte(void **state)
{
	(void)state;
	set_once(40, 0, 0x1234);
	set_once(40, 0, -2);
}

static void compare_once(size_t size, size_t offset)
{
	uint8_t *left_allocation, *right_allocation;
	uint8_t *left = block_new(offset, size, &left_allocation);
	uint8_t *right = block_new(0, size, &right_allocation);

	for (size_t index = 0; index < size; index++) {
		left[index] = right[index] = pattern(index);
	}
	assert_int_equal(k_memcmp(left, right, size), 0);
	for (size_t index = 0; index < size; index++) {
		/* 0x80 and 0x7f: the bytes are compared as unsigned ones. */
		left[index] = 0x80;
		right[index] = 0x7f;
		assert_true(k_memcmp(left, right, size) > 0);
		assert_true(k_memcmp(right, left, size) < 0);
		assert_int_equal(k_memcmp(left, right, index), 0);
		left[index] = right[index];
	}
	free(left_allocation);
	free(right_allocation);
}

static void memcmp_finds_any_one_byte(void **state)
{
	(void)state;
	for (size_t size = 0; size < 70; size++) {
		for (size_t offset = 0; offset < ALIGNMENTS; offset++) {
			compare_once(size, offset);
		}
	}
}

/* The first byte that differs decides, whatever comes after it in the same word. */
static void memcmp_goes_by_the_first_difference(void **state)
{
	static const uint8_t low[] = {0, 0, 1, 9, 9, 9, 9, 9, 9, 9};
	static const uint8_t high[] = {0, 0, 2, 1, 1, 1, 1, 1, 1, 1};

	(void)state;
	assert_true(k_memcmp(low, high, sizeof(low)) < 0);
	assert_true(k_memcmp(high, low, sizeof(low)) > 0);
}

/* No byte of any size, at any alignment, is left out, and none beside them looked at. */
static void is_zero_finds_any_one_byte(void **state)
{
	uint8_t bytes[8 + 200 + 1];

	(void)state;
	for (size_t size = 32; size <= 200; size++) {
		size_t offset = size % 8;

		(void)k_memset(bytes, 0xff, sizeof(bytes));
		(void)k_memset(bytes + offset, 0, size);
		assert_true(k_memory_is_zero(bytes + offset, size));
		for (size_t index = 0; index < size; index++) {
			bytes[offset + index] = 0x10;
			assert_false(k_memory_is_zero(bytes + offset, size));
			bytes[offset + index] = 0;
		}
	}
}

static void wipe_fills_with_zeros(void **state)
{
	(void)state;
	for (size_t size = 0; size < SIZES; size++) {
		uint8_t *allocation;
		uint8_t *block = block_new(1, size, &allocation);

		allocation[0] = 0x11;
		k_memset(block, 0x5a, size);
		k_memory_wipe(block, size);
		assert_int_equal(allocation[0], 0x11);
		for (size_t index = 0; index < size; index++) {
			assert_int_equal(block[index], 0);
		}
		free(allocation);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(memcpy_copies_every_size_at_every_alignment),
		cmocka_unit_test(memcpy_onto_itself_changes_nothing),
		cmocka_unit_test(memmove_copies_at_every_overlap),
		cmocka_unit_test(memset_fills_every_size_at_every_alignment),
		cmocka_unit_test(memset_takes_the_low_byte),
		cmocka_unit_test(memcmp_finds_any_one_byte),
		cmocka_unit_test(memcmp_goes_by_the_first_difference),
		cmocka_unit_test(is_zero_finds_any_one_byte),
		cmocka_unit_test(wipe_fills_with_zeros),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
