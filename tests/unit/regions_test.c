#include "core/memory/regions.h"

#include <string.h>

#include "tests/unit/cmocka_test.h"

#define TOP UINT64_MAX

static struct phys_range range(uint64_t base, uint64_t size)
{
	return (struct phys_range){.base = base, .size = size};
}

/* Is the set exactly these ranges? */
static void assert_set(const struct region_set *set, size_t count, const struct phys_range *ranges)
{
	assert_int_equal(set->count, count);
	for (size_t index = 0; index < count; index++) {
		assert_int_equal(set->ranges[index].base, ranges[index].base);
		assert_int_equal(set->ranges[index].size, ranges[index].size);
	}
}

#define assert_ranges(set, ...)                                                    \
	do {                                                                       \
		const struct phys_range expected[] = {__VA_ARGS__};                \
                                                                                   \
		assert_set(set, sizeof(expected) / sizeof(expected[0]), expected); \
	} while (0)

static void add(struct region_set *set, uint64_t base, uint64_t size)
{
	assert_int_equal(region_set_add(set, range(base, size)), K_OK);
}

static void cut(struct region_set *set, uint64_t base, uint64_t size)
{
	assert_int_equal(region_set_remove(set, range(base, size)), K_OK);
}

/* A set of REGIONS_MAX ranges: [0x1000, 0x1800), [0x2000, 0x2800) and so on. */
static void fill(struct region_set *set)
{
	set->count = 0;
	for (uint64_t index = 1; index <= REGIONS_MAX; index++) {
		add(set, index * 0x1000, 0x800);
	}
	assert_int_equal(set->count, REGIONS_MAX);
}

static void valid_ranges(void **state)
{
	(void)state;
	assert_true(phys_range_is_valid(range(0, 1)));
	assert_true(phys_range_is_valid(range(0, TOP)));
	assert_true(phys_range_is_valid(range(TOP - 1, 1)));
	assert_false(phys_range_is_valid(range(0, 0)));
	assert_false(phys_range_is_valid(range(TOP, 0)));
	assert_false(phys_range_is_valid(range(TOP, 1)));
	assert_false(phys_range_is_valid(range(1, TOP)));
	assert_false(phys_range_is_valid(range(TOP, TOP)));
}

static void containment(void **state)
{
	(void)state;
	assert_true(phys_range_contains(range(10, 10), range(10, 10)));
	assert_true(phys_range_contains(range(10, 10), range(12, 8)));
	assert_true(phys_range_contains(range(10, 10), range(19, 1)));
	assert_false(phys_range_contains(range(10, 10), range(9, 5)));
	assert_false(phys_range_contains(range(10, 10), range(12, 9)));
	assert_false(phys_range_contains(range(10, 10), range(20, 1)));
	assert_false(phys_range_contains(range(10, 10), range(9, 12)));
	assert_false(phys_range_contains(range(10, 10), range(30, 1)));
	/* Nothing wraps into containment. */
	assert_false(phys_range_contains(range(10, 10), range(TOP, 12)));
	assert_false(phys_range_contains(range(10, 10), range(12, TOP)));
	assert_false(phys_range_contains(range(1, TOP - 1), range(TOP - 5, 10)));
}

static void overlap(void **state)
{
	(void)state;
	assert_true(phys_range_overlaps(range(10, 10), range(10, 10)));
	assert_true(phys_range_overlaps(range(10, 10), range(19, 5)));
	assert_true(phys_range_overlaps(range(19, 5), range(10, 10)));
	assert_true(phys_range_overlaps(range(10, 10), range(12, 1)));
	assert_true(phys_range_overlaps(range(12, 1), range(10, 10)));
	assert_true(phys_range_overlaps(range(0, TOP), range(TOP - 1, 1)));
	assert_false(phys_range_overlaps(range(10, 10), range(20, 5)));
	assert_false(phys_range_overlaps(range(20, 5), range(10, 10)));
	assert_false(phys_range_overlaps(range(10, 10), range(15, 0)));
	assert_false(phys_range_overlaps(range(15, 0), range(10, 10)));
	assert_false(phys_range_overlaps(range(0, 0), range(0, 0)));
}

