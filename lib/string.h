/*
 * Bounded strings. Nothing here reads beyond the bound it is given.
 */
#ifndef LIB_STRING_H
#define LIB_STRING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/compiler.h"
#include "lib/fortify.h"

/* The length of the string, or `limit` if there is no NUL in its first `limit` bytes. */
size_t k_strnlen(const char *text, size_t limit);

/* Are the NUL-terminated strings equal? */
bool k_str_equal(const char *left, const char *right);

/* Does the NUL-terminated `text` start with the NUL-terminated `prefix`? */
bool k_str_starts_with(const char *text, const char *prefix);

/* Copies text into destination[capacity], cut if it must be, always NUL-terminated (capacity > 0). Returns false if it
 * was cut. */
bool k_str_copy(char *destination, size_t capacity, const char *text, size_t length);
#define k_str_copy(to, capacity, text, length) \
	(k_str_copy)(to, k_fortified(capacity, K_ROOM(to), K_ROOM(to)), text, length)

/* Reads the decimal number that `text[0..length)` consists of. Returns false, with `value` untouched, if it is empty,
 * has another character, or does not fit 64 bits. */
K_MUST_USE bool k_parse_u64(const char *text, size_t length, uint64_t *value);

#endif
