/*
 * The structure block, walked (Devicetree Specification 0.4, section 5.4).
 */
#include "tests/unit/judge_tree.h"

static struct tree_builder builder;

/* The root is open, without properties. */
static void start_in_root(void)
{
	tree_start(&builder);
	tree_begin(&builder, "");
}

static void a_sound_tree_is_walked_in_order(void **state)
{
	struct device_tree tree;
	struct device_tree_walk walk;
	struct device_tree_property property;
	const char *reason;
	size_t size;
	uint8_t *blob;

	(void)state;
	start_in_root();
	tree_text(&builder, "model", "small");
	tree_begin(&builder, "first@1000");
	tree_u32(&builder, "reg", 0x1000);
	tree_begin(&builder, "inner");
	tree_bytes(&builder, "empty", NULL, 0);
	tree_bytes(&builder, "three", "abc", 3);
	tree_end(&builder);
	tree_end(&builder);
	tree_begin(&builder, "second");
	tree_end(&builder);
	tree_end(&builder);
	blob = tree_finish(&builder, &size);
	assert_int_equal(device_tree_open(&tree, blob, size, &reason), K_OK);
	device_tree_walk_start(&walk, &tree);

	assert_true(device_tree_next_node(&walk));
	assert_int_equal(walk.depth, 1);
	assert_string_equal(walk.node_name, "");
	assert_true(device_tree_next_property(&walk, &property));
	assert_string_equal(property.name, "model");
	assert_int_equal(property.size, 6);
	assert_memory_equal(property.value, "small", 6);
	assert_false(device_tree_next_property(&walk, &property));
	assert_false(device_tree_next_property(&walk, &property));

	assert_true(device_tree_next_node(&walk));
	assert_int_equal(walk.depth, 2);
	assert_string_equal(walk.node_name, "first@1000");
	/* Its property is not asked for. */

	assert_true(device_tree_next_node(&walk));
	assert_int_equal(walk.depth, 3);
	assert_string_equal(walk.node_name, "inner");
	assert_true(device_tree_next_property(&walk, &property));
	assert_string_equal(property.name, "empty");
	assert_int_equal(property.size, 0);
	assert_true(device_tree_next_property(&walk, &property));
	assert_string_equal(property.name, "three");
	assert_int_equal(property.size, 3);
	assert_memory_equal(property.value, "abc", 3);

	assert_true(device_tree_next_node(&walk));
	assert_int_equal(walk.depth, 2);
	assert_string_equal(walk.node_name, "second");
	assert_false(device_tree_next_property(&walk, &property));

	assert_false(device_tree_next_node(&walk));
	assert_int_equal(walk.depth, 0);
	assert_null(walk.reason);
	free(blob);
}

/* Section 5.4.1: a NOP may stand wherever a token may. */
static void nops_are_passed_over(void **state)
{
	(void)state;
	tree_start(&builder);
	tree_word(&builder, TREE_TOKEN_NOP);
	tree_begin(&builder, "");
	tree_word(&builder, TREE_TOKEN_NOP);
	tree_text(&builder, "a", "b");
	tree_word(&builder, TREE_TOKEN_NOP);
	tree_word(&builder, TREE_TOKEN_NOP);
	tree_text(&builder, "c", "d");
	tree_word(&builder, TREE_TOKEN_NOP);
	tree_begin(&builder, "child");
	tree_word(&builder, TREE_TOKEN_NOP);
	tree_end(&builder);
	tree_word(&builder, TREE_TOKEN_NOP);
	tree_end(&builder);
	tree_word(&builder, TREE_TOKEN_NOP);
	finish_and_accept(&builder);
}

static void nops_hide_no_property(void **state)
{
	struct device_tree tree;
	struct device_tree_walk walk;
	struct device_tree_property property;
	const char *reason;
	size_t size;
	uint8_t *blob;

	(void)state;
	start_in_root();
	tree_word(&builder, TREE_TOKEN_NOP);
	tree_text(&builder, "a", "b");
	tree_end(&builder);
	blob = tree_finish(&builder, &size);
	assert_int_equal(device_tree_open(&tree, blob, size, &reason), K_OK);
	device_tree_walk_start(&walk, &tree);
	assert_true(device_tree_next_node(&walk));
	assert_true(device_tree_next_property(&walk, &property));
	assert_string_equal(property.name, "a");
	free(blob);
}

