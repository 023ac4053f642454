/*
 * The one constructor of user ranges, at every edge (attack rows A10 to A15).
 */
#include "core/memory/user_range.h"

#include <stdbool.h>
#include <stddef.h>

#include "tests/unit/cmocka_test.h"

#define TOP 0x8000000000UL

static const struct {
	uint64_t address, size;
	k_status status;
} cases[] = {
	{0, 0, K_OK},
	{0, 1, K_OK},
	{0x400000, 0x1000, K_OK},
	/* Up to the last byte, and one beyond. */
	{TOP - 1, 1, K_OK},
	{TOP - 1, 2, K_EFAULT},
	{TOP - 8, 8, K_OK},
	{TOP - 4, 8, K_EFAULT},
	{TOP - 1, 5, K_EFAULT},
	{0, TOP, K_OK},
	{0, TOP + 1, K_EFAULT},
	{1, TOP, K_EFAULT},
	/* Nothing, at the edge and beyond. */
	{TOP, 0, K_OK},
	{TOP + 1, 0, K_EFAULT},
	{0xffffffc000000000, 0, K_EFAULT},
	{UINT64_MAX, 0, K_EFAULT},
	/* Wraps. */
	{UINT64_MAX - 0x7ff, 0x1000, K_EFAULT},
	{UINT64_MAX, 1, K_EFAULT},
	{UINT64_MAX, UINT64_MAX, K_EFAULT},
	{1, UINT64_MAX, K_EFAULT},
	{0x400000, UINT64_MAX - 0x400000 + 1, K_EFAULT},
	{0x400000, UINT64_MAX - 0x400000 + 2, K_EFAULT},
	{0, 1UL << 63, K_EFAULT},
	{1UL << 63, 1UL << 63, K_EFAULT},
	/* Tags, sign bits, the hole, the kernel. */
	{TOP, 1, K_EFAULT},
	{0x0001000000000000, 1, K_EFAULT},
	{0x0000800000000000, 1, K_EFAULT},
	{0x7fffffffffffffff, 1, K_EFAULT},
	{0x8000000000400000, 1, K_EFAULT},
	{0x0100000000400000, 1, K_EFAULT},
	{0xff00000000400000, 1, K_EFAULT},
	{0xffffff8000000000, 1, K_EFAULT},
	{0xffffffc000000000, 8, K_EFAULT},
};

static void test_every_edge(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct user_range range = {0x1234, 0x5678};
		k_status status = user_range_make(cases[i].address, cases[i].size, &range);

		if (status != cases[i].status) {
			fail_msg("0x%lx, 0x%lx: %d", (unsigned long)cases[i].address, (unsigned long)cases[i].size,
				 status);
		}
		assert_int_equal(range.start, status == K_OK ? cases[i].address : 0x1234);
		assert_int_equal(range.size, status == K_OK ? cases[i].size : 0x5678);
	}
}

/* Near each power of two, against the rule computed with more bits than 64. */
static void test_around_powers_of_two(void **state)
{
	(void)state;
	for (unsigned a = 0; a < 64; a++) {
		for (unsigned s = 0; s < 64; s++) {
			for (unsigned nudge = 0; nudge < 9; nudge++) {
				uint64_t address = (1UL << a) + nudge % 3 - 1;
				uint64_t size = (1UL << s) + nudge / 3 - 1;
				bool fits = (__uint128_t)address + size <= TOP;
				struct user_range range;

				assert_int_equal(user_range_make(address, size, &range), fits ? K_OK : K_EFAULT);
			}
		}
	}
}

static void test_first_bytes(void **state)
{
	struct user_range range = {0x400000, 100};

	(void)state;
	assert_int_equal(user_range_first(range, 10).size, 10);
	assert_int_equal(user_range_first(range, 10).start, 0x400000);
	assert_int_equal(user_range_first(range, 100).size, 100);
	assert_int_equal(user_range_first(range, 101).size, 100);
	assert_int_equal(user_range_first(range, UINT64_MAX).size, 100);
	assert_int_equal(user_range_first(range, 0).size, 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_edge),
		cmocka_unit_test(test_around_powers_of_two),
		cmocka_unit_test(test_first_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
