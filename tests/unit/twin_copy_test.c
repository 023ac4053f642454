/*
 * User copies in the twin: the rights of EL0, the fault that the hardware would give, and hostile memory.
 */
#include "tests/unit/expect_abort.h"
#include "tests/unit/twin_fixture.h"

static uint8_t buffer[8192];

static int setup(void **state)
{
	fixture_setup(state);
	memset(hal_phys_to_ptr((phys_addr){CONSTANT_FRAME}, 4096), 'c', 4096);
	memset(hal_phys_to_ptr((phys_addr){DATA_FRAME}, 4096), 'd', 4096);
	memset(buffer, 0, sizeof(buffer));
	twin_program(fixture_driver, NULL);
	fixture_enter(&fixture_space);
	return 0;
}

static bool copy_in(uint64_t source, size_t size)
{
	return hal_copy_from_user(&fixture_space, buffer, (user_addr){source}, size);
}

static bool copy_out(uint64_t destination, size_t size)
{
	return hal_copy_to_user(&fixture_space, (user_addr){destination}, buffer, size);
}

static void assert_fault(uint64_t far, uint8_t status)
{
	struct twin_copy_fault fault = twin_last_copy_fault();

	assert_true(fault.happened);
	assert_int_equal(fault.far, far);
	assert_int_equal(fault.status, status);
}

static void test_copies_across_pages(void **state)
{
	(void)state;
	/* The next page lies two frames further on. */
	assert_true(copy_in(DATA + 4090, 12));
	assert_memory_equal(buffer, "ddddddcccccc", 12);
	assert_false(twin_last_copy_fault().happened);
	memcpy(buffer, "hello", 5);
	assert_true(copy_out(DATA, 5));
	assert_memory_equal(hal_phys_to_ptr((phys_addr){DATA_FRAME}, 6), "hellod", 6);
}

static void test_copying_nothing(void **state)
{
	(void)state;
	assert_true(copy_in(UNMAPPED, 0));
	assert_true(copy_out(UNMAPPED, 0));
	assert_false(twin_last_copy_fault().happened);
}

static void test_copies_have_the_rights_of_el0(void **state)
{
	static const struct {
		uint64_t address;
		uint8_t read, write; /* fault status, 0 if it works */
	} cases[] = {
		{CODE, 0, 0x0f},
		{CONSTANT, 0, 0x0f},
		{UNMAPPED, 0x07, 0x07},
		{0, 0x06, 0x06},
		{0xffffffc000000000, 0x0f, 0x0f}, /* text of the kernel */
		{0xffffffc0000e0000, 0x0f, 0x0f}, /* a table of the kernel */
		{0xffffff8001000000, 0x0e, 0x0e}, /* the linear map */
		{0xffffffc000180000, 0x0f, 0x0f}, /* the UART */
		{0x8000000000, 0x04, 0x04},
		{0x0100000000401000, 0x04, 0x04},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		setup(state);
		assert_int_equal(copy_in(cases[i].address, 8), cases[i].read == 0);
		if (cases[i].read != 0) {
			assert_fault(cases[i].address, cases[i].read);
		}
		assert_int_equal(copy_out(cases[i].address, 8), cases[i].write == 0);
		if (cases[i].write != 0) {
			assert_fault(cases[i].address, cases[i].write);
		}
	}
}

static void test_copies_fault_at_the_first_bad_byte(void **state)
{
	(void)state;
	assert_false(copy_in(CONSTANT + 4000, 200));
	assert_fault(UNMAPPED, 0x07);
	memset(buffer, 'x', sizeof(buffer));
	assert_false(copy_out(DATA + 4000, 200));
	assert_fault(CONSTANT, 0x0f);
	/* What lies below the fault was written. */
	assert_memory_equal((char *)hal_phys_to_ptr((phys_addr){DATA_FRAME}, 4096) + 4000, "xxxxxxxx", 8);
}

