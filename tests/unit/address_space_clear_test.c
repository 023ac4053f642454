/*
 * The end of an address space: everything comes back, in steps, and nothing of it can be reached while it does.
 */
#include "core/memory/address_space.h"

#include "tests/unit/space_fixture.h"

#define TEXT 0x400000UL
#define STEP 32

static void assert_everything_is_back(void)
{
	assert_int_equal(space.frames_used, 1);
	assert_int_equal(frames.free_count, frames_before - 1);
	address_space_destroy(&space);
	assert_int_equal(frames.free_count, frames_before);
	frames_check(&frames);
}

static void test_an_empty_space_is_clear(void **state)
{
	(void)state;
	assert_true(address_space_clear(&space));
	assert_everything_is_back();
}

static void test_a_small_program_takes_one_step(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		map_one(&space, TEXT + i * PAGE, PAGE_USER_EXECUTE);
		map_one(&space, space.stack_bottom + i * PAGE, PAGE_USER_READ_WRITE);
	}
	assert_true(address_space_clear(&space));
	assert_everything_is_back();
}

/* Two tables, and `pages` pages. */
static void map_pages_and_clear(void **state, unsigned count)
{
	unsigned left = count + 2;
	uint8_t byte;

	space_setup_live(state);
	for (unsigned i = 0; i < count; i++) {
		map_one(&space, TEXT + i * PAGE, PAGE_USER_READ);
	}
	while (left > STEP) {
		assert_false(address_space_clear(&space));
		left -= STEP;
		assert_int_equal(space.frames_used, left + 1);
		assert_int_equal(frames.free_count, frames_before - left - 1);
		/* What is left is whole, and so is what the walker finds where a page was. */
		twin_check_space(&space.space);
		assert_false(twin_user_read(&space.space, TEXT, &byte, 1));
	}
	assert_true(address_space_clear(&space));
	assert_everything_is_back();
}

static void test_steps_of_every_size(void **state)
{
	for (unsigned count = STEP - 4; count < STEP + 4; count++) {
		map_pages_and_clear(state, count);
	}
	map_pages_and_clear(state, 2 * STEP - 2);
	map_pages_and_clear(state, 2 * STEP - 1);
	map_pages_and_clear(state, 5 * STEP);
}

/* The first and the last entry of each table, and some between. */
static void test_pages_at_the_ends_of_tables(void **state)
{
	static const uint64_t places[] = {
		PANTHER_USER_BOTTOM, 0x1ff000,	   0x200000,	 0x3fe000,     0x3ffff000,
		0x40000000,	     0x7fffe00000, 0x7ffffff000, 0x7fc0000000, 0x400f000,
	};

	(void)state;
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		map_one(&space, places[i], PAGE_USER_READ_WRITE);
	}
	clear_all(&space);
	assert_everything_is_back();
}

static void test_a_sparse_space(void **state)
{
	(void)state;
	for (uint64_t i = 0; i < 20; i++) {
		map_one(&space, 0x10000000 + i * 0x200000 + i * 13 * PAGE, PAGE_USER_READ_WRITE);
		map_one(&space, 0x4000000000 + i * 0x40000000, PAGE_USER_READ);
	}
	clear_all(&space);
	assert_everything_is_back();
}

static void test_a_live_space_is_left(void **state)
{
	(void)state;
	map_one(&space, TEXT, PAGE_USER_READ_WRITE);
	assert_int_equal(access_byte(TEXT, WALKER_WRITE), OK);
	/* The twin would abort on a frame that is still reachable. */
	assert_true(address_space_clear(&space));
	assert_false(twin.is_live);
	assert_everything_is_back();
}

static void test_the_tag_is_forgotten(void **state)
{
	struct address_space other;

	(void)state;
	map_one(&space, TEXT, PAGE_USER_READ);
	assert_int_equal(access_byte(TEXT, WALKER_READ), OK);
	assert_true(address_space_clear(&space));
	assert_int_equal(address_space_create(&other, &frames, LIMIT, &chance), K_OK);
	/* The very tag, as if the tags had run out meanwhile. */
	other.space.asid = 1;
	other.generation = 1;
	hal_space_enter(&other.space);
	assert_int_equal(access_byte(TEXT, WALKER_READ), UNMAPPED_1);
}

static void test_later_steps_leave_the_others_alone(void **state)
{
	struct address_space other;

	(void)state;
	for (unsigned i = 0; i < 2 * STEP; i++) {
		map_one(&space, TEXT + i * PAGE, PAGE_USER_READ);
	}
	assert_int_equal(address_space_create(&other, &frames, LIMIT, &chance), K_OK);
	map_one(&other, TEXT, PAGE_USER_READ_WRITE);
	assert_false(address_space_clear(&space));
	space_enter(&other);
	assert_false(address_space_clear(&space));
	assert_true(address_space_clear(&space));
	assert_true(twin.is_live);
	assert_int_equal(access_byte(TEXT, WALKER_WRITE), OK);
	assert_int_equal(other.frames_used, 4);
	/* Frames that come back are handed out again while the rest is still there. */
	map_one(&other, TEXT + PAGE, PAGE_USER_READ);
}

static void test_a_space_whose_tag_is_anothers_now(void **state)
{
	struct address_space other;

	(void)state;
	map_one(&space, TEXT, PAGE_USER_READ);
	assert_int_equal(address_space_create(&other, &frames, LIMIT, &chance), K_OK);
	asids.next = asids.count;
	space_enter(&other);
	assert_int_equal(other.space.asid, space.space.asid);
	assert_true(address_space_clear(&space));
	space_enter(&other);
	map_one(&other, TEXT, PAGE_USER_READ);
	assert_int_equal(access_byte(TEXT, WALKER_READ), OK);
	assert_int_equal(other.generation, 2);
}

static void test_frames_of_its_own_stay_on_the_account(void **state)
{
	phys_addr frame;

	(void)state;
	assert_int_equal(address_space_take_frame(&space, &frame), K_OK);
	map_one(&space, TEXT, PAGE_USER_READ);
	assert_true(address_space_clear(&space));
	assert_int_equal(space.frames_used, 2);
	address_space_give_back_frame(&space, frame);
	assert_everything_is_back();
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_an_empty_space_is_clear, space_setup_live),
		cmocka_unit_test_setup(test_a_small_program_takes_one_step, space_setup),
		cmocka_unit_test(test_steps_of_every_size),
		cmocka_unit_test_setup(test_pages_at_the_ends_of_tables, space_setup_live),
		cmocka_unit_test_setup(test_a_sparse_space, space_setup_live),
		cmocka_unit_test_setup(test_a_live_space_is_left, space_setup_live),
		cmocka_unit_test_setup(test_the_tag_is_forgotten, space_setup_live),
		cmocka_unit_test_setup(test_later_steps_leave_the_others_alone, space_setup_live),
		cmocka_unit_test_setup(test_a_space_whose_tag_is_anothers_now, space_setup_live),
		cmocka_unit_test_setup(test_frames_of_its_own_stay_on_the_account, space_setup_live),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
