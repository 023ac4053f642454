/*
 * core/memory/frames.h, over the twin's RAM: what the allocator touches without having mapped it aborts there.
 */
#include "core/memory/frames.h"

#include <stdbool.h>
#include <string.h>

#include "core/memory/kernel_map.h"
#include "core/memory/page_table.h"
#include "hal/layout.h"
#include "hal/memory.h"
#include "tests/unit/cmocka_test.h"
#include "tests/unit/expect_panic.h"

#define PAGE 4096UL
#define MIB 0x100000UL
#define GIB 0x40000000UL
#define BLOCK (2 * MIB)

/* Above the block that the image lies in. */
#define START (TWIN_RAM_BASE + 4 * MIB)

static struct kernel_map map;
static struct frames frames;

/* A machine with `ram_size` bytes, and frames over the `count` ranges. */
static void make(uint64_t ram_size, size_t count, const struct phys_range *ranges)
{
	const struct twin_options options = {.ram_size = ram_size};
	struct region_set ram = {.count = count};

	twin_reset(&options);
	kernel_map_init(&map, twin_boot_info(), (phys_addr){TWIN_RAM_BASE});
	for (size_t index = 0; index < count; index++) {
		ram.ranges[index] = ranges[index];
	}
	memset(&frames, 0xa5, sizeof(frames));
	frames_init(&frames, &ram, &map);
}

#define make_over(ram_size, ...)                                            \
	do {                                                                \
		const struct phys_range ranges[] = {__VA_ARGS__};           \
                                                                            \
		make(ram_size, sizeof(ranges) / sizeof(ranges[0]), ranges); \
	} while (0)

/* One page of table serves itself and 1024 further pages. */
static uint64_t expected_count(uint64_t bytes)
{
	uint64_t pages = bytes / PAGE;
	uint64_t table_pages = (pages + 1024) / 1025;

	return pages - table_pages;
}

static void assert_counts(uint64_t free_count, uint64_t total_count)
{
	assert_int_equal(frames.free_count, free_count);
	assert_int_equal(frames.total_count, total_count);
}

static bool is_zero(phys_addr frame)
{
	const uint8_t *bytes = hal_phys_to_ptr(frame, PAGE);

	return bytes[0] == 0 && memcmp(bytes, bytes + 1, PAGE - 1) == 0;
}

static void fill(phys_addr frame, int byte)
{
	memset(hal_phys_to_ptr(frame, PAGE), byte, PAGE);
}