static void test_any_byte_can_fault(void **state)
{
	(void)state;
	for (size_t byte = 0; byte < 16; byte++) {
		setup(state);
		twin_fault_copy(byte);
		assert_false(copy_in(DATA, 16));
		assert_fault(DATA + byte, 0x07);
		twin_fault_copy(byte);
		assert_false(copy_out(DATA, 16));
		assert_fault(DATA + byte, 0x07);
		/* Once only. */
		fixture_enter(&fixture_space);
		assert_true(copy_out(DATA, 16));
	}
}

static void copy_twice(void *argument)
{
	const uint64_t *addresses = argument;

	(void)copy_in(addresses[0], 8);
	(void)copy_in(addresses[1], 8);
}

static void test_reading_a_byte_twice_aborts(void **state)
{
	uint64_t overlapping[][2] = {{DATA, DATA}, {DATA, DATA + 7}, {DATA + 7, DATA}};
	uint64_t disjoint[] = {DATA, DATA + 8};

	for (size_t i = 0; i < 3; i++) {
		setup(state);
		expect_abort("double-fetch", copy_twice, overlapping[i]);
	}
	setup(state);
	copy_twice(disjoint);
	/* The next trap is another matter. */
	fixture_enter(&fixture_space);
	copy_twice(disjoint);
}

static void copy_out_twice(void *argument)
{
	const uint64_t *addresses = argument;

	(void)copy_out(addresses[0], 8);
	(void)copy_out(addresses[1], 8);
}

static void test_writing_a_byte_twice_aborts(void **state)
{
	uint64_t overlapping[][2] = {{DATA, DATA}, {DATA, DATA + 7}, {DATA + 7, DATA}};
	uint64_t disjoint[] = {DATA + 8, DATA};

	for (size_t i = 0; i < 3; i++) {
		setup(state);
		expect_abort("double-store", copy_out_twice, overlapping[i]);
	}
	setup(state);
	copy_out_twice(disjoint);
	/* The next trap is another matter, and so is reading. */
	fixture_enter(&fixture_space);
	copy_out_twice(disjoint);
	copy_twice(disjoint);
}

/* Bytes behind the one that faulted were not written. */
static void test_what_faulted_was_not_written(void **state)
{
	setup(state);
	twin_fault_copy(4);
	assert_false(copy_out(DATA, 8));
	assert_true(copy_out(DATA + 4, 8));
	twin_fault_copy(0);
	assert_false(copy_out(DATA, 8));
	setup(state);
	assert_false(copy_out(CONSTANT - 4, 8));
	expect_abort("double-store", copy_out_twice, (uint64_t[]){CONSTANT - 11, CONSTANT - 32});
}

static void note_store(void *stores, const struct twin_store *store)
{
	struct twin_store **next = stores;

	*(*next)++ = *store;
}

static void test_stores_are_watched(void **state)
{
	struct twin_store stores[3] = {0};
	struct twin_store *next = stores;

	(void)state;
	twin_watch_stores(note_store, &next);
	assert_true(copy_out(DATA + 4090, 2));
	assert_false(copy_out(CONSTANT - 4, 200));
	assert_false(copy_out(UNMAPPED, 8));
	assert_true(copy_in(DATA, 8));
	assert_ptr_equal(next, stores + 2);
	assert_ptr_equal(stores[0].space, &fixture_space);
	assert_int_equal(stores[0].address, DATA + 4090);
	assert_int_equal(stores[0].size, 2);
	assert_int_equal(stores[0].written, 2);
	assert_int_equal(stores[1].address, CONSTANT - 4);
	assert_int_equal(stores[1].size, 200);
	assert_int_equal(stores[1].written, 4);
	twin_watch_stores(NULL, NULL);
	assert_true(copy_out(DATA, 8));
	assert_ptr_equal(next, stores + 2);
}

static void copy_a_lot(void *copy)
{
	for (uint64_t byte = 0; byte < 17; byte++) {
		(void)(*(bool (**)(uint64_t, size_t))copy)(DATA + byte, 1);
	}
}

static void test_too_many_copies_abort(void **state)
{
	bool (*in)(uint64_t, size_t) = copy_in;
	bool (*out)(uint64_t, size_t) = copy_out;

	(void)state;
	expect_abort("copies", copy_a_lot, &in);
	expect_abort("copies", copy_a_lot, &out);
}

