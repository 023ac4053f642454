/*
 * What the kernel makes of trees: reserved memory, and trees that are broken
 * anywhere.
 */
#include "tests/unit/judge_machine.h"

static void start_reserved(uint32_t address_cells, uint32_t size_cells)
{
	start_whole();
	tree_begin(&builder, "reserved-memory");
	tree_u32(&builder, "#address-cells", address_cells);
	tree_u32(&builder, "#size-cells", size_cells);
	tree_bytes(&builder, "ranges", NULL, 0);
}

static void put_child(uint64_t base, uint64_t size)
{
	tree_begin(&builder, "child");
	tree_u64s(&builder, "reg", 2, (const uint64_t[]){base, size});
	tree_end(&builder);
}

static void assert_reserved(size_t index, uint64_t base, uint64_t size)
{
	assert_true(index < outcome.machine.reserved.count);
	assert_int_equal(outcome.machine.reserved.ranges[index].base, base);
	assert_int_equal(outcome.machine.reserved.ranges[index].size, size);
}

static void both_ways_to_reserve(void **state)
{
	(void)state;
	start_reserved(2, 2);
	put_child(0x44000000, 0x1000);
	tree_begin(&builder, "two");
	tree_u64s(&builder, "reg", 4, (const uint64_t[]){0x45000000, 0x10, 0x1234500000000, 0x6789a00000000});
	tree_end(&builder);
	tree_end(&builder);
	tree_reserve(&builder, 0x46000000, 0x123);
	accept();
	assert_int_equal(outcome.machine.reserved.count, 4);
	assert_reserved(0, 0x44000000, 0x1000);
	assert_reserved(1, 0x45000000, 0x10);
	assert_reserved(2, 0x46000000, 0x123);
	assert_reserved(3, 0x1234500000000, 0x6789a00000000);
}

static void what_reserves_nothing(void **state)
{
	(void)state;
	start_reserved(2, 2);
	put_child(0x44000000, 0);
	tree_begin(&builder, "dynamic");
	tree_u64(&builder, "size", 0x100000);
	tree_end(&builder);
	tree_begin(&builder, "off");
	tree_text(&builder, "status", "disabled");
	tree_bytes(&builder, "reg", "odd", 3);
	tree_end(&builder);
	tree_begin(&builder, "parent");
	put_child(0x44000000, 0x1000);
	tree_end(&builder);
	tree_end(&builder);
	tree_reserve(&builder, 0x45000000, 0);
	accept();
	assert_int_equal(outcome.machine.reserved.count, 0);
	/* An entry without size is not the block's end. */
	start_whole();
	tree_reserve(&builder, 0x45000000, 0);
	tree_reserve(&builder, 0x46000000, 0x1000);
	accept();
	assert_int_equal(outcome.machine.reserved.count, 1);
	assert_reserved(0, 0x46000000, 0x1000);
	/* A node of that name elsewhere, and what comes after the real one. */
	start_reserved(2, 2);
	tree_end(&builder);
	tree_begin(&builder, "reserved-memory2");
	put_child(0x44000000, 0x1000);
	tree_begin(&builder, "reserved-memory");
	put_child(0x44000000, 0x1000);
	tree_end(&builder);
	tree_end(&builder);
	accept();
	assert_int_equal(outcome.machine.reserved.count, 0);
}

/* A reservation that was misread would be used as RAM. */
static void reservations_must_be_readable(void **state)
{
	(void)state;
	start_reserved(1, 1);
	put_child(0x44000000, 0x1000);
	tree_end(&builder);
	refuse("dtb");
	start_reserved(2, 1);
	put_child(0x44000000, 0x1000);
	tree_end(&builder);
	refuse("dtb");
	start_reserved(1, 2);
	put_child(0x44000000, 0x1000);
	tree_end(&builder);
	refuse("dtb");
	start_whole();
	tree_begin(&builder, "reserved-memory");
	put_child(0x44000000, 0x1000);
	tree_end(&builder);
	refuse("dtb");
	start_reserved(2, 2);
	tree_begin(&builder, "child");
	tree_bytes(&builder, "reg", "0123456789ab", 12);
	tree_end(&builder);
	tree_end(&builder);
	refuse("dtb");
}

/* B09: what wraps, what is too much, and the tree's own place. */
static void reservations_that_cannot_be(void **state)
{
	(void)state;
	start_reserved(2, 2);
	put_child(0x44000000, UINT64_MAX);
	tree_end(&builder);
	refuse("mem");
	start_whole();
	tree_reserve(&builder, 1, UINT64_MAX);
	refuse("mem");
	start_whole();
	tree_reserve(&builder, 0, UINT64_MAX);
	refuse("mem");
	start_whole();
	tree_reserve(&builder, MACHINE_TREE_ADDRESS + 8, 1);
	refuse("mem");
	start_whole();
	tree_reserve(&builder, MACHINE_TREE_ADDRESS - 1, 1);
	accept();
	start_whole();
	tree_reserve(&builder, MACHINE_TREE_ADDRESS - 1, 2);
	refuse("mem");
}

