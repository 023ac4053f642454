/*
 * What a property's value and name say (Devicetree Specification 0.4, section 2.2.4).
 */
#include "tests/unit/judge_tree.h"

static struct device_tree_property value_of(const void *bytes, uint32_t size)
{
	return (struct device_tree_property){.name = "", .name_room = 1, .value = bytes, .size = size};
}

/* A copy that ends where it ends. */
static bool has_string(const char *bytes, uint32_t size, const char *text)
{
	uint8_t *exact = malloc(size == 0 ? 1 : size);
	struct device_tree_property property = value_of(exact, size);
	bool found;

	memcpy(exact, bytes, size);
	found = device_tree_has_string(&property, text);
	free(exact);
	return found;
}

static void strings_of_a_list(void **state)
{
	static const char list[] = "arm,pl011\0arm,primecell\0\0last";

	(void)state;
	assert_true(has_string(list, sizeof(list), "arm,pl011"));
	assert_true(has_string(list, sizeof(list), "arm,primecell"));
	assert_true(has_string(list, sizeof(list), ""));
	assert_true(has_string(list, sizeof(list), "last"));
	assert_false(has_string(list, sizeof(list), "arm"));
	assert_false(has_string(list, sizeof(list), "arm,pl0110"));
	assert_false(has_string(list, sizeof(list), "pl011"));
	assert_false(has_string(list, sizeof(list), "primecell"));
	assert_false(has_string(list, sizeof(list), "las"));
	assert_true(has_string("okay", 5, "okay"));
	assert_true(has_string("", 1, ""));
}

static void a_list_without_an_end_has_no_strings(void **state)
{
	(void)state;
	assert_false(has_string("", 0, ""));
	assert_false(has_string("okay", 4, "okay"));
	assert_false(has_string("okay\0okay", 9, "okay"));
	assert_false(has_string("a", 1, "a"));
}

static void cells_of_a_value(void **state)
{
	static const uint8_t bytes[] = {0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef, 0x80, 0, 0, 1};
	struct device_tree_property property = value_of(bytes, sizeof(bytes));
	uint64_t value = 0;

	(void)state;
	assert_int_equal(device_tree_cells(&property, 0, 1, &value), K_OK);
	assert_int_equal(value, 0x01234567);
	assert_int_equal(device_tree_cells(&property, 0, 2, &value), K_OK);
	assert_int_equal(value, 0x0123456789abcdef);
	assert_int_equal(device_tree_cells(&property, 4, 2, &value), K_OK);
	assert_int_equal(value, 0x89abcdef80000001);
	assert_int_equal(device_tree_cells(&property, 8, 1, &value), K_OK);
	assert_int_equal(value, 0x80000001);
}

static void cells_that_are_not_there(void **state)
{
	static const uint8_t bytes[12];
	struct device_tree_property property = value_of(bytes, sizeof(bytes));
	uint64_t value = 7;

	(void)state;
	assert_int_equal(device_tree_cells(&property, 0, 0, &value), K_EINVAL);
	assert_int_equal(device_tree_cells(&property, 0, 3, &value), K_EINVAL);
	assert_int_equal(device_tree_cells(&property, 0, 0x40000001, &value), K_EINVAL);
	assert_int_equal(device_tree_cells(&property, 0, UINT32_MAX, &value), K_EINVAL);
	assert_int_equal(device_tree_cells(&property, 8, 2, &value), K_EINVAL);
	assert_int_equal(device_tree_cells(&property, 9, 1, &value), K_EINVAL);
	assert_int_equal(device_tree_cells(&property, 12, 1, &value), K_EINVAL);
	assert_int_equal(device_tree_cells(&property, 13, 1, &value), K_EINVAL);
	assert_int_equal(device_tree_cells(&property, UINT32_MAX, 1, &value), K_EINVAL);
	assert_int_equal(device_tree_cells(&property, 0xfffffffc, 2, &value), K_EINVAL);
	assert_int_equal(value, 7);
}

/* A property with this name at the very end of the strings block. */
static struct device_tree_property named(char *exact, const char *name)
{
	size_t room = strlen(name) + 1;

	memcpy(exact, name, room);
	return (struct device_tree_property){.name = exact, .name_room = (uint32_t)room};
}

static bool is_compatible(const char *name)
{
	char *exact = malloc(strlen(name) + 1);
	struct device_tree_property property = named(exact, name);
	bool result = DEVICE_TREE_IS_NAMED(&property, "compatible");

	free(exact);
	return result;
}

static void names_are_compared_whole(void **state)
{
	(void)state;
	assert_true(is_compatible("compatible"));
	assert_false(is_compatible("compatibl"));
	assert_false(is_compatible("compatibles"));
	assert_false(is_compatible("compatiblf"));
	assert_false(is_compatible("dompatible"));
	assert_false(is_compatible("compat"));
	assert_false(is_compatible("compatib"));
	assert_false(is_compatible(""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(strings_of_a_list),	    cmocka_unit_test(a_list_without_an_end_has_no_strings),
		cmocka_unit_test(cells_of_a_value),	    cmocka_unit_test(cells_that_are_not_there),
		cmocka_unit_test(names_are_compared_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
