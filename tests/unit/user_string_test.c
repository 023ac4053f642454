/*
 * Strings of a program: as far as their NUL, never on another page than they must be, each byte once.
 */
#include "core/memory/user_copy.h"

#include "hal_host/state.h"
#include "tests/unit/twin_fixture.h"

#define CAPACITY 200
#define MARK 0x5a
#define TOP 0x8000000000UL

static struct {
	char before[16];
	char text[CAPACITY];
	char after[16];
} buffer;

static const struct address_space space = {.space = {{ROOT}, ASID}};
static char *data;
static size_t length;

static int setup(void **state)
{
	fixture_setup(state);
	twin_program(fixture_driver, NULL);
	fixture_enter(&fixture_space);
	data = hal_phys_to_ptr((phys_addr){DATA_FRAME}, 4096);
	memset(data, 'd', 4096);
	memset(&buffer, MARK, sizeof(buffer));
	length = 0x1234;
	return 0;
}

static void assert_surroundings(void)
{
	for (size_t i = 0; i < sizeof(buffer.before); i++) {
		assert_int_equal(buffer.before[i], MARK);
		assert_int_equal(buffer.after[i], MARK);
	}
}

static k_status copy(uint64_t address, size_t capacity)
{
	k_status status = user_copy_string(&space, buffer.text, capacity, address, &length);

	assert_surroundings();
	for (size_t i = capacity; i < CAPACITY; i++) {
		assert_int_equal(buffer.text[i], MARK);
	}
	return status;
}

static void assert_fails(k_status expected, uint64_t address, size_t capacity)
{
	memset(buffer.text, MARK, CAPACITY);
	assert_int_equal(copy(address, capacity), expected);
	assert_int_equal(length, 0x1234);
	for (size_t i = 0; i < capacity; i++) {
		assert_int_equal(buffer.text[i], 0);
	}
}

static void test_strings_of_every_length_anywhere(void **state)
{
	for (size_t offset = 0; offset < 70; offset += 3) {
		for (size_t size = 0; size < CAPACITY; size += size < 70 ? 1 : 43) {
			setup(state);
			data[offset + size] = '\0';
			assert_int_equal(copy(DATA + offset, CAPACITY), K_OK);
			assert_int_equal(length, size);
			assert_int_equal(strlen(buffer.text), size);
			assert_true(size == 0 || (buffer.text[0] == 'd' && buffer.text[size - 1] == 'd'));
		}
	}
}

static void test_content_in_its_order(void **state)
{
	(void)state;
	for (size_t i = 0; i < 150; i++) {
		data[50 + i] = (char)(1 + i % 100);
	}
	data[200] = '\0';
	assert_int_equal(copy(DATA + 50, CAPACITY), K_OK);
	assert_int_equal(length, 150);
	assert_memory_equal(buffer.text, data + 50, 151);
}

static void test_the_nul_must_fit(void **state)
{
	static const size_t capacities[] = {1, 2, 14, 15, 78, 79, CAPACITY};

	for (size_t i = 0; i < sizeof(capacities) / sizeof(capacities[0]); i++) {
		setup(state);
		data[50 + capacities[i]] = '\0';
		assert_fails(K_ENAMETOOLONG, DATA + 50, capacities[i]);
		setup(state);
		data[50 + capacities[i] - 1] = '\0';
		assert_int_equal(copy(DATA + 50, capacities[i]), K_OK);
		assert_int_equal(length, capacities[i] - 1);
	}
}

static void test_the_end_of_memory(void **state)
{
	(void)state;
	/* CONSTANT lies behind DATA, and nothing behind CONSTANT. */
	char *constant = hal_phys_to_ptr((phys_addr){CONSTANT_FRAME}, 4096);

	memset(constant, 'c', 4096);
	assert_fails(K_EFAULT, CONSTANT + 4096 - 100, CAPACITY);
	assert_int_equal(twin_last_copy_fault().far, UNMAPPED);
	setup(state);
	memset(constant, 'c', 4095);
	constant[4095] = '\0';
	assert_int_equal(copy(CONSTANT + 4096 - 100, CAPACITY), K_OK);
	assert_int_equal(length, 99);
	setup(state);
	assert_fails(K_EFAULT, UNMAPPED, CAPACITY);
}

