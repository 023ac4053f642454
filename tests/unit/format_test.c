/*
 * lib/format.h: expected texts as C's printf has them, and a comparison with the host's own.
 */
#include "lib/format.h"

#include <inttypes.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/cmocka_test.h"

/* Formats into a block of exactly `capacity` bytes, so that ASan sees one byte too many. */
#define assert_formats_in(capacity, expected, ...)                       \
	do {                                                             \
		char *buffer = malloc(capacity);                         \
                                                                         \
		assert_non_null(buffer);                                 \
		size_t length = k_format(buffer, capacity, __VA_ARGS__); \
                                                                         \
		assert_string_equal(buffer, expected);                   \
		assert_int_equal(length, strlen(expected));              \
		free(buffer);                                            \
	} while (0)

#define assert_formats(expected, ...) assert_formats_in(100, expected, __VA_ARGS__)

static void plain_text(void **state)
{
	(void)state;
	assert_formats("", "%s", "");
	assert_formats("hello", "hello");
	assert_formats("100%", "100%%");
	assert_formats("%d", "%%d");
	assert_formats("a1b%c2d", "a%db%%c%dd", 1, 2);
}

static void characters_and_strings(void **state)
{
	(void)state;
	assert_formats("x", "%c", 'x');
	assert_formats("   x", "%4c", 'x');
	assert_formats("x   |", "%-4c|", 'x');
	assert_formats("[abc]", "[%s]", "abc");
	assert_formats("[  abc]", "[%5s]", "abc");
	assert_formats("[abc  ]", "[%-5s]", "abc");
	assert_formats("[abc]", "[%2s]", "abc");
}

static void strings_with_a_bound(void **state)
{
	char *text = malloc(4);

	(void)state;
	assert_non_null(text);
	memcpy(text, "wxyz", 4);
	assert_formats("wxyz", "%.*s", 4, text);
	assert_formats("wx", "%.*s", 2, text);
	assert_formats("", "%.*s", 0, text);
	assert_formats("   wx", "%5.*s", 2, text);
	assert_formats("wx   |", "%-5.*s|", 2, text);
	assert_formats("ab", "%.*s", 10, "ab");
	assert_formats("ab", "%.*s", -1, "ab");
	free(text);
}

static void null_string(void **state)
{
	const char *text = NULL;

	(void)state;
	assert_formats("(null)", "%s", text);
	assert_formats("  (null)", "%8s", text);
	assert_formats("(nu", "%.*s", 3, text);
}

static void signed_numbers(void **state)
{
	(void)state;
	assert_formats("0", "%d", 0);
	assert_formats("-1", "%i", -1);
	assert_formats("2147483647", "%d", INT32_MAX);
	assert_formats("-2147483648", "%d", INT32_MIN);
	assert_formats("9223372036854775807", "%ld", LONG_MAX);
	assert_formats("-9223372036854775808", "%ld", LONG_MIN);
	assert_formats("-9223372036854775808", "%lld", LLONG_MIN);
	assert_formats("-9223372036854775808", "%" PRId64, INT64_MIN);
	assert_formats("-5", "%zd", (ssize_t)-5);
}

static void unsigned_numbers(void **state)
{
	(void)state;
	assert_formats("0", "%u", 0U);
	assert_formats("4294967295", "%u", UINT32_MAX);
	assert_formats("18446744073709551615", "%lu", ULONG_MAX);
	assert_formats("18446744073709551615", "%llu", ULLONG_MAX);
	assert_formats("18446744073709551615", "%zu", SIZE_MAX);
	assert_formats("18446744073709551615", "%" PRIu64, UINT64_MAX);
	assert_formats("deadbeef", "%x", 0xdeadbeefU);
	assert_formats("DEADBEEF", "%X", 0xdeadbeefU);
	assert_formats("ffffffffffffffff", "%lx", ULONG_MAX);
	assert_formats("fedcba9876543210", "%" PRIx64, UINT64_C(0xfedcba9876543210));
	assert_formats("FEDCBA9876543210", "%zX", (size_t)0xfedcba9876543210);
}

/* Without a length an argument has 32 bits, whatever lies beside it. */
static void a_length_belongs_to_its_conversion(void **state)
{
	(void)state;
	assert_formats("1 18446744073709551615 2 -1 3", "%u %lu %d %lld %x", 1U, ULONG_MAX, 2, -1LL, 3U);
	/* More arguments than registers. */
	assert_formats("1 2 3 4 5 6 7 8 9 A", "%d %ld %u %lu %zu %x %lx %lld %llu %X", 1, 2L, 3U, 4UL, (size_t)5, 6U,
		       7UL, 8LL, 9ULL, 10U);
}

static void widths_and_flags(void **state)
{
	(void)state;
	assert_formats("[   42]", "[%5d]", 42);
	assert_formats("[00042]", "[%05d]", 42);
	assert_formats("[42   ]", "[%-5d]", 42);
	assert_formats("[  -42]", "[%5d]", -42);
	assert_formats("[-0042]", "[%05d]", -42);
	assert_formats("[-42  ]", "[%-5d]", -42);
	assert_formats("[12345]", "[%3d]", 12345);
	assert_formats("[0x2a]", "[%#x]", 42U);
	assert_formats("[0X2A]", "[%#X]", 42U);
	assert_formats("[  0x2a]", "[%#6x]", 42U);
	assert_formats("[0x002a]", "[%#06x]", 42U);
	assert_formats("[0x2a  ]", "[%-#6x]", 42U);
	assert_formats("[0x0000000040080000]", "[0x%016" PRIx64 "]", UINT64_C(0x40080000));
	/* C: a zero has no prefix. */
	assert_formats("[0]", "[%#x]", 0U);
	assert_formats("[000000]", "[%#06x]", 0U);
}

