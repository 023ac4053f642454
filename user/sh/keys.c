#include "user/sh/keys.h"

#include <stdbool.h>
#include <stddef.h>

#include <panther.h>

#define CONTROL(letter) ((letter) - '@')
#define ESCAPE 0x1b
#define DEL 0x7f

static unsigned char input[PANTHER_READ_CHUNK];
static size_t input_next;
static size_t input_size;

/* The next byte, or KEY_FAILED. */
static int read_byte(void)
{
	if (input_next == input_size) {
		int64_t size = panther_read(0, input, sizeof(input));

		if (size <= 0) {
			return KEY_FAILED;
		}
		input_size = (size_t)size;
		input_next = 0;
	}
	return input[input_next++];
}

static int letter_key(int letter)
{
	switch (letter) {
	case 'A':
		return KEY_UP;
	case 'B':
		return KEY_DOWN;
	case 'C':
		return KEY_RIGHT;
	case 'D':
		return KEY_LEFT;
	case 'H':
		return KEY_HOME;
	case 'F':
		return KEY_END;
	default:
		return KEY_NONE;
	}
}

static int numbered_key(int number)
{
	switch (number) {
	case 1:
	case 7:
		return KEY_HOME;
	case 3:
		return KEY_DELETE;
	case 4:
	case 8:
		return KEY_END;
	default:
		return KEY_NONE;
	}
}

/* A control sequence, behind its ESC [: parameters, then one byte from 0x40 upward (ECMA-48 section 5.4). Only the
 * first parameter counts, so that Shift and Ctrl make no difference. */
static int read_sequence(void)
{
	int number = 0;
	bool is_first = true;
	int byte = read_byte();

	for (; byte >= 0x20 && byte < 0x40; byte = read_byte()) {
		is_first = is_first && byte >= '0' && byte <= '9' && number < 100;
		number = is_first ? number * 10 + (byte - '0') : number;
	}
	if (byte == KEY_FAILED) {
		return KEY_FAILED;
	}
	return byte == '~' ? numbered_key(number) : letter_key(byte);
}

static int read_escaped(void)
{
	int byte = read_byte();

	switch (byte) {
	case KEY_FAILED:
		return KEY_FAILED;
	case '[':
		return read_sequence();
	case 'O': /* SS3: one letter follows */
		return letter_key(read_byte());
	default:
		return KEY_NONE;
	}
}

static int control_key(int byte)
{
	switch (byte) {
	case '\r':
	case '\n':
		return KEY_ENTER;
	case CONTROL('H'):
	case DEL:
		return KEY_BACKSPACE;
	case CONTROL('A'):
		return KEY_HOME;
	case CONTROL('E'):
		return KEY_END;
	case CONTROL('C'):
		return KEY_CLEAR;
	case CONTROL('D'):
		return KEY_LEAVE;
	case CONTROL('U'):
		return KEY_ERASE_LINE;
	default:
		return KEY_NONE;
	}
}

int key_read(void)
{
	int byte = read_byte();

	if (byte == KEY_FAILED || (byte >= ' ' && byte < DEL)) {
		return byte;
	}
	return byte == ESCAPE ? read_escaped() : control_key(byte);
}