static void test_memory_can_change_after_a_fetch(void **state)
{
	(void)state;
	twin_change_after_fetch(true);
	assert_true(copy_in(DATA, 4));
	assert_memory_equal(buffer, "dddd", 4);
	/* For the next trap it is what has become of it. */
	fixture_enter(&fixture_space);
	assert_true(copy_in(DATA, 4));
	assert_int_equal(buffer[0], 'd' ^ 0xff);
}

static const struct hal_space others[] = {{{ROOT}, ASID + 1}, {{OTHER_ROOT}, ASID}};

static void copy_other(void *space)
{
	(void)hal_copy_from_user(space, buffer, (user_addr){DATA}, 1);
}

static void copy_out_other(void *space)
{
	(void)hal_copy_to_user(space, (user_addr){DATA}, buffer, 1);
}

static void test_only_the_live_space_is_copied(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2; i++) {
		expect_abort("not-live", copy_other, (void *)(uintptr_t)&others[i]);
		expect_abort("not-live", copy_out_other, (void *)(uintptr_t)&others[i]);
	}
	hal_space_park();
	expect_abort("not-live", copy_other, (void *)(uintptr_t)&fixture_space);
}

static void copy_before_entry(void *unused)
{
	(void)unused;
	(void)copy_in(DATA, 1);
}

static void enter(void *space)
{
	hal_space_enter(space);
}

static void test_a_space_can_be_live_without_running(void **state)
{
	static const struct hal_space misaligned = {{ROOT + 64}, ASID};
	static const struct hal_space outside = {{0x1000}, ASID};

	fixture_setup(state);
	hal_space_enter(&fixture_space);
	assert_true(copy_in(DATA, 8));
	/* A call that is resumed may read its arguments again. */
	hal_space_enter(&fixture_space);
	assert_true(copy_in(DATA, 8));
	expect_abort("double-fetch", copy_twice, (uint64_t[]){DATA, DATA});
	expect_abort("outside-ram", enter, (void *)(uintptr_t)&misaligned);
	expect_abort("outside-ram", enter, (void *)(uintptr_t)&outside);
	fixture_put_page(DATA, 0);
	expect_abort("stale-translation", enter, (void *)(uintptr_t)&fixture_space);
}

static void test_nothing_is_live_before_the_first_entry(void **state)
{
	fixture_setup(state);
	expect_abort("not-live", copy_before_entry, NULL);
}

static void test_tests_see_user_memory_past_all_rights(void **state)
{
	char text[4];

	(void)state;
	assert_true(twin_user_write(&fixture_space, CONSTANT + 4094, "", 1));
	assert_true(twin_user_write(&fixture_space, DATA + 4094, "abcd", 4));
	assert_true(twin_user_read(&fixture_space, DATA + 4094, text, 4));
	assert_memory_equal(text, "abcd", 4);
	assert_false(twin_user_read(&fixture_space, CONSTANT + 4094, text, 4));
	assert_int_equal(twin_live_space()->asid, ASID);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_copies_across_pages, setup),
		cmocka_unit_test_setup(test_copying_nothing, setup),
		cmocka_unit_test_setup(test_copies_have_the_rights_of_el0, setup),
		cmocka_unit_test_setup(test_copies_fault_at_the_first_bad_byte, setup),
		cmocka_unit_test_setup(test_any_byte_can_fault, setup),
		cmocka_unit_test_setup(test_reading_a_byte_twice_aborts, setup),
		cmocka_unit_test_setup(test_writing_a_byte_twice_aborts, setup),
		cmocka_unit_test_setup(test_what_faulted_was_not_written, setup),
		cmocka_unit_test_setup(test_stores_are_watched, setup),
		cmocka_unit_test_setup(test_too_many_copies_abort, setup),
		cmocka_unit_test_setup(test_memory_can_change_after_a_fetch, setup),
		cmocka_unit_test_setup(test_only_the_live_space_is_copied, setup),
		cmocka_unit_test_setup(test_a_space_can_be_live_without_running, setup),
		cmocka_unit_test_setup(test_nothing_is_live_before_the_first_entry, setup),
		cmocka_unit_test_setup(test_tests_see_user_memory_past_all_rights, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
