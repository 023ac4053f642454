/*
 * Ranges of pages, as programs ask for them: all or nothing, at once, and never both writable and executable in turn.
 */
#include "core/memory/address_space.h"

#include "tests/unit/space_fixture.h"

#define PLACE 0x10000000UL
#define GUARD 0x10000UL
#define MAP_BASE 0x2000000000UL
/* The last page that the same level-3 table, and the same level-2 table, serves as PLACE. */
#define TABLE_END (PLACE + 0x200000)
#define GIB_END 0x40000000UL

static void map(uint64_t start, uint64_t count, enum page_access access)
{
	assert_int_equal(address_space_map_pages(&space, pages(start, count), access), K_OK);
}

static void assert_refused(k_status expected, uint64_t start, uint64_t count)
{
	uint32_t used = space.frames_used;
	uint64_t free_count = frames.free_count;

	assert_int_equal(address_space_map_pages(&space, pages(start, count), PAGE_USER_READ), expected);
	assert_int_equal(space.frames_used, used);
	assert_int_equal(frames.free_count, free_count);
}

static void assert_mapped(uint64_t start, uint64_t count, enum walker_access access, uint8_t expected)
{
	for (uint64_t i = 0; i < count; i++) {
		assert_int_equal(access_byte(start + i * PAGE, access), expected);
	}
}

static void test_a_range(void **state)
{
	(void)state;
	map(PLACE, 3, PAGE_USER_READ_WRITE);
	assert_mapped(PLACE, 3, WALKER_WRITE, OK);
	assert_int_equal(access_byte(PLACE - 1, WALKER_READ), UNMAPPED_2);
	assert_int_equal(access_byte(PLACE + 3 * PAGE, WALKER_READ), UNMAPPED_3);
	assert_int_equal(space.frames_used, 1 + 2 + 3);
	assert_int_equal(frames.free_count, frames_before - 6);
	for (uint64_t i = 0; i < 3; i++) {
		const uint8_t *bytes = hal_phys_to_ptr((phys_addr){frame_at(PLACE + i * PAGE)}, PAGE);

		assert_true(bytes[0] == 0 && memcmp(bytes, bytes + 1, PAGE - 1) == 0);
	}
	assert_int_not_equal(frame_at(PLACE), frame_at(PLACE + PAGE));
	twin_check_space(&space.space);
}

static void test_rights(void **state)
{
	(void)state;
	map(PLACE, 1, PAGE_USER_READ);
	map(PLACE + PAGE, 1, PAGE_USER_EXECUTE);
	assert_int_equal(access_byte(PLACE, WALKER_READ), OK);
	assert_int_equal(access_byte(PLACE, WALKER_WRITE), FORBIDDEN);
	assert_int_equal(access_byte(PLACE, WALKER_EXECUTE), FORBIDDEN);
	assert_int_equal(access_byte(PLACE + PAGE, WALKER_WRITE), FORBIDDEN);
	assert_int_equal(access_byte(PLACE + PAGE, WALKER_EXECUTE), OK);
}

/* Fetches there, and calls the kernel. The twin aborts if the instruction cache might hold something else. */
static void run_at(uint64_t address)
{
	struct hal_context context = {.pc = address};
	struct hal_trap trap;

	twin_program(fixture_driver, NULL);
	hal_user_run(&context, &space.space, &trap);
	assert_int_equal(trap.esr >> 26, 0x15);
}

static void test_fresh_code_runs(void **state)
{
	(void)state;
	map(TABLE_END - PAGE, 2, PAGE_USER_EXECUTE);
	run_at(TABLE_END - 4);
	run_at(TABLE_END + PAGE - 4);
}

static void test_ranges_in_two_tables(void **state)
{
	(void)state;
	map(TABLE_END - 2 * PAGE, 3, PAGE_USER_READ_WRITE);
	assert_mapped(TABLE_END - 2 * PAGE, 3, WALKER_WRITE, OK);
	assert_int_equal(space.frames_used, 1 + 3 + 3);
	map(GIB_END - PAGE, 4, PAGE_USER_READ_WRITE);
	assert_mapped(GIB_END - PAGE, 4, WALKER_WRITE, OK);
	assert_int_equal(space.frames_used, 7 + 3 + 4);
	assert_int_equal(access_byte(GIB_END + 3 * PAGE, WALKER_READ), UNMAPPED_3);
}

