/*
 * Is a blob a sound device tree, from its header to FDT_END?
 */
#ifndef TESTS_UNIT_JUDGE_TREE_H
#define TESTS_UNIT_JUDGE_TREE_H

#include <stdlib.h>
#include <string.h>

#include "core/start/device_tree.h"
#include "tests/support/tree_builder.h"
#include "tests/unit/cmocka_test.h"

/* Walks over everything and looks at every byte that the walk hands out. NULL, or why the tree is malformed. */
static inline const char *judge_walk(const struct device_tree *tree)
{
	struct device_tree_walk walk;
	struct device_tree_property property;
	volatile unsigned sum = 0;

	device_tree_walk_start(&walk, tree);
	while (device_tree_next_node(&walk)) {
		assert_in_range(walk.depth, 1, DEVICE_TREE_DEPTH_MAX);
		sum += (unsigned)strlen(walk.node_name);
		while (device_tree_next_property(&walk, &property)) {
			assert_true(strlen(property.name) < property.name_room);
			for (uint32_t i = 0; i < property.size; i++) {
				sum += property.value[i];
			}
		}
	}
	/* The end is the end. */
	assert_false(device_tree_next_node(&walk));
	return walk.reason;
}

/* The same without asking for any property: what is skipped is checked as well. */
static inline const char *judge_skipping(const struct device_tree *tree)
{
	struct device_tree_walk walk;

	device_tree_walk_start(&walk, tree);
	while (device_tree_next_node(&walk)) {
	}
	return walk.reason;
}

static inline const char *judge(const uint8_t *blob, size_t limit)
{
	struct device_tree tree;
	const char *reason = NULL;

	if (device_tree_open(&tree, blob, limit, &reason) != K_OK) {
		assert_non_null(reason);
		return reason;
	}
	assert_null(reason);
	reason = judge_walk(&tree);
	assert_ptr_equal(judge_skipping(&tree), reason);
	return reason;
}

static inline void assert_refused(const uint8_t *blob, size_t limit, const char *why)
{
	const char *reason = judge(blob, limit);

	assert_non_null(reason);
	assert_string_equal(reason, why);
}

/* Of the builder's tree. */
static inline void finish_and_refuse(struct tree_builder *builder, const char *why)
{
	size_t size;
	uint8_t *blob = tree_finish(builder, &size);

	assert_refused(blob, size, why);
	free(blob);
}

static inline void finish_and_accept(struct tree_builder *builder)
{
	size_t size;
	uint8_t *blob = tree_finish(builder, &size);

	assert_null(judge(blob, size));
	free(blob);
}

#endif
