/*
 * A process's address space: where things lie in it, whose memory it is, and pages as the loader maps them.
 */
#include "core/memory/address_space.h"

#include "tests/unit/space_fixture.h"

#define TEXT 0x400000UL

static k_status try_map(uint64_t page, enum page_access access)
{
	phys_addr frame = {0x1234};
	k_status status = address_space_map(&space, (user_addr){page}, access, &frame);

	assert_true(status == K_OK || frame.value == 0x1234);
	return status;
}

static void test_an_empty_space(void **state)
{
	phys_addr frame = {0x1234};
	enum page_access access;

	(void)state;
	assert_int_equal(space.generation, 0);
	assert_int_equal(space.frames_used, 1);
	assert_int_equal(space.frames_max, LIMIT);
	assert_int_equal(frames.free_count, frames_before - 1);
	assert_int_equal(address_space_find(&space, (user_addr){TEXT}, &frame, &access), K_EFAULT);
	assert_int_equal(frame.value, 0x1234);
	twin_check_space(&space.space);
	address_space_destroy(&space);
	assert_int_equal(frames.free_count, frames_before);
}

static void test_places_differ_from_space_to_space(void **state)
{
	struct address_space other;

	(void)state;
	assert_int_equal(address_space_create(&other, &frames, LIMIT, &chance), K_OK);
	assert_int_not_equal(other.stack_bottom, space.stack_bottom);
	assert_int_not_equal(other.map_next, space.map_next);
	assert_int_equal(address_space_stack_top(&other), other.stack_bottom + 0x8000);
}

static void test_no_frame_for_a_root(void **state)
{
	struct address_space other = {.space = {.asid = 0x77}};

	(void)state;
	assert_int_equal(address_space_create(&other, &frames, 0, &chance), K_ENOMEM);
	take_all_but(0);
	assert_int_equal(address_space_create(&other, &frames, LIMIT, &chance), K_ENOMEM);
	assert_int_equal(other.space.asid, 0x77);
}

/* The account. */

static void test_frames_on_the_account(void **state)
{
	phys_addr taken[3];
	phys_addr none = {0x1234};

	(void)state;
	space.frames_max = 4;
	for (unsigned i = 0; i < 3; i++) {
		const uint8_t *bytes;

		assert_int_equal(address_space_take_frame(&space, &taken[i]), K_OK);
		assert_int_equal(space.frames_used, 2 + i);
		bytes = hal_phys_to_ptr(taken[i], PAGE);
		assert_true(bytes[0] == 0 && memcmp(bytes, bytes + 1, PAGE - 1) == 0);
	}
	assert_int_equal(address_space_take_frame(&space, &none), K_ENOMEM);
	assert_int_equal(none.value, 0x1234);
	assert_int_equal(frames.free_count, frames_before - 4);
	address_space_give_back_frame(&space, taken[1]);
	assert_int_equal(space.frames_used, 3);
	assert_int_equal(frames.free_count, frames_before - 3);
	assert_int_equal(address_space_take_frame(&space, &taken[1]), K_OK);
}

static void test_no_frame_is_none_on_the_account(void **state)
{
	phys_addr none = {0x1234};

	(void)state;
	take_all_but(0);
	assert_int_equal(address_space_take_frame(&space, &none), K_ENOMEM);
	assert_int_equal(none.value, 0x1234);
	assert_int_equal(space.frames_used, 1);
}

static void test_tables_and_pages_count(void **state)
{
	(void)state;
	map_one(&space, TEXT, PAGE_USER_READ);
	assert_int_equal(space.frames_used, 4);
	map_one(&space, TEXT + PAGE, PAGE_USER_READ);
	assert_int_equal(space.frames_used, 5);
	map_one(&space, TEXT + 0x200000, PAGE_USER_READ);
	assert_int_equal(space.frames_used, 7);
	assert_int_equal(frames.free_count, frames_before - 7);
}

static void test_the_limit_at_every_step(void **state)
{
	for (uint32_t limit = 1; limit < 4; limit++) {
		space_setup(state);
		space.frames_max = limit;
		assert_int_equal(try_map(TEXT, PAGE_USER_READ), K_ENOMEM);
		assert_true(space.frames_used <= limit);
		assert_int_equal(frames.free_count, frames_before - space.frames_used);
	}
	space.frames_max = 4;
	assert_int_equal(try_map(TEXT, PAGE_USER_READ), K_OK);
	assert_int_equal(space.frames_used, 4);
}

static void test_frames_run_out_at_every_step(void **state)
{
	for (uint64_t left = 0; left < 3; left++) {
		space_setup(state);
		take_all_but(left);
		assert_int_equal(try_map(TEXT, PAGE_USER_READ), K_ENOMEM);
		/* Tables that were made stay with the space. */
		assert_int_equal(frames.free_count + space.frames_used, left + 1);
		clear_all(&space);
		address_space_destroy(&space);
		assert_int_equal(frames.free_count, left + 1);
	}
	space_setup(state);
	take_all_but(3);
	assert_int_equal(try_map(TEXT, PAGE_USER_READ), K_OK);
	assert_int_equal(frames.free_count, 0);
}

/* Pages. */

