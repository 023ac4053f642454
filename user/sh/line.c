#include "user/sh/line.h"

#include <stddef.h>

#include <panther.h>

#include "user/common/output.h"
#include "user/common/text.h"
#include "user/sh/history.h"
#include "user/sh/keys.h"

/* The line while it is edited. */
struct editor {
	const char *prompt;
	char *text;
	size_t length;
	size_t cursor;
	size_t age;		    /* of the history's line that is shown; 0: a new one */
	char unfinished[LINE_SIZE]; /* the new line, while an old one is shown */
};

static void draw(const struct editor *editor)
{
	editor->text[editor->length] = '\0';
	output_text("\r");
	output_text(editor->prompt);
	output_text(editor->text);
	output_text("\x1b[K"); /* EL: erases the rest of the row */
	if (editor->cursor < editor->length) {
		output_text("\x1b["); /* CUB: moves the cursor to the left */
		output_number(editor->length - editor->cursor);
		output_text("D");
	}
	output_flush();
}

static void insert(struct editor *editor, char character)
{
	if (editor->length == LINE_SIZE - 1) {
		return;
	}
	for (size_t i = editor->length; i > editor->cursor; i--) {
		editor->text[i] = editor->text[i - 1];
	}
	editor->text[editor->cursor++] = character;
	editor->length++;
	if (editor->cursor < editor->length) {
		draw(editor);
	} else {
		(void)panther_write_all(1, &character, 1);
	}
}

/* Takes away the character at the cursor. */
static void delete(struct editor *editor)
{
	if (editor->cursor == editor->length) {
		return;
	}
	editor->length--;
	for (size_t i = editor->cursor; i < editor->length; i++) {
		editor->text[i] = editor->text[i + 1];
	}
	draw(editor);
}

static void backspace(struct editor *editor)
{
	if (editor->cursor > 0) {
		editor->cursor--;
		delete (editor);
	}
}

static void move(struct editor *editor, size_t cursor)
{
	if (cursor <= editor->length) {
		editor->cursor = cursor;
		draw(editor);
	}
}

static void replace(struct editor *editor, const char *text)
{
	text_copy(editor->text, text);
	editor->length = text_length(text);
	editor->cursor = editor->length;
	draw(editor);
}

static void recall(struct editor *editor, size_t age)
{
	const char *line = age == 0 ? editor->unfinished : history_line(age);

	if (line == NULL) {
		return;
	}
	if (editor->age == 0) {
		editor->text[editor->length] = '\0';
		text_copy(editor->unfinished, editor->text);
	}
	editor->age = age;
	replace(editor, line);
}

/* Ctrl-C: leaves the row as it is, and begins a new line. */
static void clear(struct editor *editor)
{
	output_text("^C\n");
	editor->age = 0;
	replace(editor, "");
}

static void edit(struct editor *editor, int key)
{
	switch (key) {
	case KEY_BACKSPACE:
		backspace(editor);
		break;
	case KEY_DELETE:
	case KEY_LEAVE:
		delete (editor);
		break;
	case KEY_LEFT:
		move(editor, editor->cursor - 1); /* a wrap is beyond the end, and not done */
		break;
	case KEY_RIGHT:
		move(editor, editor->cursor + 1);
		break;
	case KEY_HOME:
		move(editor, 0);
		break;
	case KEY_END:
		move(editor, editor->length);
		break;
	case KEY_UP:
		recall(editor, editor->age + 1);
		break;
	case KEY_DOWN:
		if (editor->age > 0) {
			recall(editor, editor->age - 1);
		}
		break;
	case KEY_CLEAR:
		clear(editor);
		break;
	case KEY_ERASE_LINE:
		replace(editor, "");
		break;
	default:
		if (key >= ' ' && key < KEY_ENTER) {
			insert(editor, (char)key);
		}
		break;
	}
}

bool line_read(const char *prompt, char line[LINE_SIZE])
{
	struct editor editor = {.prompt = prompt, .text = line};
	int key;

	output_text(prompt);
	output_flush();
	for (key = key_read(); key != KEY_ENTER; key = key_read()) {
		if (key == KEY_FAILED || (key == KEY_LEAVE && editor.length == 0)) {
			output_text("\n");
			return false;
		}
		edit(&editor, key);
	}
	line[editor.length] = '\0';
	output_text("\n");
	history_add(line);
	return true;
}
