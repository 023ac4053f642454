/*
 * Tags: none is worth two things at a time, whoever comes and goes.
 */
#include "core/memory/asid.h"

#include "tests/unit/space_fixture.h"

#define TEXT 0x400000UL

static void test_tags_of_a_generation_differ(void **state)
{
	bool seen[256] = {false};

	(void)state;
	for (unsigned i = 0; i < 255; i++) {
		struct address_space other = {0};

		asids_activate(&asids, &other);
		assert_int_equal(other.generation, 1);
		assert_in_range(other.space.asid, 1, 255);
		assert_false(seen[other.space.asid]);
		seen[other.space.asid] = true;
	}
	assert_int_equal(asids.generation, 1);
}

static void test_a_tag_stays(void **state)
{
	uint64_t tag;

	(void)state;
	space_enter(&space);
	tag = space.space.asid;
	asids_activate(&asids, &space);
	assert_int_equal(space.space.asid, tag);
	assert_int_equal(space.generation, 1);
	assert_true(twin.is_live);
}

static void test_the_last_of_16_bits(void **state)
{
	struct address_space other = {0};

	(void)state;
	asids_init(&asids, 16);
	for (unsigned i = 1; i <= 0xffff; i++) {
		asids_assign(&asids, &other);
		assert_int_equal(other.space.asid, i);
		assert_int_equal(other.generation, 1);
	}
	asids_assign(&asids, &other);
	assert_int_equal(other.space.asid, 1);
	assert_int_equal(other.generation, 2);
}

static void test_a_new_generation_leaves_the_live_space(void **state)
{
	struct address_space other = {0};

	(void)state;
	asids_init(&asids, 1);
	space_enter(&space);
	assert_int_equal(space.space.asid, 1);
	assert_int_equal(space.generation, 1);
	asids_activate(&asids, &other);
	assert_int_equal(other.space.asid, 1);
	assert_int_equal(other.generation, 2);
	/* Its tag is another's now. */
	assert_false(twin.is_live);
	space_enter(&space);
	assert_int_equal(space.generation, 3);
}

/* More spaces than tags: each sees its own page at the same address, and the twin aborts if two had one tag. */
static void test_more_spaces_than_tags(void **state)
{
	struct address_space many[5];
	uint64_t expected[5];

	(void)state;
	asids_init(&asids, 2);
	for (unsigned i = 0; i < 5; i++) {
		assert_int_equal(address_space_create(&many[i], &frames, LIMIT, &chance), K_OK);
		expected[i] = map_one(&many[i], TEXT, PAGE_USER_READ).value;
	}
	for (unsigned turn = 0; turn < 100; turn++) {
		unsigned i = turn * 7 % 5;

		space_enter(&many[i]);
		assert_int_equal(many[i].generation, asids.generation);
		assert_in_range(many[i].space.asid, 1, 3);
		assert_int_equal(frame_at(TEXT), expected[i]);
	}
	assert_in_range(asids.generation, 30, 100);
}

static void test_the_parked_tag(void **state)
{
	(void)state;
	assert_int_equal(ASID_PARKED, 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_tags_of_a_generation_differ, space_setup),
		cmocka_unit_test_setup(test_a_tag_stays, space_setup),
		cmocka_unit_test_setup(test_the_last_of_16_bits, space_setup),
		cmocka_unit_test_setup(test_a_new_generation_leaves_the_live_space, space_setup),
		cmocka_unit_test_setup(test_more_spaces_than_tags, space_setup),
		cmocka_unit_test_setup(test_the_parked_tag, space_setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