static void test_rights(void **state)
{
	static const struct {
		enum page_access access;
		uint8_t read, write, execute;
	} cases[] = {
		{PAGE_USER_READ, OK, FORBIDDEN, FORBIDDEN},
		{PAGE_USER_READ_WRITE, OK, OK, FORBIDDEN},
		{PAGE_USER_EXECUTE, OK, FORBIDDEN, OK},
	};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		uint64_t page = 0x10000000 + PAGE * i;

		map_one(&space, page, cases[i].access);
		assert_int_equal(access_byte(page, WALKER_READ), cases[i].read);
		assert_int_equal(access_byte(page + 0xfff, WALKER_WRITE), cases[i].write);
		assert_int_equal(access_byte(page, WALKER_EXECUTE), cases[i].execute);
		assert_int_equal(access_byte(page + 0x10000, WALKER_READ), UNMAPPED_3);
	}
	twin_check_space(&space.space);
}

static void test_pages_are_zero(void **state)
{
	const uint8_t *bytes = hal_phys_to_ptr(map_one(&space, TEXT, PAGE_USER_READ), PAGE);

	(void)state;
	assert_true(bytes[0] == 0 && memcmp(bytes, bytes + 1, PAGE - 1) == 0);
}

static void test_what_is_mapped_is_found(void **state)
{
	static const enum page_access all[] = {PAGE_USER_READ, PAGE_USER_READ_WRITE, PAGE_USER_EXECUTE};

	(void)state;
	for (uint64_t i = 0; i < 3; i++) {
		phys_addr mapped = map_one(&space, TEXT + PAGE * i, all[i]);
		phys_addr found;
		enum page_access access;

		assert_int_equal(address_space_find(&space, (user_addr){TEXT + PAGE * i + 5}, &found, &access), K_OK);
		assert_int_equal(found.value, mapped.value);
		assert_int_equal(access, all[i]);
	}
}

static void test_only_user_addresses_are_found(void **state)
{
	static const uint64_t addresses[] = {PANTHER_USER_TOP, PANTHER_USER_TOP + TEXT, 0xffffff8000000000 + TEXT,
					     UINT64_MAX};
	phys_addr frame;
	enum page_access access;

	(void)state;
	map_one(&space, TEXT, PAGE_USER_READ);
	for (size_t i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++) {
		assert_int_equal(address_space_find(&space, (user_addr){addresses[i]}, &frame, &access), K_EFAULT);
	}
}

static void test_first_and_last_page(void **state)
{
	(void)state;
	map_one(&space, PANTHER_USER_BOTTOM, PAGE_USER_READ);
	map_one(&space, PANTHER_USER_TOP - PAGE, PAGE_USER_READ);
	assert_int_equal(access_byte(PANTHER_USER_BOTTOM, WALKER_READ), OK);
	assert_int_equal(access_byte(PANTHER_USER_TOP - 1, WALKER_READ), OK);
}

static void test_pages_that_cannot_be_mapped(void **state)
{
	static const uint64_t unmappable[] = {
		0,
		0x1000,
		PANTHER_USER_BOTTOM - 0x1000,
		PANTHER_USER_TOP,
		PANTHER_USER_TOP + 0x400000,
		0xffffff8000400000,
		UINT64_MAX - 0xfff,
		TEXT + 1,
		TEXT + 0x800,
	};

	(void)state;
	for (size_t i = 0; i < sizeof(unmappable) / sizeof(unmappable[0]); i++) {
		assert_int_equal(try_map(unmappable[i], PAGE_USER_READ), K_EINVAL);
	}
	for (unsigned access = PAGE_KERNEL_READ; access < PAGE_USER_READ; access++) {
		assert_int_equal(try_map(TEXT, access), K_EINVAL);
	}
	assert_int_equal(space.frames_used, 1);
	map_one(&space, TEXT, PAGE_USER_READ);
	assert_int_equal(try_map(TEXT, PAGE_USER_READ), K_EINVAL);
	assert_int_equal(space.frames_used, 4);
}

static void test_mapping_in_a_live_space_works_at_once(void **state)
{
	(void)state;
	assert_int_equal(access_byte(0x10000000, WALKER_WRITE), UNMAPPED_1);
	map_one(&space, 0x10000000, PAGE_USER_READ_WRITE);
	assert_int_equal(access_byte(0x10000000, WALKER_WRITE), OK);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_an_empty_space, space_setup),
		cmocka_unit_test_setup(test_places_differ_from_space_to_space, space_setup),
		cmocka_unit_test_setup(test_no_frame_for_a_root, space_setup),
		cmocka_unit_test_setup(test_frames_on_the_account, space_setup),
		cmocka_unit_test_setup(test_no_frame_is_none_on_the_account, space_setup),
		cmocka_unit_test_setup(test_tables_and_pages_count, space_setup),
		cmocka_unit_test_setup(test_the_limit_at_every_step, space_setup),
		cmocka_unit_test_setup(test_frames_run_out_at_every_step, space_setup),
		cmocka_unit_test_setup(test_rights, space_setup_live),
		cmocka_unit_test_setup(test_pages_are_zero, space_setup),
		cmocka_unit_test_setup(test_what_is_mapped_is_found, space_setup),
		cmocka_unit_test_setup(test_only_user_addresses_are_found, space_setup),
		cmocka_unit_test_setup(test_first_and_last_page, space_setup_live),
		cmocka_unit_test_setup(test_pages_that_cannot_be_mapped, space_setup),
		cmocka_unit_test_setup(test_mapping_in_a_live_space_works_at_once, space_setup_live),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
