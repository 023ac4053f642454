/*
 * Where a stack and mappings may lie, to the page. tests/unit/CMakeLists.txt compiles address_space.c into this test
 * with another name for random_bytes, so that the draws are this test's.
 */
#include "core/memory/address_space.h"

#include "tests/unit/space_fixture.h"

static uint64_t draws[2];
static unsigned calls;

void random_bytes(struct random *random, void *bytes, size_t size)
{
	assert_ptr_equal(random, &chance);
	/* One block of key stream at most: it costs as much as all the rest. */
	assert_true(calls == 0 && size <= sizeof(draws));
	calls++;
	memcpy(bytes, draws, size);
}

static struct address_space create(uint64_t first, uint64_t second)
{
	struct address_space made = {0};

	draws[0] = first;
	draws[1] = second;
	calls = 0;
	assert_int_equal(address_space_create(&made, &frames, LIMIT, &chance), K_OK);
	address_space_destroy(&made);
	return made;
}

/* The stack begins on one of so many pages: in [0x6000100000, 0x8000000000 - 32 KiB of stack - 64 KiB of guard]. */
#define STACK_LOWEST 0x6000100000
#define STACK_HIGHEST 0x7ffffe8000
#define STACK_PLACES ((STACK_HIGHEST - STACK_LOWEST) / 0x1000 + 1)
/* And the mappings: in the lower half of [0x2000000000, 0x6000000000). */
#define MAP_LOWEST 0x2000000000
#define MAP_HIGHEST 0x3ffffff000
#define MAP_PLACES ((MAP_HIGHEST - MAP_LOWEST) / 0x1000 + 1)

static void test_each_place_has_its_draw(void **state)
{
	static const struct {
		uint64_t draw, place;
	} stacks[] =
		{
			{0, STACK_LOWEST},
			{1, STACK_LOWEST + 0x1000},
			{STACK_PLACES - 1, STACK_HIGHEST},
			{STACK_PLACES, STACK_LOWEST},
			{STACK_PLACES * 1000000 + 5, STACK_LOWEST + 0x5000},
		},
	  maps[] = {
		  {0, MAP_LOWEST},	    {1, MAP_LOWEST + 0x1000},  {MAP_PLACES - 1, MAP_HIGHEST},
		  {MAP_PLACES, MAP_LOWEST}, {UINT64_MAX, MAP_HIGHEST},
	  };

	(void)state;
	for (size_t i = 0; i < sizeof(stacks) / sizeof(stacks[0]); i++) {
		struct address_space made = create(stacks[i].draw, maps[i].draw);

		assert_int_equal(made.stack_bottom, stacks[i].place);
		assert_int_equal(made.map_next, maps[i].place);
	}
}

static void test_a_guard_lies_above_the_highest_stack(void **state)
{
	struct address_space made = create(STACK_PLACES - 1, 0);

	(void)state;
	assert_int_equal(address_space_stack_top(&made) + PANTHER_USER_GUARD, PANTHER_USER_TOP);
}

static void test_a_guard_lies_below_the_lowest_stack(void **state)
{
	struct address_space made = create(0, 0);

	(void)state;
	assert_true(made.stack_bottom - PANTHER_USER_GUARD >= PANTHER_USER_MAP_TOP + PANTHER_USER_GUARD);
}

static int setup(void **state)
{
	calls = 0;
	return space_setup(state);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_each_place_has_its_draw, setup),
		cmocka_unit_test_setup(test_a_guard_lies_above_the_highest_stack, setup),
		cmocka_unit_test_setup(test_a_guard_lies_below_the_lowest_stack, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
