#include "lib/format.h"

#include <stdbool.h>
#include <stdint.h>

#include "lib/memory.h"
#include "lib/string.h"

/* UINT64_MAX has 20 decimal digits. */
#define DIGITS_MAX 20

/* Where text goes: `length` characters are written, `room` more fit besides the final NUL. */
struct output {
	char *buffer;
	size_t length;
	size_t room;
};

/* Holds a va_list so that it can be passed by pointer: the type itself may be an array. */
struct arguments {
	va_list list;
};

struct conversion {
	bool left;     /* flag '-' */
	bool zero;     /* flag '0' */
	bool prefixed; /* flag '#' */
	bool bounded;  /* ".*": an int says how many characters of a string count */
	bool wide;     /* l, ll or z: 64 bits */
	char letter;
	size_t width;
};

/* One converted argument, before padding. */
struct field {
	const char *prefix;
	size_t prefix_length;
	const char *text;
	size_t text_length;
};

static void put_text(struct output *output, const char *text, size_t length)
{
	size_t size = length < output->room ? length : output->room;

	k_memcpy(output->buffer + output->length, text, size);
	output->length += size;
	output->room -= size;
}

static void put_repeated(struct output *output, char character, size_t count)
{
	size_t size = count < output->room ? count : output->room;

	k_memset(output->buffer + output->length, character, size);
	output->length += size;
	output->room -= size;
}

static void put_field(struct output *output, const struct conversion *conversion, const struct field *field)
{
	size_t length = field->prefix_length + field->text_length;
	size_t padding = conversion->width > length ? conversion->width - length : 0;

	if (!conversion->left && !conversion->zero) {
		put_repeated(output, ' ', padding);
	}
	put_text(output, field->prefix, field->prefix_length);
	if (!conversion->left && conversion->zero) {
		put_repeated(output, '0', padding);
	}
	put_text(output, field->text, field->text_length);
	if (conversion->left) {
		put_repeated(output, ' ', padding);
	}
}

static void put_character(struct output *output, struct conversion *conversion, struct arguments *arguments)
{
	char character = (char)va_arg(arguments->list, int);
	const struct field field = {"", 0, &character, 1};

	conversion->zero = false;
	put_field(output, conversion, &field);
}

static void put_string(struct output *output, struct conversion *conversion, struct arguments *arguments)
{
	int bound = conversion->bounded ? va_arg(arguments->list, int) : -1;
	const char *text = va_arg(arguments->list, const char *);

	if (text == NULL) {
		text = "(null)";
	}
	/* C: a negative precision is none. */
	const struct field field = {"", 0, text, k_strnlen(text, bound < 0 ? SIZE_MAX : (size_t)bound)};

	conversion->zero = false;
	put_field(output, conversion, &field);
}

/* Writes the digits of `value` so that they end at `end`. Returns how many. */
static size_t write_digits(char *end, uint64_t value, uint64_t base, bool upper)
{
	const char *digits = upper ? "0123456789ABCDEF" : "0123456789abcdef";
	size_t count = 0;

	do {
		count++;
		*(end - count) = digits[value % base];
		value /= base;
	} while (value != 0);
	return count;
}

static void put_number(struct output *output, const struct conversion *conversion, const char *prefix, uint64_t value)
{
	bool hexadecimal = conversion->letter == 'x' || conversion->letter == 'X';
	char digits[DIGITS_MAX];
	size_t count = write_digits(digits + DIGITS_MAX, value, hexadecimal ? 16 : 10, conversion->letter == 'X');
	const struct field field = {prefix, k_strnlen(prefix, 2), digits + DIGITS_MAX - count, count};

	put_field(output, conversion, &field);
}

static void put_signed(struct output *output, const struct conversion *conversion, struct arguments *arguments)
{
	int64_t value = conversion->wide ? va_arg(arguments->list, int64_t) : va_arg(arguments->list, int);

	if (value < 0) {
		/* -INT64_MIN does not fit, -(INT64_MIN + 1) does. */
		put_number(output, conversion, "-", (uint64_t)-(value + 1) + 1);
	} else {
		put_number(output, conversion, "", (uint64_t)value);
	}
}

