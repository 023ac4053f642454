#include "tests/support/archive_builder.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PADDING 4
#define DIGITS 8

static void append(struct archive_builder *builder, const void *bytes, size_t size)
{
	if (size >= builder->capacity - builder->size) {
		builder->capacity = 2 * (builder->size + size + 1);
		builder->bytes = realloc(builder->bytes, builder->capacity);
	}
	if (builder->bytes == NULL) {
		abort();
	}
	if (size != 0) {
		memcpy(builder->bytes + builder->size, bytes, size);
	}
	builder->size += size;
}

static void pad(struct archive_builder *builder)
{
	static const uint8_t zeros[PADDING];

	append(builder, zeros, (PADDING - builder->size % PADDING) % PADDING);
}

void archive_poke(uint8_t *archive, size_t header, size_t field, uint32_t value)
{
	char digits[DIGITS + 1];

	(void)snprintf(digits, sizeof(digits), "%08X", (unsigned)value);
	memcpy(archive + header + field, digits, DIGITS);
}

size_t archive_builder_add(struct archive_builder *builder, const char *name, uint32_t mode, const void *bytes,
			   size_t size)
{
	size_t header = builder->size;
	char zeros[ARCHIVE_HEADER_SIZE];

	memset(zeros, '0', sizeof(zeros));
	memcpy(zeros, "070701", 6);
	append(builder, zeros, sizeof(zeros));
	archive_poke(builder->bytes, header, ARCHIVE_MODE, mode);
	archive_poke(builder->bytes, header, ARCHIVE_LINKS, 1);
	archive_poke(builder->bytes, header, ARCHIVE_FILE_SIZE, (uint32_t)size);
	archive_poke(builder->bytes, header, ARCHIVE_NAME_SIZE, (uint32_t)strlen(name) + 1);
	append(builder, name, strlen(name) + 1);
	pad(builder);
	append(builder, bytes, size);
	pad(builder);
	return header;
}

uint8_t *archive_builder_end(struct archive_builder *builder, size_t *size)
{
	uint8_t *bytes;

	(void)archive_builder_add(builder, "TRAILER!!!", 0, NULL, 0);
	*size = builder->size;
	bytes = realloc(builder->bytes, builder->size);
	if (bytes == NULL) {
		abort();
	}
	*builder = (struct archive_builder){0};
	return bytes;
}
