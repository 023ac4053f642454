/*
 * User copies as core makes them: all or zeros on the way in, never more than fits.
 */
#include "core/memory/user_copy.h"

#include "tests/unit/expect_panic.h"
#include "tests/unit/twin_fixture.h"

#define SIZE 64
#define MARK 0x5a

/* What is around the bytes that a copy may touch. */
static struct {
	uint8_t before[16];
	uint8_t bytes[SIZE];
	uint8_t after[16];
} buffer;

static const struct address_space space = {.space = {{ROOT}, ASID}};

static int setup(void **state)
{
	fixture_setup(state);
	twin_program(fixture_driver, NULL);
	fixture_enter(&fixture_space);
	memset(hal_phys_to_ptr((phys_addr){DATA_FRAME}, 4096), 'd', 4096);
	memset(&buffer, MARK, sizeof(buffer));
	return 0;
}

static struct user_range range(uint64_t address, uint64_t length)
{
	struct user_range made;

	assert_int_equal(user_range_make(address, length, &made), K_OK);
	return made;
}

static void assert_bytes(const uint8_t *bytes, size_t size, uint8_t value)
{
	for (size_t i = 0; i < size; i++) {
		assert_int_equal(bytes[i], value);
	}
}

static void assert_surroundings(void)
{
	assert_bytes(buffer.before, sizeof(buffer.before), MARK);
	assert_bytes(buffer.after, sizeof(buffer.after), MARK);
}

static void test_copying_in(void **state)
{
	(void)state;
	assert_int_equal(user_copy_in(&space, buffer.bytes, SIZE, range(DATA + 1, 10)), K_OK);
	assert_bytes(buffer.bytes, 10, 'd');
	assert_bytes(buffer.bytes + 10, SIZE - 10, MARK);
	assert_surroundings();
}

static void test_a_fault_at_any_byte_leaves_zeros(void **state)
{
	for (size_t byte = 0; byte < SIZE; byte++) {
		setup(state);
		twin_fault_copy(byte);
		assert_int_equal(user_copy_in(&space, buffer.bytes, SIZE, range(DATA, SIZE)), K_EFAULT);
		assert_bytes(buffer.bytes, SIZE, 0);
		assert_surroundings();
	}
}

static void test_unreadable_memory(void **state)
{
	(void)state;
	assert_int_equal(user_copy_in(&space, buffer.bytes, SIZE, range(UNMAPPED, 1)), K_EFAULT);
	assert_int_equal(buffer.bytes[0], 0);
	assert_int_equal(buffer.bytes[1], MARK);
	/* The next call may read the same byte again. */
	fixture_enter(&fixture_space);
	assert_int_equal(user_copy_in(&space, buffer.bytes, SIZE, range(UNMAPPED - 1, 2)), K_EFAULT);
	assert_surroundings();
}

static void test_copying_nothing(void **state)
{
	(void)state;
	assert_int_equal(user_copy_in(&space, buffer.bytes, SIZE, range(UNMAPPED, 0)), K_OK);
	assert_int_equal(user_copy_in(&space, buffer.bytes, 0, range(0, 0)), K_OK);
	assert_int_equal(user_copy_out(&space, range(UNMAPPED, 0), buffer.bytes, 0), K_OK);
	assert_bytes(buffer.bytes, SIZE, MARK);
}

static void test_copying_out(void **state)
{
	const uint8_t *data = hal_phys_to_ptr((phys_addr){DATA_FRAME}, 4096);

	(void)state;
	assert_int_equal(user_copy_out(&space, range(DATA + 1, SIZE), buffer.bytes, 10), K_OK);
	assert_int_equal(data[0], 'd');
	assert_bytes(data + 1, 10, MARK);
	assert_int_equal(data[11], 'd');
}

static void test_a_fault_on_the_way_out_keeps_what_is_below(void **state)
{
	const uint8_t *data = hal_phys_to_ptr((phys_addr){DATA_FRAME}, 4096);

	(void)state;
	twin_fault_copy(7);
	assert_int_equal(user_copy_out(&space, range(DATA, SIZE), buffer.bytes, SIZE), K_EFAULT);
	assert_bytes(data, 7, MARK);
	assert_int_equal(data[7], 'd');
}

static void test_read_only_memory_stays(void **state)
{
	uint8_t *constant = hal_phys_to_ptr((phys_addr){CONSTANT_FRAME}, 4096);

	(void)state;
	constant[0] = 'c';
	assert_int_equal(user_copy_out(&space, range(CONSTANT, 1), buffer.bytes, 1), K_EFAULT);
	assert_int_equal(user_copy_out(&space, range(CODE, 1), buffer.bytes, 1), K_EFAULT);
	assert_int_equal(constant[0], 'c');
}

static void copy_in_too_much(void *unused)
{
	(void)unused;
	(void)user_copy_in(&space, buffer.bytes, SIZE, range(DATA, SIZE + 1));
}

static void copy_out_too_much(void *unused)
{
	(void)unused;
	(void)user_copy_out(&space, range(DATA, SIZE - 1), buffer.bytes, SIZE);
}

static void test_sizes_that_do_not_fit_panic(void **state)
{
	(void)state;
	expect_panic("usercopy", copy_in_too_much, NULL);
	expect_panic("usercopy", copy_out_too_much, NULL);
	assert_bytes(buffer.bytes, SIZE, MARK);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_copying_in, setup),
		cmocka_unit_test_setup(test_a_fault_at_any_byte_leaves_zeros, setup),
		cmocka_unit_test_setup(test_unreadable_memory, setup),
		cmocka_unit_test_setup(test_copying_nothing, setup),
		cmocka_unit_test_setup(test_copying_out, setup),
		cmocka_unit_test_setup(test_a_fault_on_the_way_out_keeps_what_is_below, setup),
		cmocka_unit_test_setup(test_read_only_memory_stays, setup),
		cmocka_unit_test_setup(test_sizes_that_do_not_fit_panic, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
