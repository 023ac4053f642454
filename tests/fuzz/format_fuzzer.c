/*
 * An input is a format and arguments for it. What k_format makes of them is compared with what the C library's snprintf
 * does, wherever both define it; what lib/format.h says beyond that is turned into a format that C defines.
 */
#include "lib/format.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/fuzz/fuzz_input.h"
#include "tests/support/require.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define ARGUMENTS_MAX 8
#define FORMAT_MAX 512
/* No buffer and text together are as long: of a wider field only padding is seen, and it makes the C library slow. */
#define WIDTH_MAX 512

/* Arguments as they are passed: each has 64 bits, and whoever takes an int finds its low half. The ABIs that the twin
 * runs on pass every variable argument of up to 64 bits in that way. */
struct values {
	size_t count;
	uint64_t value[ARGUMENTS_MAX];
	uint64_t for_c[ARGUMENTS_MAX]; /* what the C library gets in its place */
	void *block[ARGUMENTS_MAX];    /* of strings; to be freed */
};

/* What is known of a conversion after its '%'. */
struct conversion {
	char flags[4];
	unsigned long width;
	bool is_bounded;
	bool is_wide;
	char letter;
	size_t length; /* of its text, without the '%' */
};

static const char *skip_flags(const char *text, struct conversion *conversion)
{
	size_t count = 0;

	for (; *text != '\0' && strchr("-0#", *text) != NULL; text++) {
		if (strchr(conversion->flags, *text) == NULL) {
			conversion->flags[count++] = *text;
		}
	}
	return text;
}

static const char *skip_length(const char *text, struct conversion *conversion)
{
	static const char *const lengths[] = {"ll", "l", "z"};

	for (size_t i = 0; i < 3; i++) {
		if (strncmp(text, lengths[i], strlen(lengths[i])) == 0) {
			conversion->is_wide = true;
			return text + strlen(lengths[i]);
		}
	}
	return text;
}

/* Is it one of those that lib/format.h lists? */
static bool is_listed(const struct conversion *conversion)
{
	if (conversion->letter == '\0') {
		return false;
	}
	if (strchr("diuxX", conversion->letter) != NULL) {
		return !conversion->is_bounded;
	}
	return !conversion->is_wide &&
	       (conversion->letter == 's' || (conversion->letter == 'c' && !conversion->is_bounded));
}

static bool read_conversion(const char *text, struct conversion *conversion)
{
	const char *start = text;
	char *end;

	*conversion = (struct conversion){.letter = '\0'};
	text = skip_flags(text, conversion);
	if (isdigit((unsigned char)*text)) {
		conversion->width = strtoul(text, &end, 10);
		text = end;
	}
	if (strncmp(text, ".*", 2) == 0) {
		conversion->is_bounded = true;
		text += 2;
	}
	text = skip_length(text, conversion);
	conversion->letter = *text;
	conversion->length = (size_t)(text + 1 - start);
	return is_listed(conversion);
}

static void add_value(struct values *values, uint64_t value, uint64_t for_c)
{
	values->value[values->count] = value;
	values->for_c[values->count] = for_c;
	values->count++;
}

/* A block of exactly so many bytes: ASan sees one byte too many. */
static char *take_block(struct input_bytes *input, size_t size)
{
	char *block = malloc(size == 0 ? 1 : size);

	REQUIRE(block != NULL);
	for (size_t i = 0; i < size; i++) {
		block[i] = (char)take(input);
	}
	return block;
}

/* A bound is the string's length, when it needs no NUL; or longer, or negative, which is none. */
static void add_string(struct values *values, struct input_bytes *input, bool is_bounded)
{
	static const char null_text[] = "(null)";
	uint8_t choice = take(input);
	size_t size = choice % 64;
	bool has_end = !is_bounded || choice >= 128;
	char *block = take_block(input, size + has_end);
	uint64_t bound = choice < 128 ? size : choice < 192 ? choice : (uint32_t)-(int32_t)choice;

	if (has_end) {
		block[size] = '\0';
	}
	if (is_bounded) {
		add_value(values, bound, bound);
	}
	values->block[values->count] = block;
	/* Also with a bound within "(null)". */
	if (choice == 255 || (choice >= 64 && choice < 72)) {
		add_value(values, 0, (uintptr_t)null_text);
	} else {
		add_value(values, (uintptr_t)block, (uintptr_t)block);
	}
}

static void add_values(struct values *values, struct input_bytes *input, const struct conversion *conversion)
{
	static const uint64_t places[] = {0, INT32_MAX, UINT32_MAX, INT64_MAX, 10, 1000000000, 10000000000000000000u};
	uint64_t value;

	if (conversion->letter == 's') {
		add_string(values, input, conversion->is_bounded);
	} else {
		value = take_near(input, places, sizeof(places) / sizeof(places[0]));
		add_value(values, value, value);
	}
}

