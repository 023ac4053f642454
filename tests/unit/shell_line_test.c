/*
 * user/sh/line.h with keys and history: what comes out of what is typed, and what
 * a terminal shows the while. The terminal is a model of one row that knows the
 * sequences of ECMA-48 that the shell may use.
 */
#include "user/sh/line.h"

#include <stdlib.h>

#include "tests/unit/program_calls.h"

#define ROW 256
#define LEFT "\x1b[D"
#define RIGHT "\x1b[C"
#define UP "\x1b[A"
#define DOWN "\x1b[B"
#define DELETE "\x1b[3~"

struct terminal {
	char row[ROW + 1];
	size_t column;
};

/* CSI number letter, behind its ESC. Returns what follows. */
static const char *control(struct terminal *terminal, const char *text)
{
	char *end;
	long number;

	assert_int_equal(*text++, '[');
	number = strtol(text, &end, 10);
	if (*end == 'K') {
		assert_ptr_equal(end, text); /* no number: to the end of the row */
		memset(terminal->row + terminal->column, ' ', ROW - terminal->column);
	} else {
		assert_int_equal(*end, 'D');
		assert_in_range(number, 1, terminal->column);
		terminal->column -= (size_t)number;
	}
	return end + 1;
}

/* The row before the last newline, without the spaces at its end. */
static const char *shown(struct terminal *terminal)
{
	const char *text = calls_output;
	size_t end = ROW;

	*terminal = (struct terminal){.column = 0};
	memset(terminal->row, ' ', ROW);
	while (*text != '\0') {
		char character = *text++;

		if (character == '\x1b') {
			text = control(terminal, text);
		} else if (character == '\r') {
			terminal->column = 0;
		} else if (character != '\n') {
			assert_true(terminal->column < ROW);
			terminal->row[terminal->column++] = character;
		} else if (*text != '\0') {
			memset(terminal->row, ' ', ROW);
			terminal->column = 0;
		}
	}
	while (end > 0 && terminal->row[end - 1] == ' ') {
		end--;
	}
	terminal->row[end] = '\0';
	return terminal->row;
}

/* Types the keys and Enter, and expects this line: both as the result and on the screen. */
static void expect_line(const char *keys, const char *expected)
{
	char line[LINE_SIZE];
	char row[ROW] = "> ";
	char input[ROW] = "";
	struct terminal terminal;

	strcat(strcat(input, keys), "\r");
	strcat(row, expected);
	while (strlen(row) > 0 && row[strlen(row) - 1] == ' ') {
		row[strlen(row) - 1] = '\0';
	}
	calls_start(input, strlen(input));
	memset(line, 'x', sizeof(line));
	assert_true(line_read("> ", line));
	assert_string_equal(line, expected);
	assert_string_equal(shown(&terminal), row);
	assert_string_equal(calls_input, "");
}

/* The first test: nothing has been entered yet. */
static void history_begins_empty(void **state)
{
	(void)state;
	expect_line("abc" UP UP DOWN, "abc");
	expect_line(UP, "abc");
	expect_line("x" UP UP, "abc");
}

static void characters_are_taken_as_they_are(void **state)
{
	(void)state;
	expect_line("", "");
	expect_line("hello", "hello");
	expect_line(" !\"#$%&'()*+,-./09:;<=>?@AZ[\\]^_`az{|}~", " !\"#$%&'()*+,-./09:;<=>?@AZ[\\]^_`az{|}~");
}

static void unknown_keys_do_nothing(void **state)
{
	(void)state;
	expect_line("a\x01\x05\x02\x1b[5~b\x1b[15~\x1b[Zc\x1bOP\x1bxd\xff\x80\x1b[~e", "abcde");
	expect_line("a\x1b[10~b\x1b[19~c\x1b[;3~d\x1b[ 3~e\x1b[11111111111111111111~f\x1b[@g", "abcdefg");
}

static void cursor_moves_within_the_line(void **state)
{
	(void)state;
	expect_line("bd" LEFT "c", "bcd");
	expect_line("bd" LEFT "c" LEFT LEFT LEFT LEFT "a", "abcd");
	expect_line("ab" LEFT RIGHT RIGHT RIGHT "c", "abc");
	expect_line("\x1b[1;5Da\x1b[1;5Db", "ba");
}

static void home_and_end_in_all_their_forms(void **state)
{
	static const char *const home[] = {"\x01", "\x1b[H", "\x1b[1~", "\x1b[7~", "\x1bOH"};
	static const char *const end[] = {"\x05", "\x1b[F", "\x1b[4~", "\x1b[8~", "\x1bOF"};
	char keys[64];

	(void)state;
	for (size_t i = 0; i < sizeof(home) / sizeof(home[0]); i++) {
		keys[0] = '\0';
		strcat(strcat(strcat(strcat(strcat(keys, "bc"), home[i]), "a"), end[i]), "d");
		expect_line(keys, "abcd");
	}
}

static void backspace_and_delete(void **state)
{
	(void)state;
	expect_line("abx\x7f", "ab");
	expect_line("abx\b", "ab");
	expect_line("axb" LEFT "\x7f", "ab");
	expect_line("axb" LEFT LEFT DELETE, "ab");
	expect_line("axb" LEFT LEFT "\x04", "ab");
	expect_line("ab" DELETE DELETE, "ab");
	expect_line("ab\x7f\x7f\x7f\x7f"
		    "c",
		    "c");
	expect_line("abc\x15"
		    "d",
		    "d");
}

