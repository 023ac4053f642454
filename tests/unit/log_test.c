/*
 * core/log/log.h: whole lines, cut at a length that is known, and a nonce that is never cut.
 */
#include "core/log/log.h"

#include <string.h>

#include "core/kernel.h"
#include "hal_host/twin.h"
#include "tests/unit/cmocka_test.h"

#define LONGEST_NONCE 18446744073709551615UL

static char text[600];

static int setup(void **state)
{
	(void)state;
	twin_reset(NULL);
	return 0;
}

/* `length` letters, no two neighbours alike. */
static const char *letters(size_t length)
{
	for (size_t i = 0; i < length; i++) {
		text[i] = (char)('a' + i % 26);
	}
	text[length] = '\0';
	return text;
}

static void a_line_is_what_it_says(void **state)
{
	(void)state;
	log_line("plain");
	log_line("%s %u 0x%x", "formatted", 7U, 0x2aU);
	log_line("%s", "");
	assert_string_equal(twin_console(), "plain\nformatted 7 0x2a\n\n");
}

/* UTF-8 stays as it is. */
static void a_verdict_is_one_line(void **state)
{
	(void)state;
	kernel.log.has_nonce = true;
	kernel.log.nonce = 7;
	log_verdict("%s|%s", "a\n[BOOT] Halting CPU...\r\x1b[2J\t\x01\x1f\x7f", " ~\xc3\xa9\xff");
	assert_string_equal(twin_console(), "a?[BOOT] Halting CPU...??[2J????| ~\xc3\xa9\xff #7\n");
}

static void boot_lines_have_their_prefix(void **state)
{
	(void)state;
	log_boot("Heap initialized (%u KiB)", 64U);
	assert_string_equal(twin_console(), "[BOOT] Heap initialized (64 KiB)\n");
}

static void verbose_lines_come_only_when_asked_for(void **state)
{
	(void)state;
	log_verbose("silent %d", 1);
	assert_string_equal(twin_console(), "");
	kernel.log.verbose = true;
	log_verbose("loud %d", 2);
	assert_string_equal(twin_console(), "[BOOT] loud 2\n");
	kernel.log.verbose = false;
	log_verbose("silent %d", 3);
	assert_string_equal(twin_console(), "[BOOT] loud 2\n");
}

static void only_verdicts_carry_the_nonce(void **state)
{
	(void)state;
	log_verdict("[BOOT] Halting CPU...");
	kernel.log.has_nonce = true;
	kernel.log.nonce = 12345;
	kernel.log.verbose = true;
	log_verdict("BOOTFAIL[%s] %s", "mem", "no RAM");
	log_line("line");
	log_boot("boot");
	log_verbose("verbose");
	assert_string_equal(twin_console(), "[BOOT] Halting CPU...\nBOOTFAIL[mem] no RAM #12345\nline\n[BOOT] boot\n"
					    "[BOOT] verbose\n");
}

static void nonces_of_every_length(void **state)
{
	(void)state;
	kernel.log.has_nonce = true;
	kernel.log.nonce = 0;
	log_verdict("a");
	kernel.log.nonce = LONGEST_NONCE;
	log_verdict("b");
	assert_string_equal(twin_console(), "a #0\nb #18446744073709551615\n");
}

/* LOG_LINE_MAX bytes at most, the line's end among them; what fits is not cut. */
static void lines_are_cut_at_their_longest(void **state)
{
	(void)state;
	for (size_t length = LOG_LINE_MAX - 10; length < LOG_LINE_MAX + 10; length++) {
		size_t kept = length < LOG_LINE_MAX ? length : LOG_LINE_MAX - 1;

		setup(NULL);
		log_line("%s", letters(length));
		assert_int_equal(twin_console_size(), kept + 1);
		assert_memory_equal(twin_console(), text, kept);
		assert_int_equal(twin_console()[kept], '\n');
	}
}

static void a_prefix_counts(void **state)
{
	(void)state;
	log_boot("%s", letters(500));
	assert_int_equal(twin_console_size(), LOG_LINE_MAX);
	assert_memory_equal(twin_console(), "[BOOT] abcdef", 13);
	assert_memory_equal(twin_console() + 7, text, LOG_LINE_MAX - 8);
	assert_int_equal(twin_console()[LOG_LINE_MAX - 1], '\n');
}

static const char *verdict(size_t length)
{
	setup(NULL);
	kernel.log.has_nonce = true;
	kernel.log.nonce = LONGEST_NONCE;
	log_verdict("%s", letters(length));
	return twin_console();
}

/* The text gives way, not the nonce, and the line has one end. */
static void the_nonce_is_never_cut(void **state)
{
	(void)state;
	for (size_t length = 0; length < 400; length++) {
		const char *line = verdict(length);
		const char *nonce = strstr(line, " #18446744073709551615\n");

		assert_non_null(nonce);
		assert_string_equal(nonce, " #18446744073709551615\n");
		assert_true(strlen(line) <= LOG_LINE_MAX);
		assert_memory_equal(line, text, (size_t)(nonce - line));
		assert_true((size_t)(nonce - line) == length || strlen(line) >= LOG_LINE_MAX - 2);
	}
}

/* A verdict is cut at the same place with and without a nonce. */
static void a_verdict_without_nonce_is_cut_too(void **state)
{
	(void)state;
	log_verdict("%s", letters(400));
	assert_true(twin_console_size() <= LOG_LINE_MAX);
	assert_int_equal(twin_console()[twin_console_size() - 1], '\n');
	assert_memory_equal(twin_console(), text, twin_console_size() - 1);
}

/* One call to the console a line: no program's text gets between its parts. */
static void long_and_short_lines_leave_nothing_behind(void **state)
{
	(void)state;
	log_line("%s", letters(250));
	log_line("x");
	assert_string_equal(twin_console() + 251, "x\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_line_is_what_it_says, setup),
		cmocka_unit_test_setup(a_verdict_is_one_line, setup),
		cmocka_unit_test_setup(boot_lines_have_their_prefix, setup),
		cmocka_unit_test_setup(verbose_lines_come_only_when_asked_for, setup),
		cmocka_unit_test_setup(only_verdicts_carry_the_nonce, setup),
		cmocka_unit_test_setup(nonces_of_every_length, setup),
		cmocka_unit_test_setup(lines_are_cut_at_their_longest, setup),
		cmocka_unit_test_setup(a_prefix_counts, setup),
		cmocka_unit_test_setup(the_nonce_is_never_cut, setup),
		cmocka_unit_test_setup(a_verdict_without_nonce_is_cut_too, setup),
		cmocka_unit_test_setup(long_and_short_lines_leave_nothing_behind, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
