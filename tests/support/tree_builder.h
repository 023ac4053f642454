/*
 * Makes flattened device trees, sound ones and, with a little help, broken ones
 * (Devicetree Specification 0.4, chapter 5). For tests: what does not fit aborts.
 */
#ifndef TESTS_SUPPORT_TREE_BUILDER_H
#define TESTS_SUPPORT_TREE_BUILDER_H

#include <stddef.h>
#include <stdint.h>

#define TREE_BUILDER_BLOCK_MAX 16384

/* Offsets of the header's fields, to break them. */
enum tree_header {
	TREE_MAGIC = 0,
	TREE_TOTAL_SIZE = 4,
	TREE_STRUCTURE = 8,
	TREE_STRINGS = 12,
	TREE_RESERVATIONS = 16,
	TREE_VERSION = 20,
	TREE_LAST_COMPATIBLE_VERSION = 24,
	TREE_BOOT_CPU = 28,
	TREE_STRINGS_SIZE = 32,
	TREE_STRUCTURE_SIZE = 36,
	TREE_HEADER_SIZE = 40,
};

enum { TREE_TOKEN_BEGIN = 1, TREE_TOKEN_END = 2, TREE_TOKEN_PROPERTY = 3, TREE_TOKEN_NOP = 4, TREE_TOKEN_LAST = 9 };

struct tree_builder {
	size_t reservations_size;
	size_t structure_size;
	size_t strings_size;
	uint8_t reservations[TREE_BUILDER_BLOCK_MAX];
	uint8_t structure[TREE_BUILDER_BLOCK_MAX];
	uint8_t strings[TREE_BUILDER_BLOCK_MAX];
};

void tree_start(struct tree_builder *builder);

void tree_reserve(struct tree_builder *builder, uint64_t base, uint64_t size);

/* Any word of the structure block, well placed or not. */
void tree_word(struct tree_builder *builder, uint32_t word);
void tree_begin(struct tree_builder *builder, const char *name);
void tree_end(struct tree_builder *builder);

/* A property of the node at hand: bytes, a string, numbers of 32 or 64 bits. */
void tree_bytes(struct tree_builder *builder, const char *name, const void *value, size_t size);
void tree_text(struct tree_builder *builder, const char *name, const char *text);
void tree_u32(struct tree_builder *builder, const char *name, uint32_t value);
void tree_u64(struct tree_builder *builder, const char *name, uint64_t value);
void tree_u64s(struct tree_builder *builder, const char *name, size_t count, const uint64_t *values);

/* Where in the strings block the name is; it is put there if it is new. */
uint32_t tree_string(struct tree_builder *builder, const char *name);

/* Puts header, reservations (with their end), structure (with FDT_END) and strings together. Returns the blob, which
 * is freed with free(), has exactly *size bytes and is aligned to 8: reading beyond it is an error that ASan sees. */
uint8_t *tree_finish(struct tree_builder *builder, size_t *size);

/* Big-endian words of a blob. */
void tree_poke(uint8_t *blob, size_t offset, uint32_t value);
uint32_t tree_peek(const uint8_t *blob, size_t offset);

#endif