static void test_a_string_on_two_pages(void **state)
{
	char *constant = hal_phys_to_ptr((phys_addr){CONSTANT_FRAME}, 4096);

	(void)state;
	constant[20] = '\0';
	memset(constant, 'c', 20);
	assert_int_equal(copy(DATA + 4096 - 30, CAPACITY), K_OK);
	assert_int_equal(length, 50);
	assert_memory_equal(buffer.text + 28, "ddcc", 4);
}

static void test_no_more_is_read_than_must_be(void **state)
{
	uint64_t next = DATA + 40;

	(void)state;
	data[100] = '\0';
	assert_int_equal(copy(DATA + 40, CAPACITY), K_OK);
	for (size_t i = 0; i < twin.fetch_count; i++) {
		const struct fetch *fetch = &twin.fetches[i];

		/* One behind the other, none across a multiple of 64. */
		assert_int_equal(fetch->start, next);
		next += fetch->size;
		assert_int_equal(fetch->start / 64, (next - 1) / 64);
	}
	assert_in_range(next, DATA + 101, DATA + 128);
}

static void test_nothing_beyond_the_capacity_is_read(void **state)
{
	uint64_t end;

	(void)state;
	assert_fails(K_ENAMETOOLONG, DATA + 60, 30);
	end = twin.fetches[twin.fetch_count - 1].start + twin.fetches[twin.fetch_count - 1].size;
	assert_int_equal(end, DATA + 90);
}

static void test_a_fault_at_any_byte(void **state)
{
	for (size_t byte = 0; byte < 24; byte++) {
		setup(state);
		twin_fault_copy(byte);
		assert_fails(K_EFAULT, DATA + 40, CAPACITY);
	}
}

static void test_addresses_that_are_no_users(void **state)
{
	static const uint64_t addresses[] = {TOP, TOP + 1, TOP + DATA, 0xffffff8000000000, UINT64_MAX - 63, UINT64_MAX};

	(void)state;
	for (size_t i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++) {
		assert_fails(K_EFAULT, addresses[i], CAPACITY);
		assert_fails(K_EFAULT, addresses[i], 1);
	}
	/* They were refused, not tried. */
	assert_int_equal(twin.fetch_count, 0);
}

static void test_the_end_of_user_addresses(void **state)
{
	(void)state;
	hal_frame_clear((phys_addr){FRAME(9)});
	hal_frame_clear((phys_addr){FRAME(10)});
	fixture_put(FRAME(10), 511, DATA_FRAME | D_USER_WRITE);
	fixture_put(FRAME(9), 511, FRAME(10) | D_TABLE);
	fixture_put(ROOT, 511, FRAME(9) | D_TABLE);
	assert_fails(K_EFAULT, TOP - 70, CAPACITY);
	fixture_enter(&fixture_space);
	data[4095] = '\0';
	assert_int_equal(copy(TOP - 70, CAPACITY), K_OK);
	assert_int_equal(length, 69);
}

/* Another CPU could change the bytes right after they were read: the copy is what was judged. */
static void test_the_copy_is_what_counts(void **state)
{
	(void)state;
	data[10] = '\0';
	twin_change_after_fetch(true);
	assert_int_equal(copy(DATA, CAPACITY), K_OK);
	assert_int_equal(length, 10);
	assert_string_equal(buffer.text, "dddddddddd");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_strings_of_every_length_anywhere, setup),
		cmocka_unit_test_setup(test_content_in_its_order, setup),
		cmocka_unit_test_setup(test_the_nul_must_fit, setup),
		cmocka_unit_test_setup(test_the_end_of_memory, setup),
		cmocka_unit_test_setup(test_a_string_on_two_pages, setup),
		cmocka_unit_test_setup(test_no_more_is_read_than_must_be, setup),
		cmocka_unit_test_setup(test_nothing_beyond_the_capacity_is_read, setup),
		cmocka_unit_test_setup(test_a_fault_at_any_byte, setup),
		cmocka_unit_test_setup(test_addresses_that_are_no_users, setup),
		cmocka_unit_test_setup(test_the_end_of_user_addresses, setup),
		cmocka_unit_test_setup(test_the_copy_is_what_counts, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
