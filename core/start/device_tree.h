/*
 * A reader of flattened device trees (Devicetree Specification 0.4, chapter 5).
 * The blob is hostile input: every offset and length is checked against its
 * block before use, and nothing is written. One pass over the structure block,
 * no allocation, bounded depth.
 */
#ifndef CORE_START_DEVICE_TREE_H
#define CORE_START_DEVICE_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hal/address.h"
#include "lib/compiler.h"
#include "lib/endian.h"
#include "lib/status.h"

/* Largest blob that is accepted, as arm64 Linux's booting.rst has it. */
#define DEVICE_TREE_MAX 0x200000
/* Where the blob must be aligned to (section 5, and booting.rst). */
#define DEVICE_TREE_ALIGNMENT 8
/* Deepest nesting that is accepted; QEMU's virt has 5. */
#define DEVICE_TREE_DEPTH_MAX 16

/* A tree whose header was found to be sound. Offsets are from the start of the blob, sizes in bytes. */
struct device_tree {
	const uint8_t *blob;
	uint32_t total_size;
	uint32_t structure; /* the structure block; its last word is FDT_END */
	uint32_t structure_size;
	uint32_t strings; /* the strings block; empty, or its last byte is NUL */
	uint32_t strings_size;
	uint32_t
		reservations; /* the memory reservation block, and where the next block (or the blob's end) bounds it */
	uint32_t reservations_end;
};

/*
 * Checks the header and the blocks' bounds, against `limit` bytes that may be read. K_EINVAL and a reason (a static
 * string) if it is not an acceptable tree: wrong magic, size or version (17 is read); a block that is misaligned,
 * leaves the blob or overlaps another or the header; a structure block without FDT_END as its last word; a last
 * string without an end. The blob stays the caller's and must outlive the tree.
 */
K_MUST_USE k_status device_tree_open(struct device_tree *tree, const uint8_t *blob, size_t limit, const char **reason);

/* The index-th entry of the memory reservation block; base 0 with size 0 marks its end. K_EINVAL if the block has no
 * such entry: called with 0, 1, 2, ..., that is a block without an end. */
K_MUST_USE k_status device_tree_reservation(const struct device_tree *tree, uint32_t index, struct phys_range *range);

/* A property as the walk meets it. The pointers lie inside the blob and are checked; name is NUL-terminated. */
struct device_tree_property {
	const char *name;
	uint32_t name_room; /* bytes from `name` to the end of the strings block */
	uint32_t size;
	const uint8_t *value;
};

/*
 * A walk over the structure block, node by node and within a node property by property:
 *
 *   device_tree_walk_start(&walk, &tree);
 *   while (device_tree_next_node(&walk))
 *           while (device_tree_next_property(&walk, &property))
 *                   ...
 *   if (walk.reason != NULL)
 *           the tree is malformed, and the walk ended there
 *
 * The properties of a node need not be asked for; those that were not are checked all the same.
 */
struct device_tree_walk {
	const uint8_t *next; /* token, in the structure block */
	const uint8_t *end;  /* of the structure block; FDT_END is the last token before it */
	const char *strings;
	uint32_t strings_size;
	unsigned depth; /* of the node at hand; the root has depth 1 */
	bool has_root;
	const char *node_name;
	const char *reason; /* what is malformed (a static string), or NULL */
};

void device_tree_walk_start(struct device_tree_walk *walk, const struct device_tree *tree);

/*
 * Moves to the next node, parents before their children. False at the end, or with a reason if the block is
 * malformed on the way there: an unknown token, a name or value outside its block, properties after children, too
 * deep, unbalanced, not exactly one root, an end before the end.
 */
K_MUST_USE bool device_tree_next_node(struct device_tree_walk *walk);

/* Section 5.4.1. */
enum device_tree_token {
	DEVICE_TREE_BEGIN_NODE = 1,
	DEVICE_TREE_END_NODE = 2,
	DEVICE_TREE_PROPERTY = 3,
	DEVICE_TREE_NOP = 4,
	DEVICE_TREE_END = 9,
};

#define DEVICE_TREE_TOKEN_SIZE 4
/* The token, the value's size, the name's offset. The value follows, padded to a token. */
#define DEVICE_TREE_PROPERTY_SIZE 12

/* The next property of the node at hand, in the order of the tree. False after the last one, or with a reason if it is
 * malformed. Inline, as nearly all of a tree is properties. */
K_MUST_USE K_ALWAYS_INLINE bool device_tree_next_property(struct device_tree_walk *walk,
							  struct device_tree_property *property)
{
	const uint8_t *token = walk->next;
	size_t room;
	uint32_t size;
	uint32_t name;

	while (read_be32(token) == DEVICE_TREE_NOP) {
		token += DEVICE_TREE_TOKEN_SIZE;
	}
	if (read_be32(token) != DEVICE_TREE_PROPERTY) {
		return false;
	}
	/* This is not FDT_END, so that comes behind it. It is no part of the room. */
	room = (size_t)(walk->end - token) - DEVICE_TREE_TOKEN_SIZE;
	size = read_be32(token + 4);
	if (room < DEVICE_TREE_PROPERTY_SIZE || size > room - DEVICE_TREE_PROPERTY_SIZE) {
		walk->reason = "property leaves its block";
		return false;
	}
	name = read_be32(token + 8);
	if (name >= walk->strings_size) {
		walk->reason = "property name outside its block";
		return false;
	}
	property->name = walk->strings + name;
	property->name_room = walk->strings_size - name;
	property->size = size;
	property->value = token + DEVICE_TREE_PROPERTY_SIZE;
	walk->next = property->value + ((size + 3) & ~(uint32_t)3);
	return true;
}

/* Is the property's name this string literal? Unrolled by the compiler into comparisons of words. */
#define DEVICE_TREE_IS_NAMED(property, literal) device_tree_is_named(property, literal, sizeof(literal))

K_MUST_USE K_ALWAYS_INLINE bool device_tree_is_named(const struct device_tree_property *property, const char *name,
						     uint32_t size)
{
	uint32_t done = 0;

	if (property->name_room < size) {
		return false;
	}
	for (; size - done >= sizeof(uint64_t); done += sizeof(uint64_t)) {
		uint64_t left;
		uint64_t right;

		__builtin_memcpy(&left, property->name + done, sizeof(left));
		__builtin_memcpy(&right, name + done, sizeof(right));
		if (left != right) {
			return false;
		}
	}
	for (; done < size; done++) {
		if (property->name[done] != name[done]) {
			return false;
		}
	}
	return true;
}

/* Is `text` one of the NUL-terminated strings of the value (as in `compatible`)? If the last one has no end, none is.
 */
K_MUST_USE bool device_tree_has_string(const struct device_tree_property *property, const char *text);

/* Reads `cells` (1 or 2) big-endian 32-bit cells at `offset` of the value. K_EINVAL if they are not all there or cells
 * is neither. */
K_MUST_USE k_status device_tree_cells(const struct device_tree_property *property, uint32_t offset, uint32_t cells,
				      uint64_t *value);

#endif
