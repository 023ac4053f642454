/*
 * user/sh/words.h, and the texts and numbers of user/common.
 */
#include "user/sh/words.h"

#include "tests/unit/program_calls.h"
#include "user/common/errors.h"
#include "user/common/output.h"
#include "user/common/text.h"

static char line[512];

static bool split(const char *text, struct command *command)
{
	assert_true(strlen(text) < sizeof(line));
	strcpy(line, text);
	return words_split(line, command);
}

/* `expected`: the words, with a bar behind each. */
static void expect_words(const char *text, const char *expected, bool is_background)
{
	struct command command;
	char got[512] = "";

	assert_true(split(text, &command));
	for (size_t i = 0; i < command.count; i++) {
		strcat(strcat(got, command.words[i]), "|");
	}
	assert_null(command.words[command.count]);
	assert_string_equal(got, expected);
	assert_int_equal(command.is_background, is_background);
}

static void spaces_separate_words(void **state)
{
	(void)state;
	expect_words("", "", false);
	expect_words("   ", "", false);
	expect_words("ls", "ls|", false);
	expect_words("  run   a bc d ", "run|a|bc|d|", false);
}

static void an_ampersand_at_the_end_means_background(void **state)
{
	(void)state;
	expect_words("spin &", "spin|", true);
	expect_words("spin&", "spin|", true);
	expect_words("spin x &  ", "spin|x|", true);
	expect_words("a & b", "a|&|b|", false);
	expect_words("&", "", true);
	expect_words("a&&", "a&|", true);
}

static void as_many_words_as_a_program_can_have(void **state)
{
	struct command command;
	char text[256] = "";

	(void)state;
	for (size_t i = 0; i < PANTHER_ARGUMENTS_MAX; i++) {
		strcat(text, "a ");
	}
	assert_true(split(text, &command));
	assert_int_equal(command.count, PANTHER_ARGUMENTS_MAX);
	assert_null(command.words[PANTHER_ARGUMENTS_MAX]);
	strcat(text, "b");
	assert_false(split(text, &command));
}

static void the_rest_of_a_command(void **state)
{
	struct command command;
	struct command rest;

	(void)state;
	assert_true(split("time run a &", &command));
	rest = words_rest(&command);
	assert_int_equal(rest.count, 2);
	assert_string_equal(rest.words[0], "run");
	assert_string_equal(rest.words[1], "a");
	assert_null(rest.words[2]);
	assert_true(rest.is_background);
}

static void numbers(void **state)
{
	uint64_t number = 7;

	(void)state;
	assert_true(text_to_number("0", &number));
	assert_int_equal(number, 0);
	assert_true(text_to_number("18446744073709551615", &number));
	assert_int_equal(number, UINT64_MAX);
	assert_false(text_to_number("18446744073709551616", &number));
	assert_false(text_to_number("184467440737095516150", &number));
	assert_false(text_to_number("", &number));
	assert_false(text_to_number("-1", &number));
	assert_false(text_to_number("1 ", &number));
	assert_false(text_to_number("1:", &number));
	assert_int_equal(number, UINT64_MAX);
}

static void texts_are_equal_to_their_ends(void **state)
{
	(void)state;
	assert_true(text_equal("", ""));
	assert_true(text_equal("ab", "ab"));
	assert_false(text_equal("ab", "abc"));
	assert_false(text_equal("abc", "ab"));
	assert_false(text_equal("abc", "abd"));
}

static void output_is_written_by_the_line(void **state)
{
	(void)state;
	calls_start("", 0);
	output_text("a");
	output_number(18446744073709551615UL);
	output_hex(0);
	output_hex(0xfedcba9876543210);
	assert_string_equal(calls_output, "");
	output_text("\nb");
	assert_string_equal(calls_output, "a184467440737095516150x00xfedcba9876543210\n");
	output_flush();
	assert_string_equal(calls_output, "a184467440737095516150x00xfedcba9876543210\nb");
}

static void columns(void **state)
{
	(void)state;
	calls_start("", 0);
	output_column("ab", 4);
	output_column("abcd", 3);
	output_number_column(0, 3);
	output_number_column(1234, 3);
	output_text("\n");
	assert_string_equal(calls_output, "ab   abcd   0 1234 \n");
}

static void long_output_is_written_whole(void **state)
{
	char expected[2001] = "";

	(void)state;
	calls_start("", 0);
	for (size_t i = 0; i < 1000; i++) {
		output_text("ab");
		strcat(expected, "ab");
	}
	output_flush();
	assert_string_equal(calls_output, expected);
}

static void every_error_has_words(void **state)
{
	static const int errors[] = {
		PANTHER_EPERM,	PANTHER_ENOENT, PANTHER_ESRCH,	PANTHER_E2BIG,	      PANTHER_ENOEXEC,
		PANTHER_EBADF,	PANTHER_ECHILD, PANTHER_EAGAIN, PANTHER_ENOMEM,	      PANTHER_EACCES,
		PANTHER_EFAULT, PANTHER_EINVAL, PANTHER_ENOSYS, PANTHER_ENAMETOOLONG,
	};

	(void)state;
	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		assert_string_not_equal(error_text(-errors[i]), "unknown error");
	}
	assert_string_equal(error_text(-PANTHER_ENOENT), "no such program");
	assert_string_equal(error_text(-4), "unknown error");
	assert_string_equal(error_text(-39), "unknown error");
	assert_string_equal(error_text(1), "unknown error");
	assert_string_equal(error_text(INT64_MIN), "unknown error");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(spaces_separate_words),
		cmocka_unit_test(an_ampersand_at_the_end_means_background),
		cmocka_unit_test(as_many_words_as_a_program_can_have),
		cmocka_unit_test(the_rest_of_a_command),
		cmocka_unit_test(numbers),
		cmocka_unit_test(texts_are_equal_to_their_ends),
		cmocka_unit_test(output_is_written_by_the_line),
		cmocka_unit_test(columns),
		cmocka_unit_test(long_output_is_written_whole),
		cmocka_unit_test(every_error_has_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
