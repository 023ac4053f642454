#include "tests/fuzz/device_tree_second.h"

#include <libfdt.h>
#include <stdbool.h>
#include <string.h>

#include "core/start/device_tree.h"
#include "tests/support/require.h"

/* A block of the blob, as libfdt reads the header. */
struct block {
	uint64_t start;
	uint64_t size;
};

static bool are_apart(struct block left, struct block right)
{
	return left.start + left.size <= right.start || right.start + right.size <= left.start;
}

/*
 * What follows are the reasons why our reader refuses a tree that libfdt takes. First what the header says: a size
 * beyond what arm64's booting.rst allows, blocks that are misaligned, leave the blob, lie in the
 * header or over one another, and strings of which the last has no end. libfdt judges only what it comes across.
 */
static bool header_is_refused(const void *blob)
{
	const char *bytes = blob;
	const uint64_t total = fdt_totalsize(blob);
	const struct block blocks[] = {
		{fdt_off_dt_struct(blob), fdt_size_dt_struct(blob)},
		{fdt_off_dt_strings(blob), fdt_size_dt_strings(blob)},
		{fdt_off_mem_rsvmap(blob), sizeof(struct fdt_reserve_entry)},
	};

	if (total > DEVICE_TREE_MAX) {
		return true;
	}
	for (size_t i = 0; i < 3; i++) {
		if (blocks[i].start < sizeof(struct fdt_header) || blocks[i].start + blocks[i].size > total) {
			return true;
		}
		for (size_t j = 0; j < i; j++) {
			if (!are_apart(blocks[i], blocks[j])) {
				return true;
			}
		}
	}
	return blocks[0].start % 4 != 0 || blocks[0].size % 4 != 0 || blocks[2].start % 8 != 0 ||
	       (blocks[1].size != 0 && bytes[blocks[1].start + blocks[1].size - 1] != '\0');
}

/* A value that is longer than its block: in libfdt 1.6.1 a sum wraps. */
static bool is_endless(const void *blob, int offset)
{
	const struct fdt_property *property = fdt_offset_ptr(blob, offset, sizeof(*property));

	return fdt32_ld(&property->len) > fdt_size_dt_struct(blob);
}

/* Then the structure block: FDT_END anywhere but as its last word, no root or two, properties that do not come first in
 * their node, nodes nested too deeply. */
static bool structure_is_refused(const void *blob)
{
	int next = 0;
	int depth = 0;
	unsigned roots = 0;
	bool may_have_properties = false;

	for (;;) {
		int offset = next;

		switch (fdt_next_tag(blob, offset, &next)) {
		case FDT_BEGIN_NODE:
			roots += depth == 0;
			depth++;
			may_have_properties = true;
			if (roots > 1 || depth > DEVICE_TREE_DEPTH_MAX) {
				return true;
			}
			break;
		case FDT_END_NODE:
			depth--;
			may_have_properties = false;
			break;
		case FDT_PROP:
			if (!may_have_properties || is_endless(blob, offset)) {
				return true;
			}
			break;
		case FDT_NOP:
			break;
		default:
			return roots != 1 || (uint32_t)next != fdt_size_dt_struct(blob);
		}
	}
}

/* Last the reservations: their end, which is a range of base 0 and size 0, lies behind the next block's beginning. For
 * libfdt any size of 0 is the end. */
static bool reservations_are_refused(const void *blob)
{
	const uint64_t starts[] = {fdt_off_dt_struct(blob), fdt_off_dt_strings(blob), fdt_totalsize(blob)};
	const uint64_t start = fdt_off_mem_rsvmap(blob);
	const uint64_t size = sizeof(struct fdt_reserve_entry);
	uint64_t end = UINT64_MAX;

	for (size_t i = 0; i < 3; i++) {
		if (starts[i] >= start && starts[i] < end) {
			end = starts[i];
		}
	}
	for (uint64_t at = start; at + size <= end; at += size) {
		static const uint8_t last[sizeof(struct fdt_reserve_entry)];

		if (memcmp((const char *)blob + at, last, size) == 0) {
			return false;
		}
	}
	return true;
}

/* Reads to the end of both blocks. */
static bool is_accepted(struct device_tree *tree, const uint8_t *blob, size_t size)
{
	struct phys_range range = {.base = 1};
	struct device_tree_walk walk;
	const char *reason;

	if (device_tree_open(tree, blob, size, &reason) != K_OK) {
		return false;
	}
	for (uint32_t i = 0; range.base != 0 || range.size != 0; i++) {
		if (device_tree_reservation(tree, i, &range) != K_OK) {
			return false;
		}
	}
	device_tree_walk_start(&walk, tree);
	while (device_tree_next_node(&walk)) {
	}
	return walk.reason == NULL;
}

