#include "tests/fuzz/archive_second.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "abi/limits.h"

#define ENTRIES_MAX 1024
#define HEADER 110

/* The thirteen fields of a header, in their order (cpio(5), "New ASCII Format"). */
enum { INODE, MODE, UID, GID, LINKS, MTIME, FILE_SIZE, MAJOR, MINOR, DEVICE_MAJOR, DEVICE_MINOR, NAME_SIZE, CHECK };

static bool read_fields(const uint8_t *header, uint64_t fields[CHECK + 1])
{
	for (size_t i = 0; i <= CHECK; i++) {
		char digits[9] = "";

		memcpy(digits, header + 6 + 8 * i, 8);
		for (size_t j = 0; j < 8; j++) {
			if (!isxdigit((unsigned char)digits[j])) {
				return false;
			}
		}
		fields[i] = strtoul(digits, NULL, 16);
	}
	return memcmp(header, "070701", 6) == 0;
}

static size_t padded(size_t offset)
{
	return (offset + 3) / 4 * 4;
}

/* The part of the name that counts. */
static size_t skip_dot(const char *name)
{
	return strncmp(name, "./", 2) == 0 ? 2 : 0;
}

static bool has_dots(const char *name)
{
	char *copy = strdup(name);
	char *rest = copy;
	bool found = false;

	for (const char *part = strtok_r(copy, "/", &rest); part != NULL; part = strtok_r(NULL, "/", &rest)) {
		found = found || strcmp(part, "..") == 0;
	}
	free(copy);
	return found;
}

static bool is_known(const struct second_archive *archive, const uint8_t *bytes, const char *name)
{
	for (size_t i = 0; i < archive->count; i++) {
		if (strcmp((const char *)bytes + archive->programs[i].name, name) == 0) {
			return true;
		}
	}
	return false;
}

/* False if there is no room for one more. */
static bool add(struct second_archive *archive, const uint8_t *bytes, const struct second_program *program,
		uint64_t mode)
{
	const char *name = (const char *)bytes + program->name;
	bool is_program = (mode & 0170000) == 0100000 && name[0] != '\0' && name[0] != '/' &&
			  strlen(name) < PANTHER_PATH_MAX && !has_dots(name) && !is_known(archive, bytes, name);

	if (!is_program) {
		return true;
	}
	if (archive->count == SECOND_PROGRAMS_MAX) {
		return false;
	}
	archive->programs[archive->count++] = *program;
	return true;
}

/* The name: not empty, with its NUL, in the archive. */
static bool name_is_sound(const uint8_t *bytes, size_t size, size_t name, uint64_t length)
{
	return length != 0 && length <= size - name && bytes[name] != '\0' && bytes[name + length - 1] == '\0';
}

bool second_read(struct second_archive *archive, const uint8_t *bytes, size_t size)
{
	size_t at = 0;

	archive->count = 0;
	for (size_t entries = 0; entries <= ENTRIES_MAX; entries++) {
		struct second_program program = {.name = at + HEADER};
		uint64_t fields[CHECK + 1];
		const char *name = (const char *)bytes + program.name;

		if (at > size || size - at < HEADER || !read_fields(bytes + at, fields) ||
		    !name_is_sound(bytes, size, program.name, fields[NAME_SIZE])) {
			return false;
		}
		if (strcmp(name, "TRAILER!!!") == 0) {
			return true;
		}
		program.file = padded(program.name + fields[NAME_SIZE]);
		program.size = fields[FILE_SIZE];
		if (program.file > size) {
			program.file = size;
		}
		if (program.size > size - program.file) {
			return false;
		}
		at = padded(program.file + program.size);
		program.name += skip_dot(name);
		if (!add(archive, bytes, &program, fields[MODE])) {
			return false;
		}
	}
	return false;
}