static void added_ranges_are_sorted(void **state)
{
	struct region_set set = {.count = 0};

	(void)state;
	add(&set, 0x3000, 0x100);
	add(&set, 0x1000, 0x100);
	add(&set, 0x2000, 0x100);
	assert_ranges(&set, {0x1000, 0x100}, {0x2000, 0x100}, {0x3000, 0x100});
}

static void ranges_that_touch_or_overlap_are_merged(void **state)
{
	struct region_set set = {.count = 0};

	(void)state;
	add(&set, 0x1000, 0x100);
	add(&set, 0x1100, 0x100);
	assert_ranges(&set, {0x1000, 0x200});
	add(&set, 0xf00, 0x100);
	assert_ranges(&set, {0xf00, 0x300});
	add(&set, 0x1180, 0x100);
	assert_ranges(&set, {0xf00, 0x380});
	add(&set, 0xe80, 0x100);
	assert_ranges(&set, {0xe80, 0x400});
	/* Inside, and around. */
	add(&set, 0x1000, 0x10);
	assert_ranges(&set, {0xe80, 0x400});
	add(&set, 0xe00, 0x1000);
	assert_ranges(&set, {0xe00, 0x1000});
	/* One byte apart is apart. */
	add(&set, 0x1e01, 0xff);
	assert_ranges(&set, {0xe00, 0x1000}, {0x1e01, 0xff});
	add(&set, 0x1e00, 1);
	assert_ranges(&set, {0xe00, 0x1100});
}

static void one_range_can_merge_many(void **state)
{
	struct region_set set;

	(void)state;
	fill(&set);
	add(&set, 0x2400, 0xc00 + 0x1000 * (REGIONS_MAX - 4));
	assert_ranges(&set, {0x1000, 0x800}, {0x2000, 0x1000 * (REGIONS_MAX - 3) + 0x800},
		      {0x1000 * REGIONS_MAX, 0x800});
	add(&set, 0, TOP);
	assert_ranges(&set, {0, TOP});
}

static void add_refuses_empty_and_wrapping_ranges(void **state)
{
	struct region_set set = {.count = 0};

	(void)state;
	add(&set, 0x1000, 0x100);
	assert_int_equal(region_set_add(&set, range(0x2000, 0)), K_EINVAL);
	assert_int_equal(region_set_add(&set, range(TOP, 1)), K_EINVAL);
	assert_int_equal(region_set_add(&set, range(0x2000, TOP)), K_EINVAL);
	assert_ranges(&set, {0x1000, 0x100});
}

static void a_full_set_takes_only_what_merges(void **state)
{
	struct region_set set, before;

	(void)state;
	fill(&set);
	before = set;
	assert_int_equal(region_set_add(&set, range(0x100, 0x10)), K_ENOMEM);
	assert_int_equal(region_set_add(&set, range(0x1900, 0x10)), K_ENOMEM);
	assert_int_equal(region_set_add(&set, range(0x100000, 0x10)), K_ENOMEM);
	assert_memory_equal(&set, &before, sizeof(set));
	add(&set, 0x1800, 0x10);
	assert_int_equal(set.count, REGIONS_MAX);
	assert_int_equal(set.ranges[0].size, 0x810);
	add(&set, 0x1810, 0x7f0);
	assert_int_equal(set.count, REGIONS_MAX - 1);
}

static void removal_cuts_and_splits(void **state)
{
	struct region_set set = {.count = 0};

	(void)state;
	add(&set, 0x1000, 0x1000);
	cut(&set, 0x1000, 0x100);
	assert_ranges(&set, {0x1100, 0xf00});
	cut(&set, 0x1f00, 0x100);
	assert_ranges(&set, {0x1100, 0xe00});
	cut(&set, 0x1800, 0x100);
	assert_ranges(&set, {0x1100, 0x700}, {0x1900, 0x600});
	/* Over the hole, the end, the start. */
	cut(&set, 0x1700, 0x300);
	assert_ranges(&set, {0x1100, 0x600}, {0x1a00, 0x500});
	cut(&set, 0x1e80, 0x1000);
	assert_ranges(&set, {0x1100, 0x600}, {0x1a00, 0x480});
	cut(&set, 0, 0x1180);
	assert_ranges(&set, {0x1180, 0x580}, {0x1a00, 0x480});
	/* Exactly, and everything. */
	cut(&set, 0x1180, 0x580);
	assert_ranges(&set, {0x1a00, 0x480});
	cut(&set, 0, TOP);
	assert_int_equal(set.count, 0);
}

