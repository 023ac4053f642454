/*
 * core/memory/frames.h, over memory that ends where addresses do.
 */
#include "core/memory/frames.h"

#include "tests/unit/frames_fixture.h"

/* The next block would begin at 2^64. */
static void what_lies_in_the_last_block_of_all_is_left_out(void **state)
{
	(void)state;
	for (uint64_t below = 2; below < BLOCK; below += BLOCK / 2 - 2) {
		make_over(32 * MIB, {START, BLOCK}, {UINT64_MAX - below, below});
		assert_counts(511, 511);
		assert_int_equal(frames.region_count, 1);
		frames_check(&frames);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_lies_in_the_last_block_of_all_is_left_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
