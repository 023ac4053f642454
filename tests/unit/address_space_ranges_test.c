/*
 * Ranges of every length: one page that is mapped, or one that is not, stops map, unmap and protect wherever in the
 * range it is, and then nothing has changed.
 */
#include "core/memory/address_space.h"
#include "core/memory/page_table.h"

#include "tests/unit/space_fixture.h"

/* What the middle one of three tables of level 3 serves. */
#define TABLE_START 0x10000000UL
#define TABLE_END (TABLE_START + PAGE_TABLE_LEAF_SPAN)
#define COUNT_MAX (PANTHER_MAP_MAX / PAGE)
/* Pages to both sides of a range that are looked at as well. */
#define MARGIN 2

/* Where a range of so many pages starts: at an end of the table, or inside, or on both sides of an end. */
static uint64_t at_the_start(uint64_t count)
{
	(void)count;
	return TABLE_START;
}

static uint64_t at_the_end(uint64_t count)
{
	return TABLE_END - count * PAGE;
}

static uint64_t inside(uint64_t count)
{
	(void)count;
	return TABLE_START + 101 * PAGE;
}

static uint64_t half_beyond(uint64_t count)
{
	return TABLE_END - count / 2 * PAGE;
}

static uint64_t all_but_one_beyond(uint64_t count)
{
	(void)count;
	return TABLE_END - PAGE;
}

static uint64_t one_beyond(uint64_t count)
{
	return TABLE_END - (count - 1) * PAGE;
}

static uint64_t (*const places[])(uint64_t count) = {
	at_the_start, at_the_end, inside, half_beyond, all_but_one_beyond, one_beyond,
};

/* Calls `check` for ranges of every length at every place, in a space that has nothing but `check` has mapped. */
static void for_each_range(void **state, void (*check)(uint64_t start, uint64_t count))
{
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		space_setup_live(state);
		for (uint64_t count = 1; count <= COUNT_MAX; count++) {
			check(places[i](count), count);
			assert_int_equal(space.frames_used, 1);
			assert_int_equal(frames.free_count, frames_before - 1);
		}
	}
}

static k_status map(uint64_t start, uint64_t count)
{
	return address_space_map_pages(&space, pages(start, count), PAGE_USER_READ_WRITE);
}

static k_status unmap(uint64_t start, uint64_t count)
{
	return address_space_unmap_pages(&space, pages(start, count));
}

static k_status protect(uint64_t start, uint64_t count)
{
	return address_space_protect_pages(&space, pages(start, count), PAGE_USER_READ);
}

/* What is mapped in a range and beside it, and what the space has. */
struct picture {
	uint64_t descriptors[COUNT_MAX + 2 * MARGIN];
	uint64_t frames_used, frames_free;
};

static struct picture look(uint64_t start, uint64_t count)
{
	struct picture picture = {.frames_used = space.frames_used, .frames_free = frames.free_count};

	for (uint64_t i = 0; i < count + 2 * MARGIN; i++) {
		picture.descriptors[i] = page_table_lookup(space.space.root, start + i * PAGE - MARGIN * PAGE);
	}
	return picture;
}

static void assert_refused(k_status (*call)(uint64_t start, uint64_t count), uint64_t start, uint64_t count)
{
	const struct picture before = look(start, count);
	struct picture after;

	assert_int_equal(call(start, count), K_EINVAL);
	after = look(start, count);
	assert_memory_equal(&after, &before, sizeof(after));
}

static void check_one_mapped_page(uint64_t start, uint64_t count)
{
	for (uint64_t i = 0; i < count; i++) {
		assert_int_equal(map(start + i * PAGE, 1), K_OK);
		assert_refused(map, start, count);
		assert_int_equal(unmap(start + i * PAGE, 1), K_OK);
	}
}

static void test_one_mapped_page_is_in_the_way_of_map(void **state)
{
	for_each_range(state, check_one_mapped_page);
}

static void check_one_hole(uint64_t start, uint64_t count)
{
	assert_int_equal(map(start, count), K_OK);
	for (uint64_t i = 0; i < count; i++) {
		assert_int_equal(unmap(start + i * PAGE, 1), K_OK);
		assert_refused(unmap, start, count);
		assert_refused(protect, start, count);
		assert_int_equal(map(start + i * PAGE, 1), K_OK);
	}
	assert_int_equal(unmap(start, count), K_OK);
}

static void test_one_hole_is_in_the_way_of_unmap_and_protect(void **state)
{
	for_each_range(state, check_one_hole);
}

/* Every page of a range has that access, and the pages beside it are as they were. */
static void assert_done(const struct picture *before, uint64_t start, uint64_t count, uint8_t read, uint8_t write)
{
	const struct picture after = look(start, count);

	assert_memory_equal(after.descriptors, before->descriptors, MARGIN * sizeof(uint64_t));
	assert_memory_equal(after.descriptors + MARGIN + count, before->descriptors + MARGIN + count,
			    MARGIN * sizeof(uint64_t));
	for (uint64_t i = 0; i < count; i++) {
		assert_int_equal(access_byte(start + i * PAGE, WALKER_READ), read);
		assert_int_equal(access_byte(start + i * PAGE, WALKER_WRITE), write);
	}
}

/* What is beside a range is in nobody's way: mapped pages not in that of map, holes not in that of the others. */
static void check_neighbours(uint64_t start, uint64_t count)
{
	struct picture before;

	assert_int_equal(map(start - PAGE, 1), K_OK);
	assert_int_equal(map(start + count * PAGE, 1), K_OK);
	before = look(start, count);
	assert_int_equal(map(start, count), K_OK);
	assert_done(&before, start, count, OK, OK);
	assert_int_equal(unmap(start - PAGE, 1), K_OK);
	assert_int_equal(unmap(start + count * PAGE, 1), K_OK);
	before = look(start, count);
	assert_int_equal(protect(start, count), K_OK);
	assert_done(&before, start, count, OK, FORBIDDEN);
	assert_int_equal(map(start - PAGE, 1), K_OK);
	assert_int_equal(map(start + count * PAGE, 1), K_OK);
	before = look(start, count);
	assert_int_equal(unmap(start, count), K_OK);
	for (uint64_t i = 0; i < count; i++) {
		before.descriptors[MARGIN + i] = DESCRIPTOR_INVALID;
		assert_int_not_equal(access_byte(start + i * PAGE, WALKER_READ), OK);
	}
	assert_memory_equal(look(start, count).descriptors, before.descriptors, sizeof(before.descriptors));
	assert_int_equal(unmap(start - PAGE, 1), K_OK);
	assert_int_equal(unmap(start + count * PAGE, 1), K_OK);
}

static void test_neighbours_are_not_in_the_way(void **state)
{
	for_each_range(state, check_neighbours);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_mapped_page_is_in_the_way_of_map),
		cmocka_unit_test(test_one_hole_is_in_the_way_of_unmap_and_protect),
		cmocka_unit_test(test_neighbours_are_not_in_the_way),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
