#include "core/start/device_tree.h"

#include "lib/bits.h"
#include "lib/endian.h"
#include "lib/string.h"

/* The header's fields, by offset: ten big-endian words (Devicetree Specification 0.4, section 5.2). */
enum {
	HEADER_MAGIC = 0,
	HEADER_TOTAL_SIZE = 4,
	HEADER_STRUCTURE = 8,
	HEADER_STRINGS = 12,
	HEADER_RESERVATIONS = 16,
	HEADER_VERSION = 20,
	HEADER_LAST_COMPATIBLE_VERSION = 24,
	HEADER_STRINGS_SIZE = 32,
	HEADER_STRUCTURE_SIZE = 36,
	HEADER_SIZE = 40,
};

#define TREE_MAGIC 0xd00dfeed
#define TREE_VERSION 17
#define RESERVATION_SIZE 16 /* two 64-bit words, aligned to 8 (section 5.3) */

static k_status refuse(const char **reason, const char *why)
{
	*reason = why;
	return K_EINVAL;
}

/* Does the block lie between the header and the end of the blob? */
static bool is_inside(const struct device_tree *tree, uint32_t offset, uint32_t size)
{
	return offset >= HEADER_SIZE && offset <= tree->total_size && size <= tree->total_size - offset;
}

/* Both blocks are inside the blob, so neither sum wraps. */
static bool is_apart(uint32_t offset, uint32_t size, uint32_t other_offset, uint32_t other_size)
{
	return offset + size <= other_offset || other_offset + other_size <= offset;
}

/* The sentinel that lets a walk look for tokens and for the end of a name without asking where the block ends. */
static bool structure_is_sound(const struct device_tree *tree)
{
	return is_inside(tree, tree->structure, tree->structure_size) &&
	       is_aligned(tree->structure, DEVICE_TREE_TOKEN_SIZE) &&
	       is_aligned(tree->structure_size, DEVICE_TREE_TOKEN_SIZE) &&
	       tree->structure_size >= DEVICE_TREE_TOKEN_SIZE &&
	       read_be32(tree->blob + tree->structure + (tree->structure_size - DEVICE_TREE_TOKEN_SIZE)) ==
		       DEVICE_TREE_END;
}

/* With a NUL at its very end, every string that starts in the block also ends in it. */
static bool strings_are_sound(const struct device_tree *tree)
{
	return is_inside(tree, tree->strings, tree->strings_size) &&
	       (tree->strings_size == 0 || tree->blob[tree->strings + (tree->strings_size - 1)] == '\0');
}

/* The block has no size of its own: it must end where another begins. */
static bool bound_reservations(struct device_tree *tree)
{
	uint32_t start = tree->reservations;
	uint32_t end = tree->total_size;

	if (tree->structure >= start) {
		end = tree->structure;
	}
	if (tree->strings >= start && tree->strings < end) {
		end = tree->strings;
	}
	tree->reservations_end = end;
	return is_inside(tree, start, RESERVATION_SIZE) && is_aligned(start, 8) &&
	       is_apart(start, RESERVATION_SIZE, tree->structure, tree->structure_size) &&
	       is_apart(start, RESERVATION_SIZE, tree->strings, tree->strings_size);
}

static void read_header(struct device_tree *tree, const uint8_t *blob)
{
	tree->blob = blob;
	tree->total_size = read_be32(blob + HEADER_TOTAL_SIZE);
	tree->structure = read_be32(blob + HEADER_STRUCTURE);
	tree->structure_size = read_be32(blob + HEADER_STRUCTURE_SIZE);
	tree->strings = read_be32(blob + HEADER_STRINGS);
	tree->strings_size = read_be32(blob + HEADER_STRINGS_SIZE);
	tree->reservations = read_be32(blob + HEADER_RESERVATIONS);
}

k_status device_tree_open(struct device_tree *tree, const uint8_t *blob, size_t limit, const char **reason)
{
	struct device_tree found;

	if (limit < HEADER_SIZE || read_be32(blob + HEADER_MAGIC) != TREE_MAGIC) {
		return refuse(reason, "no device tree there");
	}
	read_header(&found, blob);
	if (found.total_size < HEADER_SIZE || found.total_size > DEVICE_TREE_MAX || found.total_size > limit) {
		return refuse(reason, "total size out of bounds");
	}
	if (read_be32(blob + HEADER_VERSION) < TREE_VERSION ||
	    read_be32(blob + HEADER_LAST_COMPATIBLE_VERSION) > TREE_VERSION) {
		return refuse(reason, "version is not 17");
	}
	if (!structure_is_sound(&found)) {
		return refuse(reason, "structure block malformed");
	}
	if (!strings_are_sound(&found) ||
	    !is_apart(found.structure, found.structure_size, found.strings, found.strings_size)) {
		return refuse(reason, "strings block malformed");
	}
	if (!bound_reservations(&found)) {
		return refuse(reason, "memory reservation block malformed");
	}
	*tree = found;
	return K_OK;
}

