/*
 * A boot archive with one more program.
 */
#ifndef HAL_HOST_UNICORN_ARCHIVE_H
#define HAL_HOST_UNICORN_ARCHIVE_H

#include <stddef.h>
#include <stdint.h>

/*
 * The archive of `size` bytes at `archive`, with the file at `path` in front of it, under its name without folder and
 * ".elf". The new archive is the caller's, to be freed; its size is in `new_size`. NULL, and a message on stderr, if
 * the file cannot be read.
 */
uint8_t *archive_prepend(const char *path, const uint8_t *archive, size_t size, size_t *new_size);

#endif
