/*
 * lib/string.h. Texts without a NUL come from malloc, so that ASan sees a byte read beyond the bound.
 */
#include "lib/string.h"

#include <stdlib.h>
#include <string.h>

#include "tests/unit/cmocka_test.h"

/* A copy of the text without its NUL. */
static char *unterminated(const char *text)
{
	size_t length = strlen(text);
	char *copy = malloc(length == 0 ? 1 : length);

	assert_non_null(copy);
	memcpy(copy, text, length);
	return copy;
}

static void strnlen_stops_at_the_nul_or_the_limit(void **state)
{
	char *text = unterminated("abcdef");

	(void)state;
	assert_int_equal(k_strnlen("abc", 10), 3);
	assert_int_equal(k_strnlen("abc", 3), 3);
	assert_int_equal(k_strnlen("abc", 2), 2);
	assert_int_equal(k_strnlen("", 10), 0);
	assert_int_equal(k_strnlen("abc", SIZE_MAX), 3);
	assert_int_equal(k_strnlen(text, 6), 6);
	assert_int_equal(k_strnlen(text, 0), 0);
	free(text);
}

static void equality(void **state)
{
	(void)state;
	assert_true(k_str_equal("", ""));
	assert_true(k_str_equal("verbose", "verbose"));
	assert_false(k_str_equal("verbose", "verbos"));
	assert_false(k_str_equal("verbos", "verbose"));
	assert_false(k_str_equal("verbose", "verbosf"));
	assert_false(k_str_equal("", "a"));
	assert_false(k_str_equal("a", ""));
	assert_false(k_str_equal("A", "a"));
}

static void prefixes(void **state)
{
	(void)state;
	assert_true(k_str_starts_with("memory@40000000", "memory@"));
	assert_true(k_str_starts_with("memory@", "memory@"));
	assert_true(k_str_starts_with("memory", ""));
	assert_true(k_str_starts_with("", ""));
	assert_false(k_str_starts_with("memory", "memory@"));
	assert_false(k_str_starts_with("", "m"));
	assert_false(k_str_starts_with("nemory@", "memory@"));
}

static void copy_fits(void **state)
{
	char buffer[4] = "zzz";

	(void)state;
	assert_true(k_str_copy(buffer, sizeof(buffer), "abcdef", 3));
	assert_string_equal(buffer, "abc");
	assert_true(k_str_copy(buffer, sizeof(buffer), "abcdef", 1));
	assert_string_equal(buffer, "a");
	assert_true(k_str_copy(buffer, sizeof(buffer), "abcdef", 0));
	assert_string_equal(buffer, "");
}

static void copy_is_cut(void **state)
{
	char *text = unterminated("abcdef");
	char *buffer = malloc(4);

	(void)state;
	assert_non_null(buffer);
	assert_false(k_str_copy(buffer, 4, text, 6));
	assert_string_equal(buffer, "abc");
	assert_false(k_str_copy(buffer, 4, text, 4));
	assert_string_equal(buffer, "abc");
	assert_false(k_str_copy(buffer, 1, text, 6));
	assert_string_equal(buffer, "");
	assert_true(k_str_copy(buffer, 1, text, 0));
	free(buffer);
	free(text);
}

static bool parses_to(const char *text, uint64_t expected)
{
	char *bare = unterminated(text);
	uint64_t value = ~expected;
	bool parsed = k_parse_u64(bare, strlen(text), &value);

	free(bare);
	return parsed && value == expected;
}

static bool is_refused(const char *text)
{
	uint64_t value = 77;

	return !k_parse_u64(text, strlen(text), &value) && value == 77;
}

static void numbers_are_parsed(void **state)
{
	uint64_t value = 0;

	(void)state;
	assert_true(parses_to("0", 0));
	assert_true(parses_to("7", 7));
	assert_true(parses_to("007", 7));
	assert_true(parses_to("1234567890", 1234567890));
	assert_true(parses_to("18446744073709551615", UINT64_MAX));
	assert_true(parses_to("00000000000000000000018446744073709551615", UINT64_MAX));
	/* Only `length` characters count. */
	assert_true(k_parse_u64("12 34", 2, &value));
	assert_int_equal(value, 12);
}

static void other_texts_are_refused(void **state)
{
	(void)state;
	assert_true(is_refused(""));
	assert_true(is_refused("-1"));
	assert_true(is_refused("+1"));
	assert_true(is_refused(" 1"));
	assert_true(is_refused("1 "));
	assert_true(is_refused("12a"));
	assert_true(is_refused("0x10"));
	/* The neighbours of '0' and '9'. */
	assert_true(is_refused("1/"));
	assert_true(is_refused("1:"));
	assert_true(is_refused("\xb1"));
}

static void numbers_beyond_64_bits_are_refused(void **state)
{
	(void)state;
	assert_true(is_refused("18446744073709551616"));
	assert_true(is_refused("18446744073709551620"));
	assert_true(is_refused("28446744073709551615"));
	assert_true(is_refused("184467440737095516150"));
	assert_true(is_refused("99999999999999999999999999999999"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(strnlen_stops_at_the_nul_or_the_limit),
		cmocka_unit_test(equality),
		cmocka_unit_test(prefixes),
		cmocka_unit_test(copy_fits),
		cmocka_unit_test(copy_is_cut),
		cmocka_unit_test(numbers_are_parsed),
		cmocka_unit_test(other_texts_are_refused),
		cmocka_unit_test(numbers_beyond_64_bits_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