static void test_the_largest_range(void **state)
{
	(void)state;
	map(TABLE_END - 30 * PAGE, 64, PAGE_USER_READ_WRITE);
	assert_mapped(TABLE_END - 30 * PAGE, 64, WALKER_WRITE, OK);
	assert_int_equal(space.frames_used, 1 + 3 + 64);
}

static void test_the_ends_of_user_memory(void **state)
{
	(void)state;
	assert_refused(K_EINVAL, 0, 1);
	assert_refused(K_EINVAL, 0xf000, 1);
	assert_refused(K_EINVAL, 0xf000, 2);
	map(0x10000, 1, PAGE_USER_READ);
	map(PANTHER_USER_TOP - PAGE, 1, PAGE_USER_READ);
	assert_int_equal(access_byte(0x10000, WALKER_READ), OK);
	assert_int_equal(access_byte(PANTHER_USER_TOP - 1, WALKER_READ), OK);
}

static void test_taken_pages(void **state)
{
	static const uint64_t taken[] = {0, 1, 29, 30, 44, 63};

	for (size_t i = 0; i < sizeof(taken) / sizeof(taken[0]); i++) {
		uint64_t start = TABLE_END - 30 * PAGE;

		space_setup_live(state);
		map(start + taken[i] * PAGE, 1, PAGE_USER_READ);
		assert_refused(K_EINVAL, start, 64);
		/* Right before and right behind there is room. */
		map(start + (taken[i] + 1) * PAGE, 63 - taken[i] + 1, PAGE_USER_READ);
		map(start - PAGE, taken[i] + 1, PAGE_USER_READ);
	}
}

static void test_the_guard_of_the_stack(void **state)
{
	uint64_t guard = space.stack_bottom - GUARD;

	(void)state;
	for (unsigned i = 0; i < 16; i++) {
		assert_refused(K_EINVAL, guard + i * PAGE, 1);
	}
	assert_refused(K_EINVAL, guard - PAGE, 2);
	assert_refused(K_EINVAL, guard - PAGE, 18);
	assert_refused(K_EINVAL, guard + GUARD - PAGE, 2);
	map(guard - 2 * PAGE, 2, PAGE_USER_READ);
	map(space.stack_bottom, 1, PAGE_USER_READ);
	map(space.stack_bottom + PAGE, 20, PAGE_USER_READ);
}

static void test_only_rights_of_programs(void **state)
{
	(void)state;
	map(PLACE, 1, PAGE_USER_READ);
	for (unsigned access = PAGE_KERNEL_READ; access < PAGE_USER_READ; access++) {
		assert_int_equal(address_space_map_pages(&space, pages(PLACE + PAGE, 1), access), K_EINVAL);
		assert_int_equal(address_space_protect_pages(&space, pages(PLACE, 1), access), K_EINVAL);
	}
	assert_int_equal(access_byte(PLACE, WALKER_WRITE), FORBIDDEN);
	assert_int_equal(access_byte(PLACE + PAGE, WALKER_READ), UNMAPPED_3);
}

/* Memory runs out. */

/* The second range needs one table of level 2, two of level 3, and four pages. */
static void assert_nothing_stays(void)
{
	const uint64_t *root = hal_phys_to_ptr(space.space.root, PAGE);

	assert_int_equal(space.frames_used, 1);
	for (unsigned i = 0; i < 512; i++) {
		assert_int_equal(root[i], 0);
	}
	assert_mapped(TABLE_END - 2 * PAGE, 4, WALKER_READ, UNMAPPED_1);
}

static void test_the_limit_at_every_step(void **state)
{
	for (uint32_t left = 0; left < 7; left++) {
		space_setup_live(state);
		space.frames_max = 1 + left;
		assert_refused(K_ENOMEM, TABLE_END - 2 * PAGE, 4);
		assert_nothing_stays();
	}
	space.frames_max = 8;
	map(TABLE_END - 2 * PAGE, 4, PAGE_USER_READ);
}

static void test_frames_run_out_at_every_step(void **state)
{
	for (uint64_t left = 0; left < 7; left++) {
		space_setup_live(state);
		take_all_but(left);
		assert_refused(K_ENOMEM, TABLE_END - 2 * PAGE, 4);
		assert_nothing_stays();
	}
	space_setup_live(state);
	take_all_but(7);
	map(TABLE_END - 2 * PAGE, 4, PAGE_USER_READ);
	assert_int_equal(frames.free_count, 0);
}