static void every_other_word_is_no_token(void **state)
{
	static const uint32_t words[] = {0, 5, 8, 10, 0x01000000, 0x7fffffff, 0x80000001, UINT32_MAX};

	(void)state;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		start_in_root();
		tree_word(&builder, words[i]);
		tree_end(&builder);
		finish_and_refuse(&builder, "unknown token");
		tree_start(&builder);
		tree_word(&builder, words[i]);
		finish_and_refuse(&builder, "unknown token");
	}
}

static void the_end_comes_at_the_end(void **state)
{
	(void)state;
	/* Nothing at all. */
	tree_start(&builder);
	finish_and_refuse(&builder, "tree ends too early");
	/* The root is not closed. */
	start_in_root();
	finish_and_refuse(&builder, "tree ends too early");
	/* Something comes behind FDT_END. */
	start_in_root();
	tree_end(&builder);
	tree_word(&builder, TREE_TOKEN_LAST);
	finish_and_refuse(&builder, "tree ends too early");
	start_in_root();
	tree_word(&builder, TREE_TOKEN_LAST);
	tree_end(&builder);
	finish_and_refuse(&builder, "tree ends too early");
}

static void there_is_one_root(void **state)
{
	(void)state;
	start_in_root();
	tree_end(&builder);
	tree_begin(&builder, "");
	tree_end(&builder);
	finish_and_refuse(&builder, "two roots");
	start_in_root();
	tree_end(&builder);
	tree_end(&builder);
	finish_and_refuse(&builder, "node ended twice");
	tree_start(&builder);
	tree_end(&builder);
	finish_and_refuse(&builder, "node ended twice");
}

/* Section 5.4.1: the root's name is empty. */
static void the_root_has_no_name(void **state)
{
	(void)state;
	tree_start(&builder);
	tree_begin(&builder, "root");
	tree_end(&builder);
	finish_and_refuse(&builder, "a root with a name");
}

static void properties_come_before_children(void **state)
{
	(void)state;
	start_in_root();
	tree_begin(&builder, "child");
	tree_end(&builder);
	tree_text(&builder, "late", "x");
	tree_end(&builder);
	finish_and_refuse(&builder, "property outside its place");
	/* Nor are there any before or behind the root. */
	tree_start(&builder);
	tree_text(&builder, "early", "x");
	tree_begin(&builder, "");
	tree_end(&builder);
	finish_and_refuse(&builder, "property outside its place");
	start_in_root();
	tree_end(&builder);
	tree_text(&builder, "late", "x");
	finish_and_refuse(&builder, "property outside its place");
}

static void nodes_nest_so_deep_and_no_deeper(void **state)
{
	(void)state;
	for (unsigned depth = DEVICE_TREE_DEPTH_MAX; depth <= DEVICE_TREE_DEPTH_MAX + 1; depth++) {
		tree_start(&builder);
		for (unsigned level = 0; level < depth; level++) {
			tree_begin(&builder, level == 0 ? "" : "n");
		}
		for (unsigned level = 0; level < depth; level++) {
			tree_end(&builder);
		}
		if (depth <= DEVICE_TREE_DEPTH_MAX) {
			finish_and_accept(&builder);
		} else {
			finish_and_refuse(&builder, "nodes nested too deeply");
		}
	}
}

/* The structure block is last, so that ASan guards its end. */
static uint8_t *with_structure_last(size_t *size)
{
	size_t built;
	uint8_t *blob = tree_finish(&builder, &built);
	uint32_t structure = tree_peek(blob, TREE_STRUCTURE);
	uint32_t structure_size = tree_peek(blob, TREE_STRUCTURE_SIZE);
	uint32_t strings_size = tree_peek(blob, TREE_STRINGS_SIZE);
	uint32_t place = (structure + strings_size + 3) & ~3U;
	uint8_t *moved = calloc(1, place + structure_size);

	*size = place + structure_size;
	memcpy(moved, blob, structure);
	memcpy(moved + structure, blob + structure + structure_size, strings_size);
	memcpy(moved + place, blob + structure, structure_size);
	tree_poke(moved, TREE_STRINGS, structure);
	tree_poke(moved, TREE_STRUCTURE, place);
	tree_poke(moved, TREE_TOTAL_SIZE, (uint32_t)*size);
	free(blob);
	return moved;
}

