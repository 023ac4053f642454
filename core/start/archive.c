#include "core/start/archive.h"

#include "lib/memory.h"
#include "lib/string.h"

/* An entry is a header of a magic and thirteen fields of eight hexadecimal digits, a name, and a file; name and file
 * are padded to four bytes, counted from the archive's start (cpio(5), "New ASCII Format"). */
#define MAGIC "070701"
#define TRAILER "TRAILER!!!"
#define DIGITS 8
#define PADDING 4

enum {
	HEADER_FIELDS = 6,
	HEADER_MODE = 14,
	HEADER_FILE_SIZE = 54,
	HEADER_NAME_SIZE = 94,
	HEADER_SIZE = 110,
};

/* The kind of file in the mode (cpio(5)). */
#define MODE_KIND 0170000
#define MODE_REGULAR 0100000

struct reader {
	const uint8_t *bytes;
	size_t size;
	size_t offset; /* of what comes next, at most `size` */
	const char *reason;
};

struct entry {
	const char *name; /* NUL-terminated within its name_size bytes */
	size_t name_size;
	uint32_t mode;
	const uint8_t *file;
	size_t file_size;
};

static bool refuse(struct reader *reader, const char *reason)
{
	reader->reason = reason;
	return false;
}

/* The next `count` bytes, or NULL if there are fewer. */
static const uint8_t *take(struct reader *reader, size_t count)
{
	const uint8_t *taken = reader->bytes + reader->offset;

	if (count > reader->size - reader->offset) {
		return NULL;
	}
	reader->offset += count;
	return taken;
}

/* As much of the padding as there is: what is missing after that is somebody else's to miss. */
static void skip_padding(struct reader *reader)
{
	size_t rest = reader->size - reader->offset;
	size_t padding = (PADDING - reader->offset % PADDING) % PADDING;

	reader->offset += padding < rest ? padding : rest;
}

/* The digit's value, 16 if it is none. */
static uint32_t digit_value(uint8_t digit)
{
	if (digit >= '0' && digit <= '9') {
		return (uint32_t)digit - '0';
	}
	if (digit >= 'A' && digit <= 'F') {
		return (uint32_t)digit - 'A' + 10;
	}
	if (digit >= 'a' && digit <= 'f') {
		return (uint32_t)digit - 'a' + 10;
	}
	return 16;
}

static bool digits_are_sound(const uint8_t *header)
{
	for (size_t i = HEADER_FIELDS; i < HEADER_SIZE; i++) {
		if (digit_value(header[i]) == 16) {
			return false;
		}
	}
	return true;
}

static uint32_t field(const uint8_t *header, size_t offset)
{
	uint32_t value = 0;

	for (size_t i = 0; i < DIGITS; i++) {
		value = value << 4 | digit_value(header[offset + i]);
	}
	return value;
}

static bool read_header(struct reader *reader, struct entry *entry)
{
	const uint8_t *header = take(reader, HEADER_SIZE);

	if (header == NULL) {
		return refuse(reader, "the archive ends within a header");
	}
	if (k_memcmp(header, MAGIC, HEADER_FIELDS) != 0) {
		return refuse(reader, "a header without the magic 070701");
	}
	if (!digits_are_sound(header)) {
		return refuse(reader, "a header with a digit that is none");
	}
	entry->mode = field(header, HEADER_MODE);
	entry->file_size = field(header, HEADER_FILE_SIZE);
	entry->name_size = field(header, HEADER_NAME_SIZE);
	return true;
}

static bool read_name(struct reader *reader, struct entry *entry)
{
	const uint8_t *name = take(reader, entry->name_size);

	if (name == NULL) {
		return refuse(reader, "a name longer than the archive");
	}
	if (entry->name_size == 0 || name[entry->name_size - 1] != '\0') {
		return refuse(reader, "a name without its end");
	}
	if (name[0] == '\0') {
		return refuse(reader, "an empty name");
	}
	skip_padding(reader);
	entry->name = (const char *)name;
	return true;
}

static bool read_file(struct reader *reader, struct entry *entry)
{
	entry->file = take(reader, entry->file_size);
	if (entry->file == NULL) {
		return refuse(reader, "a file longer than the archive");
	}
	skip_padding(reader);
	return true;
}

/* Is one of the parts between slashes ".."? */
static bool leads_up(const char *name)
{
	bool is_start = true;

	for (; *name != '\0'; name++) {
		if (is_start && name[0] == '.' && name[1] == '.' && (name[2] == '/' || name[2] == '\0')) {
			return true;
		}
		is_start = *name == '/';
	}
	return false;
}

/* May a program have that name? */
static bool name_is_acceptable(const char *name)
{
	return name[0] != '\0' && name[0] != '/' && k_strnlen(name, PANTHER_PATH_MAX) < PANTHER_PATH_MAX &&
	       !leads_up(name);
}

/* Adds the entry if it is a program. */
static bool add_program(struct archive *archive, const struct entry *entry, struct reader *reader)
{
	const char *name = k_str_starts_with(entry->name, "./") ? entry->name + 2 : entry->name;

	if ((entry->mode & MODE_KIND) != MODE_REGULAR || !name_is_acceptable(name) ||
	    archive_find(archive, name) != NULL) {
		return true;
	}
	if (archive->count == ARCHIVE_PROGRAMS_MAX) {
		return refuse(reader, "too many programs");
	}
	archive->programs[archive->count] = (struct archive_program){
		.name = name,
		.name_length = k_strnlen(name, PANTHER_PATH_MAX),
		.file = entry->file,
		.size = entry->file_size,
	};
	archive->count++;
	return true;
}

static bool read_entries(struct archive *archive, struct reader *reader)
{
	for (size_t count = 0; count <= ARCHIVE_ENTRIES_MAX; count++) {
		struct entry entry;

		if (!read_header(reader, &entry) || !read_name(reader, &entry)) {
			return false;
		}
		if (k_str_equal(entry.name, TRAILER)) {
			return true;
		}
		if (count < ARCHIVE_ENTRIES_MAX &&
		    (!read_file(reader, &entry) || !add_program(archive, &entry, reader))) {
			return false;
		}
	}
	return refuse(reader, "too many entries");
}

bool archive_read(struct archive *archive, const uint8_t *bytes, size_t size, const char **reason)
{
	struct reader reader = {.bytes = bytes, .size = size};
	bool is_sound;

	archive->count = 0;
	is_sound = read_entries(archive, &reader);
	if (!is_sound) {
		*reason = reader.reason;
	}
	return is_sound;
}

const struct archive_program *archive_find(const struct archive *archive, const char *name)
{
	size_t length = k_strnlen(name, PANTHER_PATH_MAX);

	for (size_t i = 0; i < archive->count; i++) {
		const struct archive_program *program = &archive->programs[i];

		if (program->name_length == length && k_memcmp(program->name, name, length) == 0) {
			return program;
		}
	}
	return NULL;
}