k_status device_tree_reservation(const struct device_tree *tree, uint32_t index, struct phys_range *range)
{
	const uint8_t *entry;

	if (index >= (tree->reservations_end - tree->reservations) / RESERVATION_SIZE) {
		return K_EINVAL;
	}
	entry = tree->blob + tree->reservations + index * RESERVATION_SIZE;
	range->base = read_be64(entry);
	range->size = read_be64(entry + sizeof(uint64_t));
	return K_OK;
}

void device_tree_walk_start(struct device_tree_walk *walk, const struct device_tree *tree)
{
	*walk = (struct device_tree_walk){
		.next = tree->blob + tree->structure,
		.end = tree->blob + tree->structure + tree->structure_size,
		.strings = (const char *)tree->blob + tree->strings,
		.strings_size = tree->strings_size,
	};
}

static bool stop(struct device_tree_walk *walk, const char *reason)
{
	walk->reason = reason;
	return false;
}

/* Is one of the word's four bytes zero? Seven bits plus 0x7f carry into the eighth unless they are zero; no sum wraps.
 */
static bool has_zero_byte(uint32_t word)
{
	return ((((word & 0x7f7f7f7f) + 0x7f7f7f7f) | word) & 0x80808080) != 0x80808080;
}

/* The token and the name, padded to a token. FDT_END has zero bytes: the search ends there at the latest. */
static bool begin_node(struct device_tree_walk *walk)
{
	const uint8_t *name = walk->next + DEVICE_TREE_TOKEN_SIZE;
	const uint8_t *word = name;

	if (walk->depth == DEVICE_TREE_DEPTH_MAX) {
		return stop(walk, "nodes nested too deeply");
	}
	if (walk->depth == 0 && walk->has_root) {
		return stop(walk, "two roots");
	}
	while (!has_zero_byte(read_be32(word))) {
		word += DEVICE_TREE_TOKEN_SIZE;
	}
	if (walk->end - word == DEVICE_TREE_TOKEN_SIZE) {
		return stop(walk, "node name without an end");
	}
	if (walk->depth == 0 && *name != '\0') {
		return stop(walk, "a root with a name");
	}
	walk->node_name = (const char *)name;
	walk->next = word + DEVICE_TREE_TOKEN_SIZE;
	walk->depth++;
	walk->has_root = true;
	return true;
}

static bool end_tree(struct device_tree_walk *walk)
{
	if (walk->depth != 0 || !walk->has_root || walk->end - walk->next != DEVICE_TREE_TOKEN_SIZE) {
		return stop(walk, "tree ends too early");
	}
	return false;
}

/* Those of the node at hand that nobody asked for. */
static void skip_properties(struct device_tree_walk *walk)
{
	struct device_tree_property property;

	while (device_tree_next_property(walk, &property)) {
	}
}

bool device_tree_next_node(struct device_tree_walk *walk)
{
	if (walk->depth != 0) {
		skip_properties(walk);
	}
	while (walk->reason == NULL) {
		switch (read_be32(walk->next)) {
		case DEVICE_TREE_END_NODE:
			if (walk->depth == 0) {
				return stop(walk, "node ended twice");
			}
			walk->depth--;
			break;
		case DEVICE_TREE_BEGIN_NODE:
			return begin_node(walk);
		case DEVICE_TREE_END:
			return end_tree(walk);
		case DEVICE_TREE_PROPERTY:
			return stop(walk, "property outside its place");
		case DEVICE_TREE_NOP:
			break;
		default:
			return stop(walk, "unknown token");
		}
		walk->next += DEVICE_TREE_TOKEN_SIZE;
	}
	return false;
}

bool device_tree_has_string(const struct device_tree_property *property, const char *text)
{
	const char *string = (const char *)property->value;
	const char *end = string + property->size;

	if (property->size == 0 || end[-1] != '\0') {
		return false;
	}
	while (string != end) {
		if (*string == *text && k_str_equal(string, text)) {
			return true;
		}
		while (*string++ != '\0') {
		}
	}
	return false;
}

k_status device_tree_cells(const struct device_tree_property *property, uint32_t offset, uint32_t cells,
			   uint64_t *value)
{
	if ((cells != 1 && cells != 2) || offset > property->size || cells * 4 > property->size - offset) {
		return K_EINVAL;
	}
	*value = cells == 1 ? read_be32(property->value + offset) : read_be64(property->value + offset);
	return K_OK;
}