static void removal_of_what_is_not_there(void **state)
{
	struct region_set set = {.count = 0};

	(void)state;
	cut(&set, 0, TOP);
	add(&set, 0x1000, 0x1000);
	cut(&set, 0, 0x1000);
	cut(&set, 0x2000, 0x1000);
	cut(&set, 0x1800, 0);
	cut(&set, TOP, 0);
	assert_ranges(&set, {0x1000, 0x1000});
}

static void remove_refuses_a_wrapping_range(void **state)
{
	struct region_set set = {.count = 0};

	(void)state;
	add(&set, 0x1000, 0x1000);
	assert_int_equal(region_set_remove(&set, range(0x1800, TOP)), K_EINVAL);
	assert_int_equal(region_set_remove(&set, range(TOP, 1)), K_EINVAL);
	assert_ranges(&set, {0x1000, 0x1000});
}

static void a_full_set_cannot_be_split(void **state)
{
	struct region_set set, before;

	(void)state;
	fill(&set);
	before = set;
	assert_int_equal(region_set_remove(&set, range(0x1100, 0x10)), K_ENOMEM);
	assert_int_equal(region_set_remove(&set, range(0x1000 * REGIONS_MAX + 1, 1)), K_ENOMEM);
	assert_memory_equal(&set, &before, sizeof(set));
	cut(&set, 0x1100, 0x1000);
	assert_int_equal(set.count, REGIONS_MAX);
	assert_int_equal(set.ranges[0].size, 0x100);
	assert_int_equal(set.ranges[1].base, 0x2100);
}

static void alignment_is_inward(void **state)
{
	struct region_set set = {.count = 0};

	(void)state;
	add(&set, 0x1001, 0x1fff);
	add(&set, 0x4000, 0x1000);
	add(&set, 0x5fff, 0x1001);
	add(&set, 0x8000, 0xfff);
	add(&set, 0x9001, 0x1ffe);
	add(&set, 0xc800, 0x27ff);
	region_set_align(&set);
	assert_ranges(&set, {0x2000, 0x1000}, {0x4000, 0x1000}, {0x6000, 0x1000}, {0xd000, 0x1000});
}

static void alignment_at_the_top(void **state)
{
	struct region_set set = {.count = 0};

	(void)state;
	add(&set, 0, TOP);
	region_set_align(&set);
	assert_ranges(&set, {0, 0xfffffffffffff000});
	set.count = 0;
	add(&set, 0xfffffffffffff001, 0xff0);
	region_set_align(&set);
	assert_int_equal(set.count, 0);
}

static void a_set_contains_what_one_range_contains(void **state)
{
	struct region_set set = {.count = 0};

	(void)state;
	assert_false(region_set_contains(&set, range(0x1000, 1)));
	add(&set, 0x1000, 0x1000);
	add(&set, 0x3000, 0x1000);
	assert_true(region_set_contains(&set, range(0x1000, 0x1000)));
	assert_true(region_set_contains(&set, range(0x3fff, 1)));
	assert_false(region_set_contains(&set, range(0x1fff, 2)));
	assert_false(region_set_contains(&set, range(0x1800, 0x2000)));
	assert_false(region_set_contains(&set, range(0x2000, 1)));
}