static void text_that_does_not_fit_is_cut(void **state)
{
	(void)state;
	assert_formats_in(1, "", "hello %d", 42);
	assert_formats_in(2, "h", "hello %d", 42);
	assert_formats_in(8, "hello 4", "hello %d", 42);
	assert_formats_in(9, "hello 42", "hello %d", 42);
	assert_formats_in(4, "   ", "%10d", 42);
	assert_formats_in(4, "000", "%010d", 42);
	assert_formats_in(4, "42 ", "%-10d", 42);
	assert_formats_in(3, "0x", "%#x", 42U);
	assert_formats_in(1, "", "%s%d%%", "abc", 1);
}

/* A format that only the test knows: the compiler would refuse some of these, and cannot check the others. */
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wformat-nonliteral"
#pragma clang diagnostic ignored "-Wformat-security"

static const char *format_any(const char *format, ...)
{
	static char buffer[100];
	va_list list;

	va_start(list, format);
	size_t length = k_format_list(buffer, sizeof(buffer), format, list);
	va_end(list);
	assert_int_equal(length, strlen(buffer));
	return buffer;
}

/* The argument is not a pointer: a conversion that took it for one would crash. */
static void unknown_conversions_are_printed(void **state)
{
	static const char *const formats[] = {
		"%p",	"%n",	 "%f",	"%q",	"%o",  "%hd", "%hhx", "%lc", "%ls", "%.5s",  "%.3d", "%.*d",
		"%.*c", "%5%",	 "% d", "%+d",	"%*d", "%lz", "%",    "%-",  "%5",  "%0#-9", "%l",   "%ll",
		"%lll", "%lllx", "%z",	"%zzx", "%.",  "%.*", "%jd",  "%td", "%Ld", "%S",    "%D",
	};

	(void)state;
	for (size_t index = 0; index < sizeof(formats) / sizeof(formats[0]); index++) {
		assert_string_equal(format_any(formats[index], 1), formats[index]);
	}
}

/* A pointer that is not taken must not become the next %s: nothing after an unknown conversion is converted. */
static void nothing_is_converted_after_an_unknown_one(void **state)
{
	(void)state;
	assert_string_equal(format_any("%d %p %s %d", 7, (void *)1, "text", 8), "7 %p %s %d");
	assert_string_equal(format_any("%q %% 100%%"), "%q %% 100%%");
}

static void huge_widths_are_cut(void **state)
{
	char expected[100];

	(void)state;
	memset(expected, ' ', sizeof(expected) - 1);
	expected[sizeof(expected) - 1] = '\0';
	assert_string_equal(format_any("%4294967297d", 1), expected);
	assert_string_equal(format_any("%18446744073709551617d", 1), expected);
	assert_string_equal(format_any("%99999999999999999999999999999999d", 1), expected);
	assert_string_equal(format_any("%99999999999999999999999999999999s", "abc"), expected);
}

static uint64_t next_random(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

/* Flags that C defines for the letter, a width, a length. */
static void random_format(char *format, uint64_t *seed, char letter, const char *length)
{
	bool hexadecimal = letter == 'x' || letter == 'X';
	size_t at = 0;

	format[at++] = '%';
	if (next_random(seed) % 3 == 0) {
		format[at++] = '0';
	}
	if (next_random(seed) % 3 == 0) {
		format[at++] = '-';
	}
	if (hexadecimal && next_random(seed) % 2 == 0) {
		format[at++] = '#';
	}
	if (next_random(seed) % 2 == 0) {
		at += (size_t)sprintf(format + at, "%u", 1 + (unsigned)(next_random(seed) % 40));
	}
	sprintf(format + at, "%s%c", length, letter);
}

static void same_as_the_hosts_printf(void **state)
{
	static const char letters[] = "diuxX";
	static const char *const lengths[] = {"", "l", "ll", "z"};
	uint64_t seed = 0x5eed;

	(void)state;
	for (unsigned round = 0; round < 50000; round++) {
		size_t length = next_random(&seed) % 4;
		size_t capacity = 1 + next_random(&seed) % 60;
		uint64_t value = next_random(&seed) >> next_random(&seed) % 64;
		char format[32], expected[64], buffer[64];

		random_format(format, &seed, letters[next_random(&seed) % 5], lengths[length]);
		if (length == 0) {
			snprintf(expected, capacity, format, (unsigned)value);
			k_format(buffer, capacity, format, (unsigned)value);
		} else {
			snprintf(expected, capacity, format, value);
			k_format(buffer, capacity, format, value);
		}
		assert_string_equal(buffer, expected);
	}
}

#pragma clang diagnostic pop

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain_text),
		cmocka_unit_test(characters_and_strings),
		cmocka_unit_test(strings_with_a_bound),
		cmocka_unit_test(null_string),
		cmocka_unit_test(signed_numbers),
		cmocka_unit_test(unsigned_numbers),
		cmocka_unit_test(a_length_belongs_to_its_conversion),
		cmocka_unit_test(widths_and_flags),
		cmocka_unit_test(text_that_does_not_fit_is_cut),
		cmocka_unit_test(unknown_conversions_are_printed),
		cmocka_unit_test(nothing_is_converted_after_an_unknown_one),
		cmocka_unit_test(huge_widths_are_cut),
		cmocka_unit_test(same_as_the_hosts_printf),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