static void too_many_reservations(void **state)
{
	(void)state;
	for (uint64_t count = REGIONS_MAX; count <= REGIONS_MAX + 1; count++) {
		start_whole();
		for (uint64_t i = 0; i < count; i++) {
			tree_reserve(&builder, 0x44000000 + i * 0x2000, 0x1000);
		}
		if (count <= REGIONS_MAX) {
			accept();
			assert_int_equal(outcome.machine.reserved.count, REGIONS_MAX);
		} else {
			refuse("mem");
		}
	}
}

static void a_reservation_block_without_an_end(void **state)
{
	(void)state;
	start_whole();
	tree_end(&builder);
	outcome.blob = tree_finish(&builder, &outcome.size);
	tree_poke(outcome.blob, TREE_HEADER_SIZE + 12, 0x1000);
	machine_blob_read(outcome.blob, outcome.size, &outcome);
	free(outcome.blob);
	assert_false(outcome.is_read);
	assert_string_equal(outcome.error.tag, "dtb");
}

/* All that machine_read looks at, in one tree. */
static uint8_t *full_tree(size_t *size)
{
	start_reserved(2, 2);
	put_child(0x44000000, 0x1000);
	tree_end(&builder);
	tree_begin(&builder, "chosen");
	tree_text(&builder, "bootargs", "verbose");
	tree_text(&builder, "stdout-path", "/pl011@9000000");
	tree_bytes(&builder, "rng-seed", "0123456789abcdefghijklmnopqrstuv", 32);
	tree_bytes(&builder, "kaslr-seed", "01234567", 8);
	tree_u64(&builder, "linux,initrd-start", 0x45000000);
	tree_u64(&builder, "linux,initrd-end", 0x45001000);
	tree_end(&builder);
	tree_end(&builder);
	tree_reserve(&builder, 0x46000000, 0x1000);
	return tree_finish(&builder, size);
}

/* What holds of every machine that is read, however odd its tree. */
static void assert_sane(const struct machine *machine)
{
	assert_in_range(machine->ram.count, 1, REGIONS_MAX);
	for (size_t i = 0; i < machine->ram.count; i++) {
		assert_true(phys_range_is_valid(machine->ram.ranges[i]));
		assert_false(phys_range_overlaps(machine->ram.ranges[i], machine->uart));
	}
	assert_true(phys_range_is_valid(machine->uart));
	assert_true(machine->psci == HAL_PSCI_HVC || machine->psci == HAL_PSCI_SMC);
	assert_true(strnlen(machine->command_line, MACHINE_COMMAND_LINE_MAX) < MACHINE_COMMAND_LINE_MAX);
	assert_true(machine->seed_size <= MACHINE_SEED_SIZE);
	assert_true(machine->initrd.size <= UINT64_MAX - machine->initrd.base);
}

static void judge_broken(uint8_t *blob, size_t size)
{
	struct region_set usable;
	struct phys_range image = {MACHINE_TREE_IMAGE, MACHINE_TREE_IMAGE_SIZE};
	bool clipped;

	machine_blob_read(blob, size, &outcome);
	if (!outcome.is_read) {
		assert_non_null(outcome.error.tag);
		assert_non_null(outcome.error.reason);
		return;
	}
	assert_sane(&outcome.machine);
	if (machine_memory(&outcome.machine, image, 1UL << 40, &usable, &clipped, &outcome.error)) {
		assert_true(region_set_total(&usable) >= MACHINE_RAM_MIN);
	}
}

/* B04: every byte of the tree wrong in turn; nothing outside it is touched, and the verdict is sane. */
static void every_byte_may_be_wrong(void **state)
{
	static const uint8_t values[] = {0x00, 0x01, 0x03, 0x04, 0x09, 0x7f, 0x80, 0xff};
	size_t size;
	uint8_t *blob = full_tree(&size);
	uint8_t *copy = malloc(size);

	(void)state;
	for (size_t index = 0; index < size; index++) {
		for (size_t i = 0; i < sizeof(values); i++) {
			memcpy(copy, blob, size);
			copy[index] = values[i];
			judge_broken(copy, size);
		}
	}
	machine_blob_read(blob, size, &outcome);
	assert_true(outcome.is_read);
	free(copy);
	free(blob);
}

static void truncated_at_every_byte(void **state)
{
	size_t size;
	uint8_t *blob = full_tree(&size);

	(void)state;
	for (size_t length = 0; length < size; length++) {
		uint8_t *cut = malloc(length == 0 ? 1 : length);

		memcpy(cut, blob, length);
		machine_blob_read(cut, length, &outcome);
		assert_false(outcome.is_read);
		assert_string_equal(outcome.error.tag, "dtb");
		free(cut);
	}
	free(blob);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_ways_to_reserve),		 cmocka_unit_test(what_reserves_nothing),
		cmocka_unit_test(reservations_must_be_readable), cmocka_unit_test(reservations_that_cannot_be),
		cmocka_unit_test(too_many_reservations),	 cmocka_unit_test(a_reservation_block_without_an_end),
		cmocka_unit_test(every_byte_may_be_wrong),	 cmocka_unit_test(truncated_at_every_byte),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
