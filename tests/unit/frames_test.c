/*
 * core/memory/frames.h, over the twin's RAM: what the allocator touches without having mapped it aborts there.
 */
#include "core/memory/frames.h"

#include "core/memory/page_table.h"
#include "hal/layout.h"
#include "tests/unit/frames_fixture.h"

/* One page of table serves itself and 1024 further pages. */
static uint64_t expected_count(uint64_t bytes)
{
	uint64_t pages = bytes / PAGE;
	uint64_t table_pages = (pages + 1024) / 1025;

	return pages - table_pages;
}

static void assert_none_left(void)
{
	phys_addr frame = {0x1234};

	assert_int_equal(frames_allocate(&frames, &frame), K_ENOMEM);
	assert_int_equal(frame.value, 0x1234);
	assert_int_equal(frames.free_count, 0);
}

static bool is_mapped(uint64_t address)
{
	return page_table_lookup(map.root, KERNEL_LINEAR_BASE + (address - TWIN_RAM_BASE)) != DESCRIPTOR_INVALID;
}

static void init_counts_whole_blocks(void **state)
{
	(void)state;
	make_over(32 * MIB, {START, 4 * MIB});
	assert_counts(1023, 1023);
	make_over(32 * MIB, {START, BLOCK});
	assert_counts(511, 511);
	/* The first page of table that is not enough, and the last size before it. */
	make_over(32 * MIB, {START, 20 * MIB});
	assert_counts(5115, 5115);
	make_over(32 * MIB, {START - PAGE, 20 * MIB}, {START + 30 * MIB, 6 * MIB - PAGE});
	assert_counts(expected_count(18 * MIB) + expected_count(4 * MIB),
		      expected_count(18 * MIB) + expected_count(4 * MIB));
}

static void init_leaves_out_what_holds_no_block(void **state)
{
	(void)state;
	make_over(32 * MIB, {START, BLOCK - PAGE}, {START + 4 * MIB + PAGE, 2 * BLOCK - 2 * PAGE},
		  {START + 9 * MIB, PAGE});
	assert_counts(0, 0);
	assert_none_left();
	make(32 * MIB, 0, NULL);
	assert_counts(0, 0);
	assert_none_left();
	frames_check(&frames);
}

/* Nobody promises that a device tree makes sense. */
static void init_survives_ranges_at_the_end_of_the_world(void **state)
{
	const uint64_t largest = (1UL << 28) - 512;

	(void)state;
	make_over(32 * MIB, {0xffffffffffe00000, 0x1fffff});
	assert_counts(0, 0);
	make_over(32 * MIB, {0xffffffffff000000, 0xffffff});
	assert_counts(expected_count(14 * MIB), expected_count(14 * MIB));
	assert_none_left();
	make_over(32 * MIB, {0, UINT64_MAX});
	assert_counts(expected_count(largest * PAGE), expected_count(largest * PAGE));
}

static void init_touches_nothing(void **state)
{
	(void)state;
	make_over(0, {START, 64 * MIB});
	for (uint64_t address = START; address < START + 64 * MIB; address += BLOCK) {
		assert_false(is_mapped(address));
	}
}

static void frames_are_zeroed_and_inside_the_range(void **state)
{
	static bool seen[2 * BLOCK / PAGE];
	size_t first_page = BLOCK / PAGE;

	(void)state;
	memset(seen, 0, sizeof(seen));
	make_over(32 * MIB, {START - 5 * PAGE, 2 * BLOCK + 8 * PAGE});
	for (size_t count = 0; count < 1023; count++) {
		phys_addr frame = allocate();
		size_t page = (frame.value - START) / PAGE;

		/* The first page of the range is the table. */
		assert_true(frame.value >= START + PAGE && page < 2 * first_page);
		assert_false(seen[page]);
		seen[page] = true;
		assert_true(is_zero(frame));
		fill(frame, 0xff);
		assert_counts(1022 - count, 1023);
	}
	assert_none_left();
	frames_check(&frames);
}

static void blocks_are_mapped_as_they_are_reached(void **state)
{
	(void)state;
	make_over(32 * MIB, {START, 3 * BLOCK});
	/* 1536 pages take two of table, so the first block has 510 frames, the second 512. */
	for (size_t count = 0; count < 510; count++) {
		allocate();
		assert_true(is_mapped(START));
		assert_false(is_mapped(START + BLOCK));
	}
	for (size_t count = 0; count < 512; count++) {
		allocate();
		assert_true(is_mapped(START + BLOCK));
		assert_false(is_mapped(START + 2 * BLOCK));
	}
	allocate();
	assert_true(is_mapped(START + 2 * BLOCK));
	assert_false(is_mapped(START + 3 * BLOCK));
	assert_false(is_mapped(START - BLOCK));
}

/*
 * 6 GiB need 1536 pages of table, three blocks of them. To have two million frames cleared would take minutes, so the
 * watermark is moved by hand to just before the table's second block, to a frame that is the first of its block.
 */
