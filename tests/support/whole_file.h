/*
 * Files, read whole, by tools that can do nothing without them.
 */
#ifndef TESTS_SUPPORT_WHOLE_FILE_H
#define TESTS_SUPPORT_WHOLE_FILE_H

#include <stddef.h>

/* The file's bytes, and a NUL behind them that `size` does not count: the caller's, to be freed. Prints what is wrong
 * and exits with 2 if it cannot be read. */
char *whole_file_read(const char *path, size_t *size);

#endif
