/*
 * A process's address space: what is mapped has the rights asked for, and everything comes back.
 */
#include "core/memory/address_space.h"

#include "abi/limits.h"
#include "core/memory/regions.h"
#include "hal_host/mmu.h"
#include "hal_host/state.h"
#include "tests/unit/expect_abort.h"
#include "tests/unit/twin_fixture.h"

#define RAM 0x42000000UL
#define RAM_SIZE 0x400000UL
#define TAG 9
#define OK 0xff
#define TEXT 0x400000UL

static struct frames frames;
static struct address_space space;
static uint64_t frames_before;

static int setup(void **state)
{
	struct region_set ram = {0};

	fixture_setup(state);
	assert_int_equal(region_set_add(&ram, (struct phys_range){RAM, RAM_SIZE}), K_OK);
	frames_init(&frames, &ram, &fixture_map);
	frames_before = frames.free_count;
	assert_int_equal(address_space_create(&space, &frames, TAG), K_OK);
	return 0;
}

static phys_addr map(uint64_t page, enum page_access access)
{
	phys_addr frame = {0};

	assert_int_equal(address_space_map(&space, (user_addr){page}, access, &frame), K_OK);
	return frame;
}

static k_status try_map(uint64_t page, enum page_access access)
{
	phys_addr frame = {0x1234};
	k_status status = address_space_map(&space, (user_addr){page}, access, &frame);

	assert_true(status == K_OK || frame.value == 0x1234);
	return status;
}

/* Maps one page of code and enters the space, so that it is live. */
static void enter(void)
{
	struct hal_context context = {.pc = TEXT};
	struct hal_trap trap;

	hal_code_sync(map(TEXT, PAGE_USER_EXECUTE), 4096);
	twin_program(fixture_driver, NULL);
	hal_user_run(&context, &space.space, &trap);
	assert_int_equal(trap.esr >> 26, 0x15);
}

static uint8_t access_page(uint64_t address, enum walker_access access)
{
	uint64_t physical;
	uint8_t status = OK;

	(void)mmu_translate_user(address, access, &physical, &status);
	return status;
}

static void test_an_empty_space(void **state)
{
	phys_addr frame = {0x1234};
	enum page_access access;

	(void)state;
	assert_int_equal(space.space.asid, TAG);
	assert_int_equal(frames.free_count, frames_before - 1);
	assert_int_equal(address_space_find(&space, (user_addr){TEXT}, &frame, &access), K_EFAULT);
	assert_int_equal(frame.value, 0x1234);
	twin_check_space(&space.space);
	address_space_destroy(&space);
	assert_int_equal(frames.free_count, frames_before);
}

static void test_rights(void **state)
{
	static const struct {
		enum page_access access;
		uint8_t read, write, execute;
	} cases[] = {
		{PAGE_USER_READ, OK, 0x0f, 0x0f},
		{PAGE_USER_READ_WRITE, OK, OK, 0x0f},
		{PAGE_USER_EXECUTE, OK, 0x0f, OK},
	};

	(void)state;
	enter();
	for (size_t i = 0; i < 3; i++) {
		uint64_t page = 0x10000000 + 0x1000 * i;

		map(page, cases[i].access);
		assert_int_equal(access_page(page, WALKER_READ), cases[i].read);
		assert_int_equal(access_page(page + 0xfff, WALKER_WRITE), cases[i].write);
		assert_int_equal(access_page(page, WALKER_EXECUTE), cases[i].execute);
		assert_int_equal(access_page(page + 0x10000, WALKER_READ), 0x07);
	}
	twin_check_space(&space.space);
}

static void test_pages_are_zero(void **state)
{
	const uint8_t *bytes = hal_phys_to_ptr(map(TEXT, PAGE_USER_READ), 4096);

	(void)state;
	for (size_t i = 0; i < 4096; i++) {
		assert_int_equal(bytes[i], 0);
	}
}

