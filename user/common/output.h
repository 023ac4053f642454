/*
 * Output in pieces that is written by the line: so that a line costs one system
 * call, and the lines of two programs do not mix.
 */
#ifndef USER_COMMON_OUTPUT_H
#define USER_COMMON_OUTPUT_H

#include <stddef.h>
#include <stdint.h>

/* Writes what there is so far. Done by itself after each newline. */
void output_flush(void);

void output_text(const char *text);
void output_number(uint64_t number);

/* In hexadecimal, with 0x in front. */
void output_hex(uint64_t number);

/* In columns of a table, separated by spaces: a text at the left of `width` characters, a number at the right. */
void output_column(const char *text, size_t width);
void output_number_column(uint64_t number, size_t width);

#endif