/* Where the cursor stands when the input ends in mid-line. */
static void expect_cursor(const char *keys, size_t column)
{
	struct terminal terminal;
	char line[LINE_SIZE];

	calls_start(keys, strlen(keys));
	assert_false(line_read("> ", line));
	(void)shown(&terminal);
	assert_int_equal(terminal.column, column);
}

static void the_cursor_is_where_it_is_shown(void **state)
{
	(void)state;
	expect_cursor("", 2);
	expect_cursor("abcd", 6);
	expect_cursor("abcd" LEFT, 5);
	expect_cursor("abcd" LEFT LEFT LEFT, 3);
	expect_cursor("abcd" LEFT LEFT LEFT RIGHT, 4);
	expect_cursor("abcd" LEFT LEFT "x", 5);
	expect_cursor("abcd" LEFT LEFT "\x7f", 3);
	expect_cursor("abcd" LEFT LEFT DELETE, 4);
	expect_cursor("abcd\x01", 2);
	expect_cursor("abcd\x01\x05", 6);
}

static void control_c_begins_a_new_line(void **state)
{
	(void)state;
	expect_line("abc\x03"
		    "de",
		    "de");
	expect_line("abc" LEFT "\x03", "");
	calls_start("abc\x03\r", 8);
	assert_true(line_read("> ", (char[LINE_SIZE]){0}));
	assert_string_equal(calls_output, "> abc^C\n\r> \x1b[K\n");
}

static void keys_may_come_in_pieces(void **state)
{
	char line[LINE_SIZE];

	(void)state;
	calls_start("bd" LEFT "c\x1b[1~a\n", 1);
	assert_true(line_read("> ", line));
	assert_string_equal(line, "abcd");
}

static void control_d_leaves_on_an_empty_line_only(void **state)
{
	char line[LINE_SIZE];

	(void)state;
	calls_start("\x04"
		    "abc\r",
		    1);
	assert_false(line_read("> ", line));
	assert_string_equal(calls_input, "abc\r");
	calls_start("a\x7f\x04", 1);
	assert_false(line_read("> ", line));
	expect_line("a" LEFT "\x04"
		    "b",
		    "b");
}

static void lines_end_with_the_input(void **state)
{
	char line[LINE_SIZE];
	static const char *const inputs[] = {"", "abc", "\x1b", "\x1b[", "\x1b[1", "\x1bO"};

	(void)state;
	for (size_t i = 0; i < sizeof(inputs) / sizeof(inputs[0]); i++) {
		calls_start(inputs[i], 1);
		assert_false(line_read("> ", line));
	}
}

static void a_line_has_an_end(void **state)
{
	char line[LINE_SIZE];
	char input[2 * LINE_SIZE + 1];

	(void)state;
	memset(input, 'a', sizeof(input));
	memcpy(input + LINE_SIZE + 10, "\x1b[Hb\x7f\r", sizeof("\x1b[Hb\x7f\r"));
	calls_start(input, sizeof(input));
	assert_true(line_read("> ", line));
	assert_int_equal(strlen(line), LINE_SIZE - 1);
	assert_int_equal(strspn(line, "a"), LINE_SIZE - 1);
}

static void history_goes_back_and_forth(void **state)
{
	(void)state;
	expect_line("first", "first");
	expect_line("second", "second");
	expect_line("second", "second");
	expect_line("", "");
	expect_line(UP UP, "first");
	expect_line(UP UP, "second");
	expect_line(UP UP UP DOWN "!", "first!"); /* the lines so far: first second first second */
	expect_line("new" UP DOWN "er", "newer");
	expect_line("new" UP UP DOWN DOWN DOWN, "new");
	expect_line("\x10\x0e", "");
	expect_line(UP "\x03" DOWN "x", "x");
	expect_line("y" UP "\x03"
		    "z" UP DOWN,
		    "z");
}

/* Changing a line of the history is editing a copy. */
static void history_keeps_what_was_entered(void **state)
{
	(void)state;
	expect_line("keep", "keep");
	expect_line(UP "\x7f\x7f" UP DOWN, "keep");
	expect_line(UP, "keep");
}

static void history_forgets_the_oldest(void **state)
{
	char keys[ROW] = "";
	char name[2] = "A";

	(void)state;
	for (; name[0] < 'A' + 20; name[0]++) {
		expect_line(name, name);
	}
	for (int i = 0; i < 15; i++) {
		strcat(keys, UP);
	}
	expect_line(keys, "F");
	strcat(keys, UP UP UP UP);
	expect_line(keys, "F");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(history_begins_empty),
		cmocka_unit_test(characters_are_taken_as_they_are),
		cmocka_unit_test(unknown_keys_do_nothing),
		cmocka_unit_test(cursor_moves_within_the_line),
		cmocka_unit_test(home_and_end_in_all_their_forms),
		cmocka_unit_test(backspace_and_delete),
		cmocka_unit_test(the_cursor_is_where_it_is_shown),
		cmocka_unit_test(control_c_begins_a_new_line),
		cmocka_unit_test(keys_may_come_in_pieces),
		cmocka_unit_test(control_d_leaves_on_an_empty_line_only),
		cmocka_unit_test(lines_end_with_the_input),
		cmocka_unit_test(a_line_has_an_end),
		cmocka_unit_test(history_goes_back_and_forth),
		cmocka_unit_test(history_keeps_what_was_entered),
		cmocka_unit_test(history_forgets_the_oldest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