static void test_what_is_mapped_is_found(void **state)
{
	static const enum page_access all[] = {PAGE_USER_READ, PAGE_USER_READ_WRITE, PAGE_USER_EXECUTE};

	(void)state;
	for (uint64_t i = 0; i < 3; i++) {
		phys_addr mapped = map(TEXT + 0x1000 * i, all[i]);
		phys_addr found;
		enum page_access access;

		assert_int_equal(address_space_find(&space, (user_addr){TEXT + 0x1000 * i + 5}, &found, &access), K_OK);
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
	map(TEXT, PAGE_USER_READ);
	for (size_t i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++) {
		assert_int_equal(address_space_find(&space, (user_addr){addresses[i]}, &frame, &access), K_EFAULT);
	}
}

static void test_first_and_last_page(void **state)
{
	(void)state;
	enter();
	map(PANTHER_USER_BOTTOM, PAGE_USER_READ);
	map(PANTHER_USER_TOP - 0x1000, PAGE_USER_READ);
	assert_int_equal(access_page(PANTHER_USER_BOTTOM, WALKER_READ), OK);
	assert_int_equal(access_page(PANTHER_USER_TOP - 1, WALKER_READ), OK);
}

static void test_pages_that_cannot_be_mapped(void **state)
{
	static const uint64_t pages[] = {
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
	uint64_t free_count = frames.free_count;

	(void)state;
	for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++) {
		assert_int_equal(try_map(pages[i], PAGE_USER_READ), K_EINVAL);
	}
	for (unsigned access = PAGE_KERNEL_READ; access < PAGE_USER_READ; access++) {
		assert_int_equal(try_map(TEXT, access), K_EINVAL);
	}
	assert_int_equal(frames.free_count, free_count);
	map(TEXT, PAGE_USER_READ);
	free_count = frames.free_count;
	assert_int_equal(try_map(TEXT, PAGE_USER_READ), K_EINVAL);
	assert_int_equal(frames.free_count, free_count);
}

static void take_all_but(uint64_t left)
{
	phys_addr frame;

	while (frames.free_count > left) {
		assert_int_equal(frames_allocate(&frames, &frame), K_OK);
	}
}

static void test_frames_run_out_at_every_step(void **state)
{
	for (uint64_t left = 0; left < 3; left++) {
		uint64_t taken;

		setup(state);
		take_all_but(left);
		taken = frames.free_count;
		assert_int_equal(try_map(TEXT, PAGE_USER_READ), K_ENOMEM);
		/* Tables that were made stay with the space; the page's own frame came back. */
		assert_true(frames.free_count >= (taken == 0 ? 0 : 1) && frames.free_count <= taken);
		address_space_destroy(&space);
		assert_int_equal(frames.free_count, taken + 1);
	}
	setup(state);
	take_all_but(3);
	assert_int_equal(try_map(TEXT, PAGE_USER_READ), K_OK);
	assert_int_equal(frames.free_count, 0);
}

static void test_no_frame_for_a_root(void **state)
{
	struct address_space other = {.space = {.asid = 0x77}};

	(void)state;
	take_all_but(0);
	assert_int_equal(address_space_create(&other, &frames, TAG + 1), K_ENOMEM);
	assert_int_equal(other.space.asid, 0x77);
}

static void test_destroying_a_live_space(void **state)
{
	(void)state;
	enter();
	for (uint64_t i = 0; i < 20; i++) {
		map(0x10000000 + i * 0x200000, PAGE_USER_READ_WRITE);
		map(0x4000000000 + i * 0x40000000, PAGE_USER_READ);
	}
	address_space_destroy(&space);
	/* The twin would have aborted on a frame that is still reachable. */
	assert_int_equal(frames.free_count, frames_before);
	frames_check(&frames);
	assert_false(twin.is_live);
}

static void test_the_tag_can_be_used_again(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		enter();
		address_space_destroy(&space);
		assert_int_equal(address_space_create(&space, &frames, TAG), K_OK);
	}
}

static void test_mapping_in_a_live_space_works_at_once(void **state)
{
	(void)state;
	enter();
	assert_int_equal(access_page(0x10000000, WALKER_WRITE), 0x06);
	map(0x10000000, PAGE_USER_READ_WRITE);
	assert_int_equal(access_page(0x10000000, WALKER_WRITE), OK);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_an_empty_space, setup),
		cmocka_unit_test_setup(test_rights, setup),
		cmocka_unit_test_setup(test_pages_are_zero, setup),
		cmocka_unit_test_setup(test_what_is_mapped_is_found, setup),
		cmocka_unit_test_setup(test_only_user_addresses_are_found, setup),
		cmocka_unit_test_setup(test_first_and_last_page, setup),
		cmocka_unit_test_setup(test_pages_that_cannot_be_mapped, setup),
		cmocka_unit_test_setup(test_frames_run_out_at_every_step, setup),
		cmocka_unit_test_setup(test_no_frame_for_a_root, setup),
		cmocka_unit_test_setup(test_destroying_a_live_space, setup),
		cmocka_unit_test_setup(test_the_tag_can_be_used_again, setup),
		cmocka_unit_test_setup(test_mapping_in_a_live_space_works_at_once, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
