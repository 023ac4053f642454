/*
 * The header of a flattened device tree and its blocks, sound ones and each way
 * to break them (Devicetree Specification 0.4, sections 5.1 and 5.2). The blobs
 * have exactly their size, so ASan sees any byte too many.
 */
#include "tests/unit/judge_tree.h"

static struct tree_builder builder;

/* A root with a property, two children, one grandchild. */
static uint8_t *small_tree(size_t *size)
{
	tree_start(&builder);
	tree_begin(&builder, "");
	tree_text(&builder, "model", "small");
	tree_begin(&builder, "first@1000");
	tree_u32(&builder, "reg", 0x1000);
	tree_begin(&builder, "inner");
	tree_bytes(&builder, "empty", NULL, 0);
	tree_end(&builder);
	tree_end(&builder);
	tree_begin(&builder, "second");
	tree_text(&builder, "model", "second");
	tree_end(&builder);
	tree_end(&builder);
	return tree_finish(&builder, size);
}

static void more_bytes_than_the_tree_are_fine(void **state)
{
	size_t size;
	uint8_t *blob = small_tree(&size);

	(void)state;
	assert_null(judge(blob, size));
	assert_null(judge(blob, SIZE_MAX));
	free(blob);
}

/* B02: at each length but the whole one the header, or the bytes that it promises, are missing. */
static void a_truncated_blob_is_refused_at_every_byte(void **state)
{
	size_t size;
	uint8_t *blob = small_tree(&size);

	(void)state;
	for (size_t length = 0; length < size; length++) {
		uint8_t *cut = malloc(length == 0 ? 1 : length);

		memcpy(cut, blob, length);
		assert_refused(cut, length,
			       length < TREE_HEADER_SIZE ? "no device tree there" : "total size out of bounds");
		if (length >= TREE_HEADER_SIZE) {
			/* And when the header itself promises no more: the strings are the last block. */
			tree_poke(cut, TREE_TOTAL_SIZE, (uint32_t)length);
			assert_non_null(judge(cut, length));
		}
		free(cut);
	}
	free(blob);
}

static void a_cut_structure_is_refused_at_every_word(void **state)
{
	size_t size;
	uint8_t *blob = small_tree(&size);
	uint32_t whole = tree_peek(blob, TREE_STRUCTURE_SIZE);
	uint32_t start = tree_peek(blob, TREE_STRUCTURE);

	(void)state;
	for (uint32_t length = 0; length < whole; length++) {
		tree_poke(blob, TREE_STRUCTURE_SIZE, length);
		if (length % 4 == 0 && length >= 4) {
			uint32_t word = tree_peek(blob, start + length - 4);

			/* With FDT_END where it has to be, too. */
			tree_poke(blob, start + length - 4, TREE_TOKEN_LAST);
			assert_non_null(judge(blob, size));
			tree_poke(blob, start + length - 4, word);
		}
		assert_refused(blob, size, "structure block malformed");
	}
	free(blob);
}

/* Whatever a byte is changed to, nothing outside the blob is read. */
static void every_byte_may_be_wrong(void **state)
{
	static const uint8_t values[] = {0x00, 0x01, 0x04, 0x7f, 0x80, 0xff};
	size_t size;
	uint8_t *blob = small_tree(&size);

	(void)state;
	for (size_t index = 0; index < size; index++) {
		uint8_t byte = blob[index];

		for (size_t value = 0; value < sizeof(values); value++) {
			blob[index] = values[value];
			(void)judge(blob, size);
		}
		blob[index] = byte;
	}
	assert_null(judge(blob, size));
	free(blob);
}

/* A header field with this value, in a tree that is sound otherwise. */
static void refuse_field(enum tree_header field, uint32_t value, const char *why)
{
	size_t size;
	uint8_t *blob = small_tree(&size);

	tree_poke(blob, field, value);
	assert_refused(blob, size, why);
	free(blob);
}