static void refuse_with_structure_last(const char *why)
{
	size_t size;
	uint8_t *blob = with_structure_last(&size);

	assert_refused(blob, size, why);
	free(blob);
}

/* The name runs into FDT_END, whose NULs are not its own. */
static void a_node_name_has_an_end(void **state)
{
	(void)state;
	start_in_root();
	tree_word(&builder, TREE_TOKEN_BEGIN);
	refuse_with_structure_last("node name without an end");
	start_in_root();
	tree_word(&builder, TREE_TOKEN_BEGIN);
	tree_word(&builder, 0x61626364);
	refuse_with_structure_last("node name without an end");
	start_in_root();
	tree_word(&builder, TREE_TOKEN_BEGIN);
	tree_word(&builder, 0xffffff01);
	tree_word(&builder, 0x80808080);
	refuse_with_structure_last("node name without an end");
}

/* Each byte of a word can be the one that ends a name. */
static void node_names_of_every_length(void **state)
{
	char name[40] = "";

	(void)state;
	start_in_root();
	for (size_t length = 0; length < sizeof(name) - 1; length++) {
		tree_begin(&builder, name);
		tree_end(&builder);
		name[length] = (char)(length % 2 == 0 ? '\x80' : '\x01');
	}
	tree_end(&builder);
	finish_and_accept(&builder);
}

/* B04: a property whose value says that it has this size, in front of FDT_END_NODE and FDT_END. */
static void refuse_property_size(uint32_t value_size)
{
	start_in_root();
	tree_word(&builder, TREE_TOKEN_PROPERTY);
	tree_word(&builder, value_size);
	tree_word(&builder, tree_string(&builder, "name"));
	tree_end(&builder);
	refuse_with_structure_last("property leaves its block");
}

static void a_property_stays_in_its_block(void **state)
{
	(void)state;
	/* A value of four bytes would leave no FDT_END_NODE, one of eight no FDT_END. */
	refuse_property_size(5);
	refuse_property_size(8);
	refuse_property_size(9);
	refuse_property_size(0x7fffffff);
	refuse_property_size(0xfffffff0);
	refuse_property_size(0xfffffff4);
	refuse_property_size(0xfffffffc);
	refuse_property_size(UINT32_MAX);
	/* The token and nothing, one word, two words behind it. */
	start_in_root();
	tree_word(&builder, TREE_TOKEN_PROPERTY);
	refuse_with_structure_last("property leaves its block");
	start_in_root();
	tree_word(&builder, TREE_TOKEN_PROPERTY);
	tree_word(&builder, 0);
	refuse_with_structure_last("property leaves its block");
	start_in_root();
	tree_word(&builder, TREE_TOKEN_PROPERTY);
	tree_word(&builder, 0);
	tree_word(&builder, tree_string(&builder, "name"));
	refuse_with_structure_last("tree ends too early");
}

static void a_property_name_is_in_its_block(void **state)
{
	static const uint32_t beyond[] = {0, 1, 0x7ffffffb, 0xfffffff0};

	(void)state;
	for (size_t i = 0; i < sizeof(beyond) / sizeof(beyond[0]); i++) {
		start_in_root();
		tree_text(&builder, "name", "x");
		tree_word(&builder, TREE_TOKEN_PROPERTY);
		tree_word(&builder, 0);
		tree_word(&builder, sizeof("name") + beyond[i]);
		tree_end(&builder);
		finish_and_refuse(&builder, "property name outside its block");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_sound_tree_is_walked_in_order),
		cmocka_unit_test(nops_are_passed_over),
		cmocka_unit_test(nops_hide_no_property),
		cmocka_unit_test(every_other_word_is_no_token),
		cmocka_unit_test(the_end_comes_at_the_end),
		cmocka_unit_test(there_is_one_root),
		cmocka_unit_test(the_root_has_no_name),
		cmocka_unit_test(properties_come_before_children),
		cmocka_unit_test(nodes_nest_so_deep_and_no_deeper),
		cmocka_unit_test(a_node_name_has_an_end),
		cmocka_unit_test(node_names_of_every_length),
		cmocka_unit_test(a_property_stays_in_its_block),
		cmocka_unit_test(a_property_name_is_in_its_block),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
