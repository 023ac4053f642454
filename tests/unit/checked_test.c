/*
 * lib/checked.h, lib/bits.h, lib/endian.h: the arithmetic that everything stands on.
 */
#include "lib/bits.h"
#include "lib/checked.h"
#include "lib/endian.h"
#include "tests/unit/cmocka_test.h"

#define UNTOUCHED 0x1234

static void checked_add_returns_the_sum(void **state)
{
	uint64_t sum = UNTOUCHED;

	(void)state;
	assert_true(checked_add(0, 0, &sum));
	assert_int_equal(sum, 0);
	assert_true(checked_add(40, 2, &sum));
	assert_int_equal(sum, 42);
	assert_true(checked_add(UINT64_MAX, 0, &sum));
	assert_int_equal(sum, UINT64_MAX);
	assert_true(checked_add(0, UINT64_MAX, &sum));
	assert_int_equal(sum, UINT64_MAX);
	assert_true(checked_add(0x8000000000000000, 0x7fffffffffffffff, &sum));
	assert_int_equal(sum, UINT64_MAX);
}

static void checked_add_refuses_a_wrap(void **state)
{
	uint64_t sum = UNTOUCHED;

	(void)state;
	assert_false(checked_add(UINT64_MAX, 1, &sum));
	assert_false(checked_add(1, UINT64_MAX, &sum));
	assert_false(checked_add(UINT64_MAX, UINT64_MAX, &sum));
	assert_false(checked_add(0x8000000000000000, 0x8000000000000000, &sum));
	assert_int_equal(sum, UNTOUCHED);
}

static void checked_align_up_rounds_up(void **state)
{
	uint64_t aligned = UNTOUCHED;

	(void)state;
	assert_true(checked_align_up(0, 4096, &aligned));
	assert_int_equal(aligned, 0);
	assert_true(checked_align_up(1, 4096, &aligned));
	assert_int_equal(aligned, 4096);
	assert_true(checked_align_up(4096, 4096, &aligned));
	assert_int_equal(aligned, 4096);
	assert_true(checked_align_up(4097, 4096, &aligned));
	assert_int_equal(aligned, 8192);
	assert_true(checked_align_up(UINT64_MAX, 1, &aligned));
	assert_int_equal(aligned, UINT64_MAX);
	assert_true(checked_align_up(0xfffffffffffff000, 4096, &aligned));
	assert_int_equal(aligned, 0xfffffffffffff000);
}

static void checked_align_up_refuses_a_wrap(void **state)
{
	uint64_t aligned = UNTOUCHED;

	(void)state;
	assert_false(checked_align_up(0xfffffffffffff001, 4096, &aligned));
	assert_false(checked_align_up(UINT64_MAX, 2, &aligned));
	assert_int_equal(aligned, UNTOUCHED);
}

static void bits_of_a_value(void **state)
{
	(void)state;
	assert_int_equal(K_BIT(0), 1);
	assert_int_equal(K_BIT(63), 0x8000000000000000);
	assert_int_equal(bits_get(0xfedcba9876543210, 63, 0), 0xfedcba9876543210);
	assert_int_equal(bits_get(0xfedcba9876543210, 7, 4), 1);
	assert_int_equal(bits_get(0xfedcba9876543210, 63, 60), 0xf);
	assert_int_equal(bits_get(0xfedcba9876543210, 4, 4), 1);
	assert_int_equal(bits_get(0xfedcba9876543210, 0, 0), 0);
}

static void position_of_a_bit(void **state)
{
	(void)state;
	for (unsigned position = 0; position < 64; position++) {
		assert_int_equal(bits_lowest(K_BIT(position)), position);
		assert_int_equal(bits_highest(K_BIT(position)), position);
		assert_int_equal(bits_lowest(K_BIT(position) | K_BIT(63)), position);
		assert_int_equal(bits_highest(K_BIT(position) | 1), position);
	}
}

static void alignment(void **state)
{
	(void)state;
	assert_int_equal(align_down(0x12345fff, 0x1000), 0x12345000);
	assert_int_equal(align_down(0x12345000, 0x1000), 0x12345000);
	assert_int_equal(align_down(UINT64_MAX, 0x200000), 0xffffffffffe00000);
	assert_true(is_aligned(0, 4096));
	assert_true(is_aligned(8192, 4096));
	assert_false(is_aligned(8191, 4096));
	assert_false(is_aligned(2048, 4096));
	assert_true(is_aligned(7, 1));
}

/* From an odd address, so that an aligned load would be seen by UBSan. */
static void integers_out_of_bytes(void **state)
{
	static const uint8_t bytes[] = {0xee, 0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0xee};

	(void)state;
	assert_int_equal(read_be32(bytes + 1), 0x81828384);
	assert_int_equal(read_be64(bytes + 1), 0x8182838485868788);
	assert_int_equal(read_le16(bytes + 1), 0x8281);
	assert_int_equal(read_le32(bytes + 1), 0x84838281);
	assert_int_equal(read_le64(bytes + 1), 0x8887868584838281);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(checked_add_returns_the_sum),
		cmocka_unit_test(checked_add_refuses_a_wrap),
		cmocka_unit_test(checked_align_up_rounds_up),
		cmocka_unit_test(checked_align_up_refuses_a_wrap),
		cmocka_unit_test(bits_of_a_value),
		cmocka_unit_test(position_of_a_bit),
		cmocka_unit_test(alignment),
		cmocka_unit_test(integers_out_of_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
