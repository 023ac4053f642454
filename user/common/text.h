/*
 * NUL-terminated texts, for programs without a C library.
 */
#ifndef USER_COMMON_TEXT_H
#define USER_COMMON_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

size_t text_length(const char *text);

/* Copies a text and its NUL; the room for it is the caller's to know. */
void text_copy(char *to, const char *from);

bool text_equal(const char *left, const char *right);

/* Reads a whole text as a decimal number; false if it is none, or has more than 64 bits. */
bool text_to_number(const char *text, uint64_t *number);

#endif