static void the_table_is_mapped_as_it_is_reached(void **state)
{
	const uint32_t states_in_block = BLOCK / 4;
	const uint64_t size = 6 * GIB;

	(void)state;
	make_over(8 * GIB, {START, size});
	assert_counts(expected_count(size), expected_count(size));
	uint64_t first = START + (size / PAGE - expected_count(size)) * PAGE;

	assert_int_equal(allocate().value, first);
	assert_true(is_mapped(START));
	assert_true(is_mapped(first));
	assert_false(is_mapped(START + BLOCK));
	uint32_t watermark = states_in_block - 512;

	while ((first + watermark * PAGE) % BLOCK != 0) {
		watermark++;
	}
	frames.regions[0].watermark = watermark;
	for (; watermark < states_in_block; watermark++) {
		assert_int_equal(allocate().value, first + watermark * PAGE);
		assert_false(is_mapped(START + BLOCK));
	}
	phys_addr frame = allocate();

	assert_true(is_mapped(START + BLOCK));
	frames_free(&frames, frame);
	assert_int_equal(allocate().value, frame.value);
}

static void freed_frames_are_cleared_and_used_again(void **state)
{
	phys_addr taken[8];

	(void)state;
	make_over(32 * MIB, {START, BLOCK});
	for (size_t index = 0; index < 8; index++) {
		taken[index] = allocate();
		fill(taken[index], 0xee);
	}
	for (size_t index = 0; index < 8; index++) {
		frames_free(&frames, taken[index]);
		assert_true(is_zero(taken[index]));
		assert_counts(503 + index + 1, 511);
		frames_check(&frames);
	}
	while (frames.free_count != 0) {
		assert_true(is_zero(allocate()));
	}
	assert_none_left();
	frames_free(&frames, taken[3]);
	assert_int_equal(allocate().value, taken[3].value);
	frames_check(&frames);
}

static void every_range_serves(void **state)
{
	struct phys_range ranges[REGIONS_MAX];
	phys_addr taken[REGIONS_MAX];

	(void)state;
	for (size_t index = 0; index < REGIONS_MAX; index++) {
		ranges[index] = (struct phys_range){START + index * 2 * BLOCK, BLOCK};
	}
	make(0, REGIONS_MAX, ranges);
	assert_counts(REGIONS_MAX * 511, REGIONS_MAX * 511);
	for (size_t count = 0; count < REGIONS_MAX * 511; count++) {
		phys_addr frame = allocate();
		size_t range = (frame.value - START) / (2 * BLOCK);

		assert_true((frame.value - START) % (2 * BLOCK) < BLOCK);
		taken[range] = frame;
	}
	assert_none_left();
	/* Links lead from every range to every other. */
	for (size_t index = 0; index < REGIONS_MAX; index++) {
		frames_free(&frames, taken[index * 7 % REGIONS_MAX]);
	}
	frames_check(&frames);
	for (size_t index = 0; index < REGIONS_MAX; index++) {
		assert_true(is_zero(allocate()));
	}
	assert_none_left();
}

static void a_range_beyond_the_linear_map_is_passed_over(void **state)
{
	(void)state;
	make_over(32 * MIB, {START, BLOCK}, {TWIN_RAM_BASE + KERNEL_LINEAR_SIZE, GIB},
		  {TWIN_RAM_BASE + 2 * KERNEL_LINEAR_SIZE, GIB});
	assert_counts(511 + 2 * expected_count(GIB), 511 + 2 * expected_count(GIB));
	for (size_t count = 0; count < 511; count++) {
		allocate();
	}
	phys_addr frame = {0x1234};

	assert_int_equal(frames_allocate(&frames, &frame), K_ENOMEM);
	assert_counts(0, 511);
	frames_check(&frames);
}

/* When the tables for the linear map run out, what is mapped still serves, and a later range may, too. */
static void a_range_that_cannot_be_mapped_on_ends_there(void **state)
{
	(void)state;
	make_over(2 * GIB, {TWIN_RAM_BASE + GIB - BLOCK, 2 * BLOCK}, {TWIN_RAM_BASE + GIB - 2 * GIB / 4, BLOCK});
	uint64_t elsewhere = TWIN_RAM_BASE + 100 * GIB;

	allocate();
	while (kernel_map_linear(&map, (phys_addr){elsewhere}, BLOCK) == K_OK) {
		elsewhere += GIB;
	}
	for (size_t count = 0; count < 510; count++) {
		assert_true(allocate().value < TWIN_RAM_BASE + GIB);
	}
	phys_addr frame = allocate();

	assert_true(frame.value > TWIN_RAM_BASE + GIB / 2 && frame.value < TWIN_RAM_BASE + GIB / 2 + BLOCK);
	assert_counts(510, 511 + 511);
	frames_check(&frames);
	frames_free(&frames, frame);
	frames_check(&frames);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(init_counts_whole_blocks),
		cmocka_unit_test(init_leaves_out_what_holds_no_block),
		cmocka_unit_test(init_survives_ranges_at_the_end_of_the_world),
		cmocka_unit_test(init_touches_nothing),
		cmocka_unit_test(frames_are_zeroed_and_inside_the_range),
		cmocka_unit_test(blocks_are_mapped_as_they_are_reached),
		cmocka_unit_test(the_table_is_mapped_as_it_is_reached),
		cmocka_unit_test(freed_frames_are_cleared_and_used_again),
		cmocka_unit_test(every_range_serves),
		cmocka_unit_test(a_range_beyond_the_linear_map_is_passed_over),
		cmocka_unit_test(a_range_that_cannot_be_mapped_on_ends_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