static void test_what_was_there_stays(void **state)
{
	(void)state;
	map(TABLE_END - 3 * PAGE, 1, PAGE_USER_READ_WRITE);
	map(TABLE_END + 2 * PAGE, 1, PAGE_USER_READ_WRITE);
	space.frames_max = space.frames_used + 3;
	assert_refused(K_ENOMEM, TABLE_END - 2 * PAGE, 4);
	assert_int_equal(access_byte(TABLE_END - 3 * PAGE, WALKER_WRITE), OK);
	assert_int_equal(access_byte(TABLE_END + 2 * PAGE, WALKER_WRITE), OK);
	assert_mapped(TABLE_END - 2 * PAGE, 4, WALKER_READ, UNMAPPED_3);
}

/* Unmapping. */

static void unmap(uint64_t start, uint64_t count)
{
	assert_int_equal(address_space_unmap_pages(&space, pages(start, count)), K_OK);
}

static void test_unmapped_pages_are_gone_at_once(void **state)
{
	(void)state;
	map(PLACE, 4, PAGE_USER_READ_WRITE);
	assert_mapped(PLACE, 4, WALKER_WRITE, OK);
	unmap(PLACE + PAGE, 2);
	assert_int_equal(space.frames_used, 1 + 2 + 2);
	assert_int_equal(access_byte(PLACE, WALKER_WRITE), OK);
	assert_mapped(PLACE + PAGE, 2, WALKER_READ, UNMAPPED_3);
	assert_int_equal(access_byte(PLACE + 3 * PAGE, WALKER_WRITE), OK);
	map(PLACE + PAGE, 2, PAGE_USER_READ);
	assert_mapped(PLACE + PAGE, 2, WALKER_READ, OK);
	assert_mapped(PLACE + PAGE, 2, WALKER_WRITE, FORBIDDEN);
}

static void test_empty_tables_are_given_back(void **state)
{
	(void)state;
	map(PLACE, 2, PAGE_USER_READ);
	map(PLACE + 0x400000 - PAGE, 1, PAGE_USER_READ);
	map(MAP_BASE, 1, PAGE_USER_READ);
	assert_int_equal(space.frames_used, 1 + 2 + 3 + 4);
	unmap(PLACE, 1);
	assert_int_equal(access_byte(PLACE, WALKER_READ), UNMAPPED_3);
	assert_int_equal(space.frames_used, 9);
	unmap(PLACE + PAGE, 1);
	assert_int_equal(access_byte(PLACE, WALKER_READ), UNMAPPED_2);
	assert_int_equal(space.frames_used, 7);
	unmap(PLACE + 0x400000 - PAGE, 1);
	assert_int_equal(access_byte(PLACE, WALKER_READ), UNMAPPED_1);
	assert_int_equal(space.frames_used, 4);
	unmap(MAP_BASE, 1);
	assert_int_equal(space.frames_used, 1);
	map(PLACE, 1, PAGE_USER_READ);
	assert_int_equal(access_byte(PLACE, WALKER_READ), OK);
}

static void test_unmapping_in_two_tables(void **state)
{
	(void)state;
	map(GIB_END - 30 * PAGE, 64, PAGE_USER_READ);
	assert_mapped(GIB_END - 30 * PAGE, 64, WALKER_READ, OK);
	unmap(GIB_END - 30 * PAGE, 64);
	assert_mapped(GIB_END - 30 * PAGE, 64, WALKER_READ, UNMAPPED_1);
	assert_int_equal(space.frames_used, 1);
	assert_int_equal(frames.free_count, frames_before - 1);
	frames_check(&frames);
}

static void assert_holes_are_refused(uint64_t start, uint64_t count)
{
	uint32_t used = space.frames_used;

	assert_int_equal(address_space_unmap_pages(&space, pages(start, count)), K_EINVAL);
	assert_int_equal(address_space_protect_pages(&space, pages(start, count), PAGE_USER_READ), K_EINVAL);
	assert_int_equal(space.frames_used, used);
}