static void wrong_magic_size_or_version(void **state)
{
	size_t size;

	(void)state;
	free(small_tree(&size));
	refuse_field(TREE_MAGIC, 0, "no device tree there");
	refuse_field(TREE_MAGIC, 0xedfe0dd0, "no device tree there");
	refuse_field(TREE_TOTAL_SIZE, 0, "total size out of bounds");
	refuse_field(TREE_TOTAL_SIZE, 39, "total size out of bounds");
	refuse_field(TREE_TOTAL_SIZE, 40, "structure block malformed");
	refuse_field(TREE_TOTAL_SIZE, (uint32_t)size + 1, "total size out of bounds");
	refuse_field(TREE_TOTAL_SIZE, DEVICE_TREE_MAX + 1, "total size out of bounds");
	refuse_field(TREE_TOTAL_SIZE, UINT32_MAX, "total size out of bounds");
	refuse_field(TREE_VERSION, 16, "version is not 17");
	refuse_field(TREE_VERSION, 0, "version is not 17");
	refuse_field(TREE_LAST_COMPATIBLE_VERSION, 18, "version is not 17");
}

static void versions_that_can_be_read(void **state)
{
	size_t size;
	uint8_t *blob = small_tree(&size);

	(void)state;
	tree_poke(blob, TREE_LAST_COMPATIBLE_VERSION, 17);
	assert_null(judge(blob, size));
	tree_poke(blob, TREE_VERSION, 18);
	assert_null(judge(blob, size));
	free(blob);
}

static void the_largest_tree_and_one_byte_more(void **state)
{
	size_t size;
	uint8_t *blob = small_tree(&size);
	uint8_t *large = calloc(1, DEVICE_TREE_MAX + 1);

	(void)state;
	memcpy(large, blob, size);
	tree_poke(large, TREE_TOTAL_SIZE, DEVICE_TREE_MAX);
	assert_null(judge(large, DEVICE_TREE_MAX + 1));
	assert_refused(large, DEVICE_TREE_MAX - 1, "total size out of bounds");
	tree_poke(large, TREE_TOTAL_SIZE, DEVICE_TREE_MAX + 1);
	assert_refused(large, DEVICE_TREE_MAX + 1, "total size out of bounds");
	free(large);
	free(blob);
}

/* B03, for the structure block. */
static void the_structure_block_is_bounded(void **state)
{
	static const char why[] = "structure block malformed";
	size_t size;
	uint8_t *blob = small_tree(&size);
	uint32_t start = tree_peek(blob, TREE_STRUCTURE);
	uint32_t length = tree_peek(blob, TREE_STRUCTURE_SIZE);

	(void)state;
	free(blob);
	refuse_field(TREE_STRUCTURE, 0, why);
	refuse_field(TREE_STRUCTURE, 36, why);
	refuse_field(TREE_STRUCTURE, start + 1, why);
	refuse_field(TREE_STRUCTURE, start + 2, why);
	refuse_field(TREE_STRUCTURE, (uint32_t)size, why);
	refuse_field(TREE_STRUCTURE, 0xfffffffc, why);
	refuse_field(TREE_STRUCTURE_SIZE, 0, why);
	refuse_field(TREE_STRUCTURE_SIZE, length - 1, why);
	refuse_field(TREE_STRUCTURE_SIZE, length - 4, why);
	refuse_field(TREE_STRUCTURE_SIZE, length + 4, why);
	refuse_field(TREE_STRUCTURE_SIZE, 0xfffffffc, why);
	/* The sum of start and size wraps to something small. */
	refuse_field(TREE_STRUCTURE_SIZE, 0 - start, why);
}

static void the_strings_block_is_bounded(void **state)
{
	static const char why[] = "strings block malformed";
	size_t size;
	uint8_t *blob = small_tree(&size);
	uint32_t start = tree_peek(blob, TREE_STRINGS);
	uint32_t length = tree_peek(blob, TREE_STRINGS_SIZE);

	(void)state;
	refuse_field(TREE_STRINGS, 0, why);
	refuse_field(TREE_STRINGS, 39, why);
	refuse_field(TREE_STRINGS, start + 1, why);
	refuse_field(TREE_STRINGS, UINT32_MAX, why);
	refuse_field(TREE_STRINGS_SIZE, length + 1, why);
	refuse_field(TREE_STRINGS_SIZE, UINT32_MAX, why);
	refuse_field(TREE_STRINGS_SIZE, 0 - start, why);
	/* The last name has no NUL. */
	refuse_field(TREE_STRINGS_SIZE, length - 1, why);
	blob[start + length - 1] = 'x';
	assert_refused(blob, size, why);
	free(blob);
}

