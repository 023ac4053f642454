/*
 * lib/fortify.h: a copy that does not fit its object panics before a byte of it is written.
 */
#include "lib/fortify.h"

#include "lib/memory.h"
#include "lib/string.h"
#include "tests/unit/expect_panic.h"

#define FIRST 8

/* `behind` must stay as it is. */
static struct {
	char first[FIRST];
	char behind[FIRST];
} object;

static char larger[sizeof(object) + 1];

/* The compiler may not see through it: it would warn. */
static volatile size_t size;

static int setup(void **state)
{
	(void)state;
	memset(&object, 'a', sizeof(object));
	memset(larger, 'b', sizeof(larger));
	return 0;
}

static void copy_to_member(void *argument)
{
	(void)argument;
	k_memcpy(object.first, larger, size);
}

static void copy_from_member(void *argument)
{
	(void)argument;
	k_memcpy(larger, object.first, size);
}

static void move_to_member(void *argument)
{
	(void)argument;
	k_memmove(object.first + 1, larger, size - 1);
}

static void move_from_member(void *argument)
{
	(void)argument;
	k_memmove(larger, object.first + 1, size - 1);
}

static void fill_member(void *argument)
{
	(void)argument;
	k_memset(object.first, 'b', size);
}

static void fill_object(void *argument)
{
	(void)argument;
	k_memset(&object, 'b', size + FIRST);
}

static void compare_left(void *argument)
{
	(void)argument;
	(void)!k_memcmp(object.first, larger, size);
}

static void compare_right(void *argument)
{
	(void)argument;
	(void)!k_memcmp(larger, object.first, size);
}

static void copy_string(void *argument)
{
	(void)argument;
	(void)k_str_copy(object.first, size, "longer than it", 14);
}

static void (*const uses[])(void *argument) = {
	copy_to_member, copy_from_member, move_to_member, move_from_member, fill_member,
	fill_object,	compare_left,	  compare_right,  copy_string,
};

static void a_byte_too_many_panics(void **state)
{
	const char untouched[sizeof(object)] = "aaaaaaaaaaaaaaaa";

	(void)state;
	size = FIRST + 1;
	for (size_t i = 0; i < K_ARRAY_SIZE(uses); i++) {
		expect_panic("fortify", uses[i], NULL);
		assert_memory_equal(&object, untouched, sizeof(object));
		assert_int_equal(larger[0], 'b');
	}
}

static void what_fits_is_done(void **state)
{
	(void)state;
	size = FIRST;
	for (size_t i = 0; i < K_ARRAY_SIZE(uses); i++) {
		assert_int_equal(twin_call(uses[i], NULL), TWIN_RETURNED);
	}
	assert_memory_equal(object.first, "longer ", FIRST);
	assert_int_equal(object.behind[FIRST - 1], 'b');
}

/* A negative length is a huge one. */
static void huge_sizes_panic(void **state)
{
	(void)state;
	size = SIZE_MAX;
	expect_panic("fortify", copy_to_member, NULL);
	expect_panic("fortify", fill_member, NULL);
	expect_panic("fortify", compare_left, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_byte_too_many_panics, setup),
		cmocka_unit_test_setup(what_fits_is_done, setup),
		cmocka_unit_test_setup(huge_sizes_panic, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