static void test_ranges_with_holes(void **state)
{
	uint64_t start = TABLE_END - 4 * PAGE;

	(void)state;
	assert_holes_are_refused(start, 1);
	map(start, 4, PAGE_USER_READ_WRITE);
	assert_holes_are_refused(start - PAGE, 5);
	assert_holes_are_refused(start, 5);
	assert_holes_are_refused(start + 4 * PAGE, 1);
	map(TABLE_END + PAGE, 1, PAGE_USER_READ_WRITE);
	assert_holes_are_refused(start, 5);
	assert_holes_are_refused(start, 6);
	map(TABLE_END, 1, PAGE_USER_READ_WRITE);
	assert_mapped(start, 6, WALKER_WRITE, OK);
	unmap(start + PAGE, 1);
	assert_holes_are_refused(start, 6);
	assert_int_equal(access_byte(start, WALKER_WRITE), OK);
	assert_int_equal(access_byte(TABLE_END + PAGE, WALKER_WRITE), OK);
}

/* A space that is not live may still have translations cached, by its tag. */
static void test_unmapping_what_is_not_live(void **state)
{
	struct address_space other;

	(void)state;
	map(PLACE, 2, PAGE_USER_READ_WRITE);
	assert_mapped(PLACE, 2, WALKER_WRITE, OK);
	assert_int_equal(address_space_create(&other, &frames, LIMIT, &chance), K_OK);
	space_enter(&other);
	unmap(PLACE, 1);
	assert_int_equal(address_space_protect_pages(&space, pages(PLACE + PAGE, 1), PAGE_USER_READ), K_OK);
	space_enter(&space);
	assert_int_equal(access_byte(PLACE, WALKER_READ), UNMAPPED_3);
	assert_int_equal(access_byte(PLACE + PAGE, WALKER_WRITE), FORBIDDEN);
}

/* It has no tag, and the twin has no rule for an invalidation that nobody needs but the one for tag 0. */
static void test_a_space_that_was_never_live(void **state)
{
	(void)state;
	map(PLACE, 2, PAGE_USER_READ_WRITE);
	assert_int_equal(address_space_protect_pages(&space, pages(PLACE, 1), PAGE_USER_READ), K_OK);
	unmap(PLACE, 2);
	assert_int_equal(space.frames_used, 1);
}

/* Protecting. */

static k_status protect(uint64_t start, uint64_t count, enum page_access access)
{
	return address_space_protect_pages(&space, pages(start, count), access);
}

static void test_access_changes_at_once(void **state)
{
	uint64_t frame;

	(void)state;
	map(PLACE, 3, PAGE_USER_READ_WRITE);
	assert_mapped(PLACE, 3, WALKER_WRITE, OK);
	frame = frame_at(PLACE + PAGE);
	assert_int_equal(protect(PLACE + PAGE, 1, PAGE_USER_READ), K_OK);
	assert_int_equal(access_byte(PLACE, WALKER_WRITE), OK);
	assert_int_equal(access_byte(PLACE + PAGE, WALKER_WRITE), FORBIDDEN);
	assert_int_equal(access_byte(PLACE + 2 * PAGE, WALKER_WRITE), OK);
	assert_int_equal(frame_at(PLACE + PAGE), frame);
	assert_int_equal(protect(PLACE + PAGE, 1, PAGE_USER_READ_WRITE), K_OK);
	assert_int_equal(access_byte(PLACE + PAGE, WALKER_WRITE), OK);
	assert_int_equal(space.frames_used, 6);
}

static void test_protecting_in_two_tables(void **state)
{
	(void)state;
	map(TABLE_END - 30 * PAGE, 64, PAGE_USER_READ);
	assert_mapped(TABLE_END - 30 * PAGE, 64, WALKER_READ, OK);
	assert_int_equal(protect(TABLE_END - 30 * PAGE, 64, PAGE_USER_READ_WRITE), K_OK);
	assert_mapped(TABLE_END - 30 * PAGE, 64, WALKER_WRITE, OK);
	twin_check_space(&space.space);
}

static void test_what_was_never_writable_may_become_code(void **state)
{
	(void)state;
	map(TABLE_END - PAGE, 2, PAGE_USER_READ);
	assert_int_equal(protect(TABLE_END - PAGE, 2, PAGE_USER_EXECUTE), K_OK);
	run_at(TABLE_END - PAGE);
	run_at(TABLE_END);
	assert_int_equal(protect(TABLE_END, 1, PAGE_USER_READ), K_OK);
	assert_int_equal(access_byte(TABLE_END, WALKER_EXECUTE), FORBIDDEN);
	assert_int_equal(protect(TABLE_END, 1, PAGE_USER_EXECUTE), K_OK);
	run_at(TABLE_END);
}

