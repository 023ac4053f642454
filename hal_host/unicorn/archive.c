#include "hal_host/unicorn/archive.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* cpio's newc format: a header of 110 characters, the name, the file, each up to a multiple of four bytes. */
#define HEADER_SIZE 110
#define UP(size) (((size) + 3) & ~(size_t)3)
#define MODE_FILE 0100755U

#define FILE_MAX 0x1000000UL
#define SUFFIX ".elf"

struct file {
	uint8_t *bytes;
	size_t size;
};

/* One byte of room is left over if it has been read to its end. */
static bool read_file(const char *path, struct file *file)
{
	FILE *stream = fopen(path, "rb");

	if (stream == NULL) {
		perror(path);
		return false;
	}
	file->bytes = malloc(FILE_MAX);
	file->size = file->bytes == NULL ? FILE_MAX : fread(file->bytes, 1, FILE_MAX, stream);
	fclose(stream);
	if (file->size == FILE_MAX) {
		fprintf(stderr, "%s: too large\n", path);
		free(file->bytes);
		return false;
	}
	return true;
}

/* The name's first character, and how many there are. */
static const char *name_of(const char *path, size_t *length)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash == NULL ? path : slash + 1;
	size_t suffix = strlen(SUFFIX);

	*length = strlen(name);
	if (*length > suffix && strcmp(name + *length - suffix, SUFFIX) == 0) {
		*length -= suffix;
	}
	return name;
}

/* Fields: magic, inode, mode, owner, group, links, date, size, device (2), special device (2), name's size, checksum.
 */
static void write_header(uint8_t *bytes, size_t name_length, size_t size)
{
	char header[HEADER_SIZE + 1];

	(void)snprintf(header, sizeof(header), "070701%08x%08x%08x%08x%08x%08x%08zx%08x%08x%08x%08x%08zx%08x", 0U,
		       MODE_FILE, 0U, 0U, 1U, 0U, size, 0U, 0U, 0U, 0U, name_length + 1, 0U);
	memcpy(bytes, header, HEADER_SIZE);
}

uint8_t *archive_prepend(const char *path, const uint8_t *archive, size_t size, size_t *new_size)
{
	struct file file;
	size_t length;
	const char *name = name_of(path, &length);
	size_t start = UP(HEADER_SIZE + length + 1);
	uint8_t *bytes;

	if (!read_file(path, &file)) {
		return NULL;
	}
	*new_size = start + UP(file.size) + size;
	bytes = calloc(1, *new_size);
	if (bytes != NULL) {
		write_header(bytes, length, file.size);
		memcpy(bytes + HEADER_SIZE, name, length);
		memcpy(bytes + start, file.bytes, file.size);
		memcpy(bytes + start + UP(file.size), archive, size);
	}
	free(file.bytes);
	return bytes;
}