static void put_unsigned(struct output *output, const struct conversion *conversion, struct arguments *arguments)
{
	uint64_t value = conversion->wide ? va_arg(arguments->list, uint64_t) : va_arg(arguments->list, unsigned);
	const char *prefix = "";

	/* C: a zero has no prefix. */
	if (conversion->prefixed && value != 0 && conversion->letter != 'u') {
		prefix = conversion->letter == 'X' ? "0X" : "0x";
	}
	put_number(output, conversion, prefix, value);
}

static void put_conversion(struct output *output, struct conversion *conversion, struct arguments *arguments)
{
	switch (conversion->letter) {
	case 'c':
		put_character(output, conversion, arguments);
		break;
	case 's':
		put_string(output, conversion, arguments);
		break;
	case 'd':
	case 'i':
		put_signed(output, conversion, arguments);
		break;
	default:
		put_unsigned(output, conversion, arguments);
		break;
	}
}

static const char *parse_flags(const char *format, struct conversion *conversion)
{
	for (;; format++) {
		if (*format == '-') {
			conversion->left = true;
		} else if (*format == '0') {
			conversion->zero = true;
		} else if (*format == '#') {
			conversion->prefixed = true;
		} else {
			return format;
		}
	}
}

static const char *parse_width(const char *format, struct conversion *conversion)
{
	while (*format >= '0' && *format <= '9') {
		/* Far beyond any buffer it stops growing. */
		if (conversion->width < SIZE_MAX / 16) {
			conversion->width = conversion->width * 10 + (size_t)(*format - '0');
		}
		format++;
	}
	return format;
}

static const char *parse_length(const char *format, struct conversion *conversion)
{
	size_t count = 0;

	if (*format == 'z') {
		count = 1;
	} else if (*format == 'l') {
		count = format[1] == 'l' ? 2 : 1;
	}
	conversion->wide = count != 0;
	return format + count;
}

static bool is_known(const struct conversion *conversion)
{
	switch (conversion->letter) {
	case 'c':
		return !conversion->wide && !conversion->bounded;
	case 's':
		return !conversion->wide;
	case 'd':
	case 'i':
	case 'u':
	case 'x':
	case 'X':
		return !conversion->bounded;
	default:
		return false;
	}
}

/* Reads what follows the '%'. Returns where the text goes on, or NULL if the conversion is unknown. */
static const char *parse_conversion(const char *format, struct conversion *conversion)
{
	*conversion = (struct conversion){0};
	format = parse_flags(format, conversion);
	format = parse_width(format, conversion);
	if (format[0] == '.' && format[1] == '*') {
		conversion->bounded = true;
		format += 2;
	}
	format = parse_length(format, conversion);
	conversion->letter = *format;
	return is_known(conversion) ? format + 1 : NULL;
}

/* One step: a run of plain text, "%%", or a conversion. Returns where the next begins. */
static const char *format_step(struct output *output, const char *format, struct arguments *arguments)
{
	struct conversion conversion;
	size_t plain = 0;

	while (format[plain] != '\0' && format[plain] != '%') {
		plain++;
	}
	if (plain != 0) {
		put_text(output, format, plain);
		return format + plain;
	}
	if (format[1] == '%') {
		put_text(output, "%", 1);
		return format + 2;
	}
	const char *next = parse_conversion(format + 1, &conversion);
	if (next == NULL) {
		/* Which argument belongs to which conversion is unknown from here on: no more are taken. */
		size_t rest = k_strnlen(format, SIZE_MAX);

		put_text(output, format, rest);
		return format + rest;
	}
	put_conversion(output, &conversion, arguments);
	return next;
}

size_t k_format_list(char *buffer, size_t capacity, const char *format, va_list list)
{
	struct output output = {.buffer = buffer, .length = 0, .room = capacity - 1};
	struct arguments arguments;

	va_copy(arguments.list, list);
	while (*format != '\0') {
		format = format_step(&output, format, &arguments);
	}
	va_end(arguments.list);
	buffer[output.length] = '\0';
	return output.length;
}

size_t k_format(char *buffer, size_t capacity, const char *format, ...)
{
	va_list list;

	va_start(list, format);
	size_t length = k_format_list(buffer, capacity, format, list);
	va_end(list);
	return length;
}