/* The reservation block is told from the others by where it starts. */
static void blocks_do_not_overlap(void **state)
{
	size_t size;
	uint8_t *blob = small_tree(&size);
	uint32_t structure = tree_peek(blob, TREE_STRUCTURE);
	uint32_t structure_size = tree_peek(blob, TREE_STRUCTURE_SIZE);
	uint32_t strings = tree_peek(blob, TREE_STRINGS);

	(void)state;
	assert_int_equal(structure + structure_size, strings);
	free(blob);
	/* FDT_END's last byte but one is a NUL: a strings block may seem to end there. */
	blob = small_tree(&size);
	tree_poke(blob, TREE_STRINGS, structure);
	tree_poke(blob, TREE_STRINGS_SIZE, structure_size - 1);
	assert_refused(blob, size, "strings block malformed");
	free(blob);
	refuse_field(TREE_STRINGS, strings - 1, "strings block malformed");
	refuse_field(TREE_RESERVATIONS, 0, "memory reservation block malformed");
	refuse_field(TREE_RESERVATIONS, 32, "memory reservation block malformed");
	refuse_field(TREE_RESERVATIONS, 44, "memory reservation block malformed");
	refuse_field(TREE_RESERVATIONS, structure - 8, "memory reservation block malformed");
	refuse_field(TREE_RESERVATIONS, structure, "memory reservation block malformed");
	refuse_field(TREE_RESERVATIONS, structure + 8, "memory reservation block malformed");
	refuse_field(TREE_RESERVATIONS, (uint32_t)size & ~7U, "memory reservation block malformed");
	refuse_field(TREE_RESERVATIONS, 0xfffffff8, "memory reservation block malformed");
}

/* Sound in all but where it lies: `gap` bytes are put in front of the structure or of the reservations. */
static const char *judge_shifted(size_t gap)
{
	size_t size;
	uint8_t *blob = small_tree(&size);
	uint32_t structure = tree_peek(blob, TREE_STRUCTURE);
	uint8_t *shifted = calloc(1, size + gap);
	const char *reason;

	memcpy(shifted, blob, structure);
	memcpy(shifted + structure + gap, blob + structure, size - structure);
	tree_poke(shifted, TREE_STRUCTURE, structure + (uint32_t)gap);
	tree_poke(shifted, TREE_STRINGS, tree_peek(blob, TREE_STRINGS) + (uint32_t)gap);
	tree_poke(shifted, TREE_TOTAL_SIZE, (uint32_t)(size + gap));
	reason = judge(shifted, size + gap);
	free(shifted);
	free(blob);
	return reason;
}

static void blocks_are_aligned(void **state)
{
	size_t size;
	uint8_t *blob = small_tree(&size);
	uint8_t *grown = calloc(1, size + 2);
	uint32_t end = tree_peek(blob, TREE_STRINGS);

	(void)state;
	assert_null(judge_shifted(0));
	assert_null(judge_shifted(4));
	assert_string_equal(judge_shifted(1), "structure block malformed");
	assert_string_equal(judge_shifted(2), "structure block malformed");
	/* Two bytes more in front of FDT_END. */
	memcpy(grown, blob, end - 4);
	memcpy(grown + end - 2, blob + end - 4, size - end + 4);
	tree_poke(grown, TREE_STRUCTURE_SIZE, tree_peek(blob, TREE_STRUCTURE_SIZE) + 2);
	tree_poke(grown, TREE_STRINGS, end + 2);
	tree_poke(grown, TREE_TOTAL_SIZE, (uint32_t)size + 2);
	assert_refused(grown, size + 2, "structure block malformed");
	free(grown);
	free(blob);
}

static void a_tree_without_properties_needs_no_strings(void **state)
{
	(void)state;
	tree_start(&builder);
	tree_begin(&builder, "");
	tree_end(&builder);
	finish_and_accept(&builder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(more_bytes_than_the_tree_are_fine),
		cmocka_unit_test(a_truncated_blob_is_refused_at_every_byte),
		cmocka_unit_test(a_cut_structure_is_refused_at_every_word),
		cmocka_unit_test(every_byte_may_be_wrong),
		cmocka_unit_test(wrong_magic_size_or_version),
		cmocka_unit_test(versions_that_can_be_read),
		cmocka_unit_test(the_largest_tree_and_one_byte_more),
		cmocka_unit_test(the_structure_block_is_bounded),
		cmocka_unit_test(the_strings_block_is_bounded),
		cmocka_unit_test(blocks_do_not_overlap),
		cmocka_unit_test(blocks_are_aligned),
		cmocka_unit_test(a_tree_without_properties_needs_no_strings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
