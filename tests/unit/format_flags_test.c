/*
 * lib/format.h: the flag # where C leaves it undefined. It changes nothing there, as with other libraries.
 */
#include "lib/format.h"

#include <stdarg.h>
#include <string.h>

#include "tests/unit/cmocka_test.h"

/* A format that the compiler cannot see: it would refuse it. */
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wformat-nonliteral"
static void assert_formats(const char *expected, const char *format, ...)
{
	char buffer[64];
	va_list list;

	va_start(list, format);
	assert_int_equal(k_format_list(buffer, sizeof(buffer), format, list), strlen(expected));
	va_end(list);
	assert_string_equal(buffer, expected);
}
#pragma clang diagnostic pop

static void decimal_numbers_have_no_prefix(void **state)
{
	(void)state;
	assert_formats("42 0x2a 42", "%#u %#x %u", 42U, 42U, 42U);
	assert_formats("18446744073709551615", "%#lu", UINT64_MAX);
	assert_formats("-42", "%#d", -42);
	assert_formats("00042|0x02a", "%#05u|%#05x", 42U, 42U);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(decimal_numbers_have_no_prefix),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
