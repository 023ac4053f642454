/*
 * Makes boot archives (cpio's newc format, cpio(5)), of which a test then
 * breaks what it likes: it knows every field's place.
 */
#ifndef TESTS_SUPPORT_ARCHIVE_BUILDER_H
#define TESTS_SUPPORT_ARCHIVE_BUILDER_H

#include <stddef.h>
#include <stdint.h>

/* Offsets in an entry's header. Fields are eight hexadecimal digits each. */
enum {
	ARCHIVE_INODE = 6,
	ARCHIVE_MODE = 14,
	ARCHIVE_LINKS = 38,
	ARCHIVE_FILE_SIZE = 54,
	ARCHIVE_NAME_SIZE = 94,
	ARCHIVE_CHECK = 102,
	ARCHIVE_HEADER_SIZE = 110,
};

/* Kinds of file, with the usual permissions. */
#define ARCHIVE_REGULAR 0100755u
#define ARCHIVE_DIRECTORY 0040755u

/* All zeros is an archive to which nothing has been added. */
struct archive_builder {
	uint8_t *bytes;
	size_t size;
	size_t capacity;
};

/* Adds an entry, and returns the offset of its header. */
size_t archive_builder_add(struct archive_builder *builder, const char *name, uint32_t mode, const void *bytes,
			   size_t size);

/* Adds the trailer and hands the archive out: *size bytes exactly, freed with free(). The builder is empty again. */
uint8_t *archive_builder_end(struct archive_builder *builder, size_t *size);

/* Writes a field of the header at that offset. */
void archive_poke(uint8_t *archive, size_t header, size_t field, uint32_t value);

#endif