static void test_what_was_writable_never_becomes_code(void **state)
{
	(void)state;
	map(PLACE, 1, PAGE_USER_READ_WRITE);
	assert_int_equal(protect(PLACE, 1, PAGE_USER_EXECUTE), K_EACCES);
	assert_int_equal(access_byte(PLACE, WALKER_WRITE), OK);
	assert_int_equal(protect(PLACE, 1, PAGE_USER_READ), K_OK);
	assert_int_equal(protect(PLACE, 1, PAGE_USER_EXECUTE), K_EACCES);
	/* Code that became writable, too. */
	map(PLACE + PAGE, 1, PAGE_USER_EXECUTE);
	assert_int_equal(protect(PLACE + PAGE, 1, PAGE_USER_READ_WRITE), K_OK);
	assert_int_equal(access_byte(PLACE + PAGE, WALKER_EXECUTE), FORBIDDEN);
	assert_int_equal(protect(PLACE + PAGE, 1, PAGE_USER_READ), K_OK);
	assert_int_equal(protect(PLACE + PAGE, 1, PAGE_USER_EXECUTE), K_EACCES);
	/* But a fresh page at the same place may. */
	unmap(PLACE, 1);
	map(PLACE, 1, PAGE_USER_EXECUTE);
}

static void test_one_page_that_was_writable_is_enough(void **state)
{
	static const uint64_t writable[] = {0, 5, 29, 30, 63};

	for (size_t i = 0; i < sizeof(writable) / sizeof(writable[0]); i++) {
		uint64_t start = TABLE_END - 30 * PAGE;

		space_setup_live(state);
		map(start, 64, PAGE_USER_READ);
		assert_int_equal(protect(start + writable[i] * PAGE, 1, PAGE_USER_READ_WRITE), K_OK);
		assert_int_equal(protect(start, 64, PAGE_USER_EXECUTE), K_EACCES);
		assert_mapped(start, 64, WALKER_EXECUTE, FORBIDDEN);
		assert_int_equal(access_byte(start + writable[i] * PAGE, WALKER_WRITE), OK);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_a_range, space_setup_live),
		cmocka_unit_test_setup(test_rights, space_setup_live),
		cmocka_unit_test_setup(test_fresh_code_runs, space_setup_live),
		cmocka_unit_test_setup(test_ranges_in_two_tables, space_setup_live),
		cmocka_unit_test_setup(test_the_largest_range, space_setup_live),
		cmocka_unit_test_setup(test_the_ends_of_user_memory, space_setup_live),
		cmocka_unit_test(test_taken_pages),
		cmocka_unit_test_setup(test_the_guard_of_the_stack, space_setup_live),
		cmocka_unit_test_setup(test_only_rights_of_programs, space_setup_live),
		cmocka_unit_test(test_the_limit_at_every_step),
		cmocka_unit_test(test_frames_run_out_at_every_step),
		cmocka_unit_test_setup(test_what_was_there_stays, space_setup_live),
		cmocka_unit_test_setup(test_unmapped_pages_are_gone_at_once, space_setup_live),
		cmocka_unit_test_setup(test_empty_tables_are_given_back, space_setup_live),
		cmocka_unit_test_setup(test_unmapping_in_two_tables, space_setup_live),
		cmocka_unit_test_setup(test_ranges_with_holes, space_setup_live),
		cmocka_unit_test_setup(test_unmapping_what_is_not_live, space_setup_live),
		cmocka_unit_test_setup(test_a_space_that_was_never_live, space_setup),
		cmocka_unit_test_setup(test_access_changes_at_once, space_setup_live),
		cmocka_unit_test_setup(test_protecting_in_two_tables, space_setup_live),
		cmocka_unit_test_setup(test_what_was_never_writable_may_become_code, space_setup_live),
		cmocka_unit_test_setup(test_what_was_writable_never_becomes_code, space_setup_live),
		cmocka_unit_test(test_one_page_that_was_writable_is_enough),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