static void a_set_overlaps_what_one_range_overlaps(void **state)
{
	struct region_set set = {.count = 0};

	(void)state;
	assert_false(region_set_overlaps(&set, range(0, TOP)));
	add(&set, 0x1000, 0x1000);
	add(&set, 0x3000, 0x1000);
	assert_true(region_set_overlaps(&set, range(0x1fff, 1)));
	assert_true(region_set_overlaps(&set, range(0x2000, 0x1001)));
	assert_true(region_set_overlaps(&set, range(0x3fff, 0x1000)));
	assert_true(region_set_overlaps(&set, range(0, TOP)));
	assert_false(region_set_overlaps(&set, range(0, 0x1000)));
	assert_false(region_set_overlaps(&set, range(0x2000, 0x1000)));
	assert_false(region_set_overlaps(&set, range(0x4000, TOP - 0x4000)));
	assert_false(region_set_overlaps(&set, range(0x3800, 0)));
}

static void total(void **state)
{
	struct region_set set = {.count = 0};

	(void)state;
	assert_int_equal(region_set_total(&set), 0);
	add(&set, 0x1000, 0x1000);
	add(&set, 0x3000, 0x10);
	assert_int_equal(region_set_total(&set), 0x1010);
	add(&set, 0, TOP);
	assert_int_equal(region_set_total(&set), TOP);
}

/* A model: one flag for each of 256 bytes. */
#define MODEL_SIZE 256

struct model {
	bool present[MODEL_SIZE];
	size_t runs; /* how many ranges the flags form */
};

static struct model model_with(const struct model *old, struct phys_range changed, bool present)
{
	struct model model = *old;

	for (uint64_t at = changed.base; at < changed.base + changed.size; at++) {
		model.present[at] = present;
	}
	model.runs = 0;
	for (size_t at = 0; at < MODEL_SIZE; at++) {
		model.runs += model.present[at] && (at == 0 || !model.present[at - 1]);
	}
	return model;
}

static void assert_agrees(const struct region_set *set, const struct model *model)
{
	uint64_t count = 0;

	assert_int_equal(set->count, model->runs);
	for (size_t at = 0; at < MODEL_SIZE; at++) {
		assert_int_equal(region_set_contains(set, range(at, 1)), model->present[at]);
		count += model->present[at];
	}
	assert_int_equal(region_set_total(set), count);
}

static void random_operations_agree_with_a_model(void **state)
{
	struct region_set set = {.count = 0};
	struct model model = {.runs = 0};
	uint32_t seed = 2;
	unsigned refused = 0;

	(void)state;
	for (unsigned round = 0; round < 20000; round++) {
		seed = (uint32_t)(seed * UINT64_C(48271) % 0x7fffffff);
		bool adds = seed / 7 % 2 == 0;
		struct phys_range changed = range(seed / 16 % MODEL_SIZE, 1 + seed / 4096 % 12);

		changed.size = changed.size < MODEL_SIZE - changed.base ? changed.size : MODEL_SIZE - changed.base;
		struct model next = model_with(&model, changed, adds);
		k_status status = adds ? region_set_add(&set, changed) : region_set_remove(&set, changed);

		assert_int_equal(status, next.runs <= REGIONS_MAX ? K_OK : K_ENOMEM);
		refused += status != K_OK;
		model = status == K_OK ? next : model;
		assert_agrees(&set, &model);
	}
	/* The full set was reached, too. */
	assert_true(refused > 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(valid_ranges),
		cmocka_unit_test(containment),
		cmocka_unit_test(overlap),
		cmocka_unit_test(added_ranges_are_sorted),
		cmocka_unit_test(ranges_that_touch_or_overlap_are_merged),
		cmocka_unit_test(one_range_can_merge_many),
		cmocka_unit_test(add_refuses_empty_and_wrapping_ranges),
		cmocka_unit_test(a_full_set_takes_only_what_merges),
		cmocka_unit_test(removal_cuts_and_splits),
		cmocka_unit_test(removal_of_what_is_not_there),
		cmocka_unit_test(remove_refuses_a_wrapping_range),
		cmocka_unit_test(a_full_set_cannot_be_split),
		cmocka_unit_test(alignment_is_inward),
		cmocka_unit_test(alignment_at_the_top),
		cmocka_unit_test(a_set_contains_what_one_range_contains),
		cmocka_unit_test(a_set_overlaps_what_one_range_overlaps),
		cmocka_unit_test(total),
		cmocka_unit_test(random_operations_agree_with_a_model),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