static phys_addr allocate(void)
{
	phys_addr frame = {0};

	assert_int_equal(frames_allocate(&frames, &frame), K_OK);
	assert_int_equal(frame.value % PAGE, 0);
	return frame;
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

static void call_free(void *argument)
{
	frames_free(&frames, *(const phys_addr *)argument);
}

static void call_check(void *argument)
{
	(void)argument;
	frames_check(&frames);
}

static void call_allocate(void *argument)
{
	(void)frames_allocate(&frames, argument);
}

static void expect_bad_free(uint64_t address, const char *tag)
{
	phys_addr frame = {address};

	expect_panic(tag, call_free, &frame);
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

static void double_free_panics(void **state)
{
	(void)state;
	make_over(32 * MIB, {START, BLOCK});
	phys_addr first = allocate();
	phys_addr second = allocate();

	frames_free(&frames, first);
	expect_panic("frame-double-free", call_free, &first);
	frames_free(&frames, second);
	/* Also when it is not the newest one, and when the list is longer. */
	expect_panic("frame-double-free", call_free, &first);
	expect_panic("frame-double-free", call_free, &second);
	assert_counts(511, 511);
	frames_check(&frames);
}

static void bad_free_panics(void **state)
{
	(void)state;
	make_over(32 * MIB, {START, BLOCK}, {START + 4 * BLOCK, BLOCK});
	phys_addr first = allocate();
	phys_addr last = allocate();

	fill(first, 0x77);
	/* Never handed out: above the watermark, of the other range, of no range, the table, beyond everything. */
	expect_bad_free(last.value + PAGE, "frame-bad-free");
	expect_bad_free(START + BLOCK - PAGE, "frame-bad-free");
	expect_bad_free(START + BLOCK, "frame-bad-free");
	expect_bad_free(START + 4 * BLOCK + PAGE, "frame-bad-free");
	expect_bad_free(START, "frame-bad-free");
	expect_bad_free(START - PAGE, "frame-bad-free");
	expect_bad_free(TWIN_IMAGE_BASE, "frame-bad-free");
	expect_bad_free(0, "frame-bad-free");
	expect_bad_free(UINT64_MAX, "frame-bad-free");
	expect_bad_free(UINT64_MAX - PAGE + 1, "frame-bad-free");
	/* Not a frame's first byte. */
	expect_bad_free(first.value + 1, "frame-bad-free");
	expect_bad_free(first.value + 8, "frame-bad-free");
	expect_bad_free(last.value - 1, "frame-bad-free");
	assert_int_equal(*(const uint8_t *)hal_phys_to_ptr(first, 1), 0x77);
	assert_counts(2 * 511 - 2, 2 * 511);
	frames_free(&frames, first);
	frames_free(&frames, last);
	frames_check(&frames);
}

/* K23 of the attack list: the list of free frames is not in the frames. */
static void a_stale_write_does_not_reach_the_list(void **state)
{
	(void)state;
	make_over(32 * MIB, {START, BLOCK});
	phys_addr first = allocate();
	phys_addr second = allocate();

	frames_free(&frames, first);
	frames_free(&frames, second);
	fill(first, 0xff);
	fill(second, 0x01);
	phys_addr a = allocate();
	phys_addr b = allocate();

	assert_true(a.value == first.value || a.value == second.value);
	assert_true(b.value == first.value || b.value == second.value);
	assert_true(a.value != b.value);
	frames_check(&frames);
}

static uint32_t *state_of(uint32_t index)
{
	return hal_phys_to_ptr((phys_addr){START + index * 4UL}, 4);
}

static void check_sees_a_stale_write(void **state)
{
	(void)state;
	make_over(32 * MIB, {START, BLOCK});
	phys_addr frame = allocate();

	frames_free(&frames, frame);
	frames_check(&frames);
	*((uint8_t *)hal_phys_to_ptr(frame, PAGE) + PAGE - 1) = 1;
	expect_panic("frame-dirty", call_check, NULL);
}

static void check_sees_a_wrong_count(void **state)
{
	(void)state;
	make_over(32 * MIB, {START, BLOCK});
	frames_free(&frames, allocate());
	frames.free_count--;
	expect_panic("frame-corrupt", call_check, NULL);
	frames.free_count += 2;
	expect_panic("frame-corrupt", call_check, NULL);
	frames.free_count--;
	frames.total_count++;
	expect_panic("frame-corrupt", call_check, NULL);
	frames.total_count--;
	frames_check(&frames);
}

/* Frames 0 and 1 are free, 2 is in use: every wrong link is seen, before it leads to a frame handed out twice. */
static void a_broken_list_is_seen(void **state)
{
	(void)state;
	make_over(32 * MIB, {START, BLOCK});
	phys_addr taken[3] = {allocate(), allocate(), allocate()};
	const uint32_t wrong_heads[] = {2, 3, 600, 1U << 28, 0xfffffffe, 0x0fffffff};

	frames_free(&frames, taken[0]);
	frames_free(&frames, taken[1]);
	frames_check(&frames);
	const uint32_t head = frames.free_head;

	for (size_t index = 0; index < sizeof(wrong_heads) / sizeof(wrong_heads[0]); index++) {
		phys_addr frame = {0x1234};

		frames.free_head = wrong_heads[index];
		expect_panic("frame-corrupt", call_check, NULL);
		expect_panic("frame-corrupt", call_allocate, &frame);
		assert_int_equal(frame.value, 0x1234);
	}
	frames.free_head = head;
	/* A ring, and a list that is too short. */
	const uint32_t link = *state_of(1);

	*state_of(1) = 1;
	expect_panic("frame-corrupt", call_check, NULL);
	*state_of(1) = 0xffffffff;
	expect_panic("frame-corrupt", call_check, NULL);
	*state_of(1) = link;
	/* A frame that is neither in use nor in the list. */
	*state_of(2) = 0xffffffff;
	expect_panic("frame-corrupt", call_check, NULL);
	*state_of(2) = 0xfffffffe;
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
		cmocka_unit_test(double_free_panics),
		cmocka_unit_test(bad_free_panics),
		cmocka_unit_test(a_stale_write_does_not_reach_the_list),
		cmocka_unit_test(check_sees_a_stale_write),
		cmocka_unit_test(check_sees_a_wrong_count),
		cmocka_unit_test(a_broken_list_is_seen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