static bool has_flag(const struct conversion *conversion, char flag)
{
	return strchr(conversion->flags, flag) != NULL;
}

/* The same conversion as C has it: without flags that mean nothing there, and not wider than any buffer. */
static size_t put_conversion(char *text, size_t room, const struct conversion *conversion)
{
	bool is_number = strchr("diuxX", conversion->letter) != NULL;
	bool is_hexadecimal = conversion->letter == 'x' || conversion->letter == 'X';
	char width[8] = "";

	if (conversion->width != 0) {
		snprintf(width, sizeof(width), "%lu", conversion->width < WIDTH_MAX ? conversion->width : WIDTH_MAX);
	}
	return (size_t)snprintf(text, room, "%%%s%s%s%s%s%s%c", has_flag(conversion, '-') ? "-" : "",
				has_flag(conversion, '0') && is_number ? "0" : "",
				has_flag(conversion, '#') && is_hexadecimal ? "#" : "", width,
				conversion->is_bounded ? ".*" : "", conversion->is_wide ? "ll" : "",
				conversion->letter);
}

/* The rest of a format, of which nothing is converted. */
static void put_plain(char *text, size_t room, const char *rest)
{
	size_t length = 0;

	for (; *rest != '\0' && length + 3 < room; rest++) {
		text[length++] = *rest;
		if (*rest == '%') {
			text[length++] = '%';
		}
	}
	text[length] = '\0';
}

/* Makes C's format of one of ours, and draws the values that both take; ends ours where there are too many. */
static void translate(char *format, char for_c[2 * FORMAT_MAX], struct values *values, struct input_bytes *input)
{
	const char *const end = for_c + 2 * FORMAT_MAX;

	while (*format != '\0') {
		struct conversion conversion;

		if (*format != '%') {
			*for_c++ = *format++;
		} else if (format[1] == '%') {
			memcpy(for_c, "%%", 2);
			for_c += 2;
			format += 2;
		} else if (!read_conversion(format + 1, &conversion)) {
			put_plain(for_c, (size_t)(end - for_c), format);
			return;
		} else if (values->count + 2 > ARGUMENTS_MAX) {
			*format = '\0';
		} else {
			add_values(values, input, &conversion);
			for_c += put_conversion(for_c, (size_t)(end - for_c), &conversion);
			format += 1 + conversion.length;
		}
	}
	*for_c = '\0';
}

/* The formats are the fuzzer's: no compiler can judge them. */
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wformat-nonliteral"

static size_t format_ours(char *buffer, size_t capacity, const char *format, ...)
{
	va_list list;
	size_t length;

	va_start(list, format);
	length = k_format_list(buffer, capacity, format, list);
	va_end(list);
	return length;
}

static size_t format_c(char *buffer, size_t capacity, const char *format, ...)
{
	va_list list;
	int length;

	va_start(list, format);
	length = vsnprintf(buffer, capacity, format, list);
	va_end(list);
	REQUIRE(length >= 0);
	return (size_t)length < capacity ? (size_t)length : capacity - 1;
}

#pragma clang diagnostic pop

static void compare(const char *format, const char *for_c, const struct values *values, size_t capacity)
{
	const uint64_t *v = values->value;
	const uint64_t *c = values->for_c;
	char *found = malloc(capacity);
	char *expected = malloc(capacity);
	size_t length;
	size_t expected_length;

	REQUIRE(found != NULL && expected != NULL);
	length = format_ours(found, capacity, format, v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7]);
	expected_length = format_c(expected, capacity, for_c, c[0], c[1], c[2], c[3], c[4], c[5], c[6], c[7]);
	REQUIRE(length == expected_length);
	REQUIRE(memcmp(found, expected, length + 1) == 0);
	free(found);
	free(expected);
}

/* The buffer's size, the format with its NUL, the values. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input_bytes input = {data, size};
	struct values values = {.count = 0};
	size_t capacity = 1 + (size_t)take(&input);
	size_t length = strnlen((const char *)input.data, input.size < FORMAT_MAX ? input.size : FORMAT_MAX - 1);
	char format[FORMAT_MAX];
	char for_c[2 * FORMAT_MAX];

	memcpy(format, input.data, length);
	format[length] = '\0';
	input.data += length;
	input.size -= length;
	(void)take(&input);
	translate(format, for_c, &values, &input);
	compare(format, for_c, &values, capacity);
	for (size_t i = 0; i < values.count; i++) {
		free(values.block[i]);
	}
	return 0;
}
