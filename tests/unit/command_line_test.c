#include "core/start/command_line.h"

#include <stdlib.h>
#include <string.h>

#include "tests/unit/cmocka_test.h"

/* Applies the text, from a block that ends with its NUL: ASan sees a byte read beyond it. */
static struct log applied(const char *text)
{
	struct log log = {.verbose = false, .has_nonce = false, .nonce = 0};
	char *copy = strdup(text);

	assert_non_null(copy);
	command_line_apply(copy, &log);
	free(copy);
	return log;
}

static void assert_log(const char *text, bool verbose, bool has_nonce, uint64_t nonce)
{
	struct log log = applied(text);

	assert_int_equal(log.verbose, verbose);
	assert_int_equal(log.has_nonce, has_nonce);
	assert_int_equal(log.nonce, nonce);
}

static void nothing_is_set_by_default(void **state)
{
	(void)state;
	assert_log("", false, false, 0);
	assert_log(" ", false, false, 0);
	assert_log("    ", false, false, 0);
}

static void verbose_is_a_word(void **state)
{
	(void)state;
	assert_log("verbose", true, false, 0);
	assert_log(" verbose ", true, false, 0);
	assert_log("quiet verbose splash", true, false, 0);
	assert_log("verbos", false, false, 0);
	assert_log("verbosee", false, false, 0);
	assert_log("xverbose", false, false, 0);
	assert_log("Verbose", false, false, 0);
	assert_log("verbose=1", false, false, 0);
	assert_log("verbose=", false, false, 0);
	assert_log("no=verbose", false, false, 0);
}

static void nonce_has_a_decimal_value(void **state)
{
	(void)state;
	assert_log("nonce=0", false, true, 0);
	assert_log("nonce=12345", false, true, 12345);
	assert_log("nonce=18446744073709551615", false, true, UINT64_MAX);
	assert_log("nonce=7 verbose", true, true, 7);
	assert_log("  verbose   nonce=7  ", true, true, 7);
	assert_log("nonce=7 nonce=8", false, true, 8);
}

static void a_malformed_nonce_is_no_nonce(void **state)
{
	(void)state;
	assert_log("nonce", false, false, 0);
	assert_log("nonce=", false, false, 0);
	assert_log("nonce= 7", false, false, 0);
	assert_log("nonce=7x", false, false, 0);
	assert_log("nonce=0x7", false, false, 0);
	assert_log("nonce=-7", false, false, 0);
	assert_log("nonce==7", false, false, 0);
	assert_log("nonce:7", false, false, 0);
	assert_log("nonce77", false, false, 0);
	assert_log("nonce=18446744073709551616", false, false, 0);
	assert_log("xnonce=7", false, false, 0);
	assert_log("nonces=7", false, false, 0);
	assert_log("nonc=7", false, false, 0);
	assert_log("n", false, false, 0);
	assert_log("=7", false, false, 0);
	assert_log("nonce=9 nonce=x", false, true, 9);
}

static void other_words_change_nothing(void **state)
{
	(void)state;
	assert_log("root=/dev/vda console=ttyAMA0 pan=off nokaslr", false, false, 0);
	assert_log("verbose\tnonce=7", false, false, 0);
	assert_log("\"verbose\"", false, false, 0);
	assert_log("\xff\xfe\x80=\x01", false, false, 0);
}

static void settings_stay_unless_a_word_changes_them(void **state)
{
	struct log log = {.verbose = true, .has_nonce = true, .nonce = 5};

	(void)state;
	command_line_apply("quiet nonce=bad", &log);
	assert_true(log.verbose);
	assert_true(log.has_nonce);
	assert_int_equal(log.nonce, 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_set_by_default),
		cmocka_unit_test(verbose_is_a_word),
		cmocka_unit_test(nonce_has_a_decimal_value),
		cmocka_unit_test(a_malformed_nonce_is_no_nonce),
		cmocka_unit_test(other_words_change_nothing),
		cmocka_unit_test(settings_stay_unless_a_word_changes_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
