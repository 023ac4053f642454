/*
 * What kinds of step, bases and calls are called in the text of a script.
 */
#ifndef TESTS_SCRIPT_SCRIPT_NAMES_H
#define TESTS_SCRIPT_SCRIPT_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* NULL for what has no name. */
const char *script_kind_name(uint8_t kind);
const char *script_base_name(uint8_t base);
const char *script_call_name(uint64_t number);

/* The first `size` bytes of `name` are a name. False if there is no such name. */
bool script_kind_find(const char *name, size_t size, uint8_t *kind);
bool script_base_find(const char *name, size_t size, uint8_t *base);
bool script_call_find(const char *name, size_t size, uint64_t *number);

#endif