/* A range of size 0 is the end for libfdt already. */
static void compare_reservations(const struct device_tree *tree, const uint8_t *blob)
{
	int count = fdt_num_mem_rsv(blob);
	struct phys_range range;

	for (int i = 0; i < count; i++) {
		uint64_t base;
		uint64_t size;

		REQUIRE(fdt_get_mem_rsv(blob, i, &base, &size) == 0);
		REQUIRE(device_tree_reservation(tree, (uint32_t)i, &range) == K_OK);
		REQUIRE(range.base == base && range.size == size);
	}
	REQUIRE(device_tree_reservation(tree, (uint32_t)count, &range) == K_OK && range.size == 0);
}

/* Lists of strings, of which the last has an end. */
static void compare_strings(const struct device_tree_property *property)
{
	/* Not "": there libfdt 1.6.1 looks at a byte behind the value. */
	static const char *const words[] = {"arm,psci", "arm,pl011", "okay"};
	const char *value = (const char *)property->value;
	int size = (int)property->size;

	if (size == 0 || value[size - 1] != '\0') {
		return;
	}
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		REQUIRE(device_tree_has_string(property, words[i]) ==
			(fdt_stringlist_contains(value, size, words[i]) != 0));
	}
	REQUIRE(device_tree_has_string(property, value));
}

static void compare_property(const struct device_tree_property *property, const uint8_t *blob, int offset)
{
	const char *name;
	int size;
	const uint8_t *value = fdt_getprop_by_offset(blob, offset, &name, &size);

	REQUIRE(value == property->value && (uint32_t)size == property->size);
	REQUIRE(name == property->name);
	REQUIRE(DEVICE_TREE_IS_NAMED(property, "compatible") == (strcmp(name, "compatible") == 0));
	REQUIRE(DEVICE_TREE_IS_NAMED(property, "reg") == (strcmp(name, "reg") == 0));
	compare_strings(property);
}

static void compare_node(struct device_tree_walk *walk, const uint8_t *blob, int node, int depth)
{
	struct device_tree_property property;
	int length;
	int offset;

	REQUIRE(walk->node_name == fdt_get_name(blob, node, &length));
	REQUIRE(strlen(walk->node_name) == (size_t)length && walk->depth == (unsigned)depth + 1);
	offset = fdt_first_property_offset(blob, node);
	while (device_tree_next_property(walk, &property)) {
		REQUIRE(offset >= 0);
		compare_property(&property, blob, offset);
		offset = fdt_next_property_offset(blob, offset);
	}
	REQUIRE(offset == -FDT_ERR_NOTFOUND);
}

static void compare_nodes(const struct device_tree *tree, const uint8_t *blob)
{
	struct device_tree_walk walk;
	int depth = -1;
	int node = fdt_next_node(blob, -1, &depth);

	device_tree_walk_start(&walk, tree);
	while (device_tree_next_node(&walk)) {
		REQUIRE(node >= 0 && depth >= 0);
		compare_node(&walk, blob, node, depth);
		node = fdt_next_node(blob, node, &depth);
	}
	REQUIRE(node < 0 || depth < 0);
}

/* The other way round: behind the root libfdt takes nothing but FDT_END, not even what says nothing. */
static bool libfdt_is_stricter(const struct device_tree *tree)
{
	const uint8_t *end = tree->blob + tree->structure + tree->structure_size;

	return read_be32(end - 2 * DEVICE_TREE_TOKEN_SIZE) == DEVICE_TREE_NOP;
}

/* Of old versions nothing is asked: libfdt 1.6.1 may crash. */
static bool libfdt_takes(const void *blob, size_t size)
{
	return size >= sizeof(struct fdt_header) && fdt_version(blob) >= 17 && fdt_check_full(blob, size) == 0;
}

static bool is_refused(const void *blob)
{
	return header_is_refused(blob) || structure_is_refused(blob) || reservations_are_refused(blob);
}

void second_tree_compare(const uint8_t *blob, size_t size)
{
	struct device_tree tree;
	bool is_taken = libfdt_takes(blob, size);

	if (is_accepted(&tree, blob, size)) {
		REQUIRE(is_taken || libfdt_is_stricter(&tree));
		REQUIRE(!is_refused(blob));
		compare_reservations(&tree, blob);
		compare_nodes(&tree, blob);
	} else if (is_taken) {
		REQUIRE(is_refused(blob));
	}
}
