#include "tests/support/tree_builder.h"

#include <stdlib.h>
#include <string.h>

#define MAGIC 0xd00dfeed
#define VERSION 17
#define LAST_COMPATIBLE_VERSION 16

static void put(uint8_t *block, size_t *used, const void *bytes, size_t size)
{
	if (size > TREE_BUILDER_BLOCK_MAX - *used) {
		abort();
	}
	if (size != 0) {
		memcpy(block + *used, bytes, size);
	}
	*used += size;
}

static void put_u64(uint8_t *block, size_t *used, uint64_t value)
{
	uint8_t bytes[8];

	tree_poke(bytes, 0, (uint32_t)(value >> 32));
	tree_poke(bytes, 4, (uint32_t)(value & UINT32_MAX));
	put(block, used, bytes, sizeof(bytes));
}

/* Into the structure block, padded to a word. */
static void put_padded(struct tree_builder *builder, const void *bytes, size_t size)
{
	static const uint8_t zeros[4];

	put(builder->structure, &builder->structure_size, bytes, size);
	put(builder->structure, &builder->structure_size, zeros, (4 - size % 4) % 4);
}

void tree_start(struct tree_builder *builder)
{
	builder->reservations_size = 0;
	builder->structure_size = 0;
	builder->strings_size = 0;
}

void tree_reserve(struct tree_builder *builder, uint64_t base, uint64_t size)
{
	put_u64(builder->reservations, &builder->reservations_size, base);
	put_u64(builder->reservations, &builder->reservations_size, size);
}

void tree_word(struct tree_builder *builder, uint32_t word)
{
	uint8_t bytes[4];

	tree_poke(bytes, 0, word);
	put(builder->structure, &builder->structure_size, bytes, sizeof(bytes));
}

void tree_begin(struct tree_builder *builder, const char *name)
{
	tree_word(builder, TREE_TOKEN_BEGIN);
	put_padded(builder, name, strlen(name) + 1);
}

void tree_end(struct tree_builder *builder)
{
	tree_word(builder, TREE_TOKEN_END);
}

uint32_t tree_string(struct tree_builder *builder, const char *name)
{
	size_t offset = 0;

	while (offset < builder->strings_size && strcmp((const char *)builder->strings + offset, name) != 0) {
		offset += strlen((const char *)builder->strings + offset) + 1;
	}
	if (offset == builder->strings_size) {
		put(builder->strings, &builder->strings_size, name, strlen(name) + 1);
	}
	return (uint32_t)offset;
}

void tree_bytes(struct tree_builder *builder, const char *name, const void *value, size_t size)
{
	tree_word(builder, TREE_TOKEN_PROPERTY);
	tree_word(builder, (uint32_t)size);
	tree_word(builder, tree_string(builder, name));
	put_padded(builder, value, size);
}

void tree_text(struct tree_builder *builder, const char *name, const char *text)
{
	tree_bytes(builder, name, text, strlen(text) + 1);
}

void tree_u32(struct tree_builder *builder, const char *name, uint32_t value)
{
	uint8_t bytes[4];

	tree_poke(bytes, 0, value);
	tree_bytes(builder, name, bytes, sizeof(bytes));
}

void tree_u64(struct tree_builder *builder, const char *name, uint64_t value)
{
	tree_u64s(builder, name, 1, &value);
}

void tree_u64s(struct tree_builder *builder, const char *name, size_t count, const uint64_t *values)
{
	tree_word(builder, TREE_TOKEN_PROPERTY);
	tree_word(builder, (uint32_t)(count * sizeof(*values)));
	tree_word(builder, tree_string(builder, name));
	for (size_t i = 0; i < count; i++) {
		put_u64(builder->structure, &builder->structure_size, values[i]);
	}
}

uint8_t *tree_finish(struct tree_builder *builder, size_t *size)
{
	uint32_t structure;
	uint32_t strings;
	uint8_t *blob;

	tree_reserve(builder, 0, 0);
	tree_word(builder, TREE_TOKEN_LAST);
	structure = (uint32_t)(TREE_HEADER_SIZE + builder->reservations_size);
	strings = (uint32_t)(structure + builder->structure_size);
	*size = strings + builder->strings_size;
	blob = malloc(*size);
	if (blob == NULL) {
		abort();
	}
	tree_poke(blob, TREE_MAGIC, MAGIC);
	tree_poke(blob, TREE_TOTAL_SIZE, (uint32_t)*size);
	tree_poke(blob, TREE_STRUCTURE, structure);
	tree_poke(blob, TREE_STRINGS, strings);
	tree_poke(blob, TREE_RESERVATIONS, TREE_HEADER_SIZE);
	tree_poke(blob, TREE_VERSION, VERSION);
	tree_poke(blob, TREE_LAST_COMPATIBLE_VERSION, LAST_COMPATIBLE_VERSION);
	tree_poke(blob, TREE_BOOT_CPU, 0);
	tree_poke(blob, TREE_STRINGS_SIZE, (uint32_t)builder->strings_size);
	tree_poke(blob, TREE_STRUCTURE_SIZE, (uint32_t)builder->structure_size);
	memcpy(blob + TREE_HEADER_SIZE, builder->reservations, builder->reservations_size);
	memcpy(blob + structure, builder->structure, builder->structure_size);
	memcpy(blob + strings, builder->strings, builder->strings_size);
	return blob;
}

void tree_poke(uint8_t *blob, size_t offset, uint32_t value)
{
	for (size_t i = 0; i < 4; i++) {
		blob[offset + i] = (uint8_t)(value >> (24 - 8 * i) & 0xff);
	}
}

uint32_t tree_peek(const uint8_t *blob, size_t offset)
{
	uint32_t value = 0;

	for (size_t i = 0; i < 4; i++) {
		value = value << 8 | blob[offset + i];
	}
	return value;
}
