#include "user/common/output.h"

#include <panther.h>

#include "user/common/text.h"

#define BUFFER_SIZE 256
#define DIGITS_MAX 20

static char buffer[BUFFER_SIZE];
static size_t used;

void output_flush(void)
{
	(void)panther_write_all(1, buffer, used);
	used = 0;
}

static void put(char character)
{
	buffer[used++] = character;
	if (character == '\n' || used == sizeof(buffer)) {
		output_flush();
	}
}

void output_text(const char *text)
{
	while (*text != '\0') {
		put(*text++);
	}
}

/* The digits of a number, at the end of `digits`; returns where they start. */
static const char *to_digits(uint64_t number, unsigned int base, char digits[DIGITS_MAX + 1])
{
	char *start = &digits[DIGITS_MAX];

	*start = '\0';
	do {
		*--start = "0123456789abcdef"[number % base];
		number /= base;
	} while (number != 0);
	return start;
}

void output_number(uint64_t number)
{
	char digits[DIGITS_MAX + 1];

	output_text(to_digits(number, 10, digits));
}

void output_hex(uint64_t number)
{
	char digits[DIGITS_MAX + 1];

	output_text("0x");
	output_text(to_digits(number, 16, digits));
}

static void put_spaces(size_t width, size_t length)
{
	for (; length < width; length++) {
		put(' ');
	}
}

void output_column(const char *text, size_t width)
{
	output_text(text);
	put_spaces(width, text_length(text));
	put(' ');
}

void output_number_column(uint64_t number, size_t width)
{
	char digits[DIGITS_MAX + 1];
	const char *text = to_digits(number, 10, digits);

	put_spaces(width, text_length(text));
	output_text(text);
	put(' ');
}
