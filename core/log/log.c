#include "core/log/log.h"

#include <stdarg.h>
#include <stddef.h>

#include "core/kernel.h"
#include "hal/console.h"
#include "lib/format.h"

/* A line under construction. The line end takes the place of the formatter's NUL. */
struct line {
	char text[LOG_LINE_MAX];
	size_t length;
};

K_PRINTF(2, 0) static void line_append(struct line *line, const char *format, va_list arguments)
{
	line->length += k_format_list(line->text + line->length, LOG_LINE_MAX - line->length, format, arguments);
}

K_PRINTF(2, 3) static void line_appendf(struct line *line, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	line_append(line, format, arguments);
	va_end(arguments);
}

static void line_print(struct line *line)
{
	line->text[line->length] = '\n';
	hal_console_write((const uint8_t *)line->text, line->length + 1);
}

K_PRINTF(2, 0) static void print(const char *prefix, const char *format, va_list arguments)
{
	struct line line = {.length = 0};

	line_appendf(&line, "%s", prefix);
	line_append(&line, format, arguments);
	line_print(&line);
}

void log_line(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	print("", format, arguments);
	va_end(arguments);
}

void log_boot(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	print("[BOOT] ", format, arguments);
	va_end(arguments);
}

void log_verbose(const char *format, ...)
{
	va_list arguments;

	if (!kernel.log.verbose) {
		return;
	}
	va_start(arguments, format);
	print("[BOOT] ", format, arguments);
	va_end(arguments);
}

/* Names in a line may come from boot's inputs: none ends the line, or commands the terminal. */
static void line_make_visible(struct line *line)
{
	for (size_t i = 0; i < line->length; i++) {
		uint8_t byte = (uint8_t)line->text[i];

		if (byte < ' ' || byte == 0x7f) {
			line->text[i] = '?';
		}
	}
}

/* The nonce must not be cut off: a text that is too long loses its own end instead. */
#define NONCE_MAX sizeof(" #18446744073709551615")

void log_verdict_list(const char *format, va_list arguments)
{
	struct line line = {.length = 0};
	size_t text_capacity = LOG_LINE_MAX - NONCE_MAX;

	line.length = k_format_list(line.text, text_capacity, format, arguments);
	line_make_visible(&line);
	if (kernel.log.has_nonce) {
		line_appendf(&line, " #%" K_PRIu64, kernel.log.nonce);
	}
	line_print(&line);
}

void log_verdict(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	log_verdict_list(format, arguments);
	va_end(arguments);
}
