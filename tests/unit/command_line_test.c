#include "core/start/command_line.h"

#include <stdlib.h>
#include <string.h>

#include "tests/unit/cmocka_test.h"

static char init[PANTHER_PATH_MAX];

/* Applies the text, from a block that ends with its NUL: ASan sees a byte read beyond it. */
static struct log applied(const char *text)
{
	struct log log = {.verbose = false, .has_nonce = false, .nonce = 0};
	char *copy = strdup(text);

	assert_non_null(copy);
	memset(init, 'x', sizeof(init));
	command_line_apply(copy, &log, init);
	free(copy);
	return log;
}

static void assert_init(const char *text, const char *name)
{
	applied(text);
	assert_string_equal(init, name);
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

static void init_is_a_name(void **state)
{
	(void)state;
	assert_init("init=sh", "sh");
	assert_init("init=a", "a");
	assert_init("  verbose init=demo   nonce=7", "demo");
	assert_init("init=/bin/sh", "/bin/sh");
	assert_init("init=a=b", "a=b");
	assert_init("init=init=", "init=");
	assert_init("init=sh init=demo", "demo");
	assert_log("init=verbose verbose", true, false, 0);
	assert_log("init=nonce=7", false, false, 0);
}

static void without_a_name_there_is_no_init(void **state)
{
	(void)state;
	assert_init("", "");
	assert_init("verbose nonce=7", "");
	assert_init("init", "");
	assert_init("init=", "");
	assert_init("init= sh", "");
	assert_init("init:sh", "");
	assert_init("initsh", "");
	assert_init("xinit=sh", "");
	assert_init("Init=sh", "");
	assert_init("inits=sh", "");
	assert_init("ini=sh", "");
	assert_init("rdinit=sh", "");
	assert_init("no=init=sh", "");
	assert_init("init=sh init=", "sh");
}

/* A name that is cut would be another one. */
static void a_name_must_find_room_with_its_nul(void **state)
{
	char text[8 + 2 * PANTHER_PATH_MAX];

	(void)state;
	for (size_t length = 1; length <= 2 * PANTHER_PATH_MAX; length++) {
		memset(text, 0, sizeof(text));
		memcpy(text, "init=", 5);
		memset(text + 5, 'n', length);
		assert_init(text, length < PANTHER_PATH_MAX ? text + 5 : "");
	}
	assert_init("init=sh init=0123456789012345678901234567890123456789012345678901234567890123456789", "sh");
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
	command_line_apply("quiet nonce=bad", &log, init);
	assert_true(log.verbose);
	assert_true(log.has_nonce);
	assert_int_equal(log.nonce, 5);
}

/* From a block that ends with the text's NUL, as above. */
static bool number_is(const char *text, uint64_t expected)
{
	uint64_t number = 77;
	char *copy = strdup(text);
	bool is_there = command_line_number(copy, "seed", &number);

	free(copy);
	assert_int_equal(number, expected);
	return is_there;
}

static void a_number_is_that_of_the_last_good_word(void **state)
{
	(void)state;
	assert_true(number_is("seed=5", 5));
	assert_true(number_is("  quiet seed=5  init=sh ", 5));
	assert_true(number_is("seed=5 seed=0", 0));
	assert_true(number_is("seed=5 seed=x seed", 5));
	assert_true(number_is("seed=18446744073709551615", UINT64_MAX));
	assert_false(number_is("", 77));
	assert_false(number_is("seed", 77));
	assert_false(number_is("seed=", 77));
	assert_false(number_is("seed= 5", 77));
	assert_false(number_is("seeds=5 xseed=5 see=5 init=seed=5", 77));
	assert_false(number_is("seed=18446744073709551616", 77));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_set_by_default),
		cmocka_unit_test(verbose_is_a_word),
		cmocka_unit_test(nonce_has_a_decimal_value),
		cmocka_unit_test(a_malformed_nonce_is_no_nonce),
		cmocka_unit_test(init_is_a_name),
		cmocka_unit_test(without_a_name_there_is_no_init),
		cmocka_unit_test(a_name_must_find_room_with_its_nul),
		cmocka_unit_test(other_words_change_nothing),
		cmocka_unit_test(settings_stay_unless_a_word_changes_them),
		cmocka_unit_test(a_number_is_that_of_the_last_good_word),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
