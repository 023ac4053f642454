/*
 * The memory reservation block (Devicetree Specification 0.4, section 5.3): it
 * has no size of its own, and blocks may come in any order.
 */
#include "tests/unit/judge_tree.h"

static struct tree_builder builder;

/* Opens the builder's tree and asks for one reservation. */
static k_status reservation(uint32_t index, struct phys_range *range)
{
	struct device_tree tree;
	const char *reason;
	size_t size;
	uint8_t *blob = tree_finish(&builder, &size);
	k_status status;

	assert_int_equal(device_tree_open(&tree, blob, size, &reason), K_OK);
	status = device_tree_reservation(&tree, index, range);
	free(blob);
	return status;
}

static void start_with_root(void)
{
	tree_start(&builder);
	tree_begin(&builder, "");
	tree_end(&builder);
}

static void reservations_are_read_in_order(void **state)
{
	struct phys_range range;

	(void)state;
	start_with_root();
	tree_reserve(&builder, 0x123456789abcdef0, 0xfedcba9876543210);
	assert_int_equal(reservation(0, &range), K_OK);
	assert_int_equal(range.base, 0x123456789abcdef0);
	assert_int_equal(range.size, 0xfedcba9876543210);
	start_with_root();
	tree_reserve(&builder, 1, 2);
	tree_reserve(&builder, 3, 4);
	assert_int_equal(reservation(1, &range), K_OK);
	assert_int_equal(range.base, 3);
	assert_int_equal(range.size, 4);
	start_with_root();
	assert_int_equal(reservation(0, &range), K_OK);
	assert_int_equal(range.base, 0);
	assert_int_equal(range.size, 0);
}

static void reservations_end_where_the_next_block_starts(void **state)
{
	struct phys_range range = {7, 8};

	(void)state;
	start_with_root();
	tree_reserve(&builder, 1, 2);
	assert_int_equal(reservation(2, &range), K_EINVAL);
	start_with_root();
	assert_int_equal(reservation(1, &range), K_EINVAL);
	start_with_root();
	assert_int_equal(reservation(UINT32_MAX, &range), K_EINVAL);
	assert_int_equal(range.base, 7);
	assert_int_equal(range.size, 8);
}

/* A root whose strings are longer than a reservation. */
static uint8_t *tree_with_long_strings(size_t *size)
{
	tree_start(&builder);
	tree_begin(&builder, "");
	tree_bytes(&builder, "a-name-that-is-longer-than-two-reservations-are", NULL, 0);
	tree_end(&builder);
	return tree_finish(&builder, size);
}

/* Blocks may come in any order: here the reservations come last, and the blob's end bounds them. */
static void reservations_may_come_last(void **state)
{
	struct phys_range range;
	struct device_tree tree;
	const char *reason;
	size_t size;
	uint8_t *blob = tree_with_long_strings(&size);
	size_t place = (size + 7) & ~(size_t)7;
	uint8_t *moved = calloc(1, place + 32);

	(void)state;
	memcpy(moved, blob, size);
	moved[place + 7] = 1;
	tree_poke(moved, TREE_RESERVATIONS, (uint32_t)place);
	tree_poke(moved, TREE_TOTAL_SIZE, (uint32_t)place + 32);
	assert_int_equal(device_tree_open(&tree, moved, place + 32, &reason), K_OK);
	assert_int_equal(device_tree_reservation(&tree, 0, &range), K_OK);
	assert_int_equal(range.base, 1);
	assert_int_equal(device_tree_reservation(&tree, 1, &range), K_OK);
	assert_int_equal(device_tree_reservation(&tree, 2, &range), K_EINVAL);
	/* Aligned to 8. */
	tree_poke(moved, TREE_RESERVATIONS, (uint32_t)place + 4);
	assert_refused(moved, place + 32, "memory reservation block malformed");
	tree_poke(moved, TREE_RESERVATIONS, (uint32_t)place);
	tree_poke(moved, TREE_TOTAL_SIZE, (uint32_t)place + 15);
	assert_refused(moved, place + 15, "memory reservation block malformed");
	free(moved);
	free(blob);
}

static void reservations_are_not_in_the_strings(void **state)
{
	size_t size;
	uint8_t *blob = tree_with_long_strings(&size);

	(void)state;
	assert_null(judge(blob, size));
	tree_poke(blob, TREE_RESERVATIONS, (tree_peek(blob, TREE_STRINGS) + 7) & ~7U);
	assert_refused(blob, size, "memory reservation block malformed");
	free(blob);
}

/* The strings come before the structure, and end the reservations. */
static void strings_may_come_first(void **state)
{
	struct device_tree tree;
	struct phys_range range;
	const char *reason;
	size_t size;
	uint8_t *blob = tree_with_long_strings(&size);
	uint32_t structure = tree_peek(blob, TREE_STRUCTURE);
	uint32_t structure_size = tree_peek(blob, TREE_STRUCTURE_SIZE);
	uint32_t strings_size = tree_peek(blob, TREE_STRINGS_SIZE);
	uint8_t *swapped = malloc(size);

	(void)state;
	assert_int_equal(strings_size % 4, 0);
	memcpy(swapped, blob, structure);
	memcpy(swapped + structure, blob + structure + structure_size, strings_size);
	memcpy(swapped + structure + strings_size, blob + structure, structure_size);
	tree_poke(swapped, TREE_STRINGS, structure);
	tree_poke(swapped, TREE_STRUCTURE, structure + strings_size);
	assert_null(judge(swapped, size));
	assert_int_equal(device_tree_open(&tree, swapped, size, &reason), K_OK);
	assert_int_equal(device_tree_reservation(&tree, 0, &range), K_OK);
	assert_int_equal(device_tree_reservation(&tree, 1, &range), K_EINVAL);
	free(swapped);
	free(blob);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reservations_are_read_in_order),
		cmocka_unit_test(reservations_end_where_the_next_block_starts),
		cmocka_unit_test(reservations_may_come_last),
		cmocka_unit_test(reservations_are_not_in_the_strings),
		cmocka_unit_test(strings_may_come_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
