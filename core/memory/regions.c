#include "core/memory/regions.h"

#include "abi/limits.h"
#include "lib/bits.h"
#include "lib/checked.h"

static uint64_t range_end(struct phys_range range)
{
	return range.base + range.size;
}

/* [start, end), or an empty range if that is backwards. */
static struct phys_range range_between(uint64_t start, uint64_t end)
{
	return (struct phys_range){.base = start, .size = end > start ? end - start : 0};
}

static uint64_t lower(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static uint64_t higher(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

bool phys_range_is_valid(struct phys_range range)
{
	return range.size != 0 && range.size <= UINT64_MAX - range.base;
}

bool phys_range_contains(struct phys_range outer, struct phys_range inner)
{
	return inner.base >= outer.base && inner.size <= outer.size &&
	       inner.base - outer.base <= outer.size - inner.size;
}

bool phys_range_overlaps(struct phys_range a, struct phys_range b)
{
	if (a.size == 0 || b.size == 0) {
		return false;
	}
	return a.base <= b.base ? b.base - a.base < a.size : a.base - b.base < b.size;
}

/* Appends at the end, in order. An empty range needs no room. */
static bool append(struct region_set *set, struct phys_range range)
{
	if (range.size == 0) {
		return true;
	}
	if (set->count == REGIONS_MAX) {
		return false;
	}
	set->ranges[set->count] = range;
	set->count++;
	return true;
}

k_status region_set_add(struct region_set *set, struct phys_range range)
{
	struct region_set result = {.count = 0};
	struct phys_range merged = range;
	size_t index = 0;
	bool fits = true;

	if (!phys_range_is_valid(range)) {
		return K_EINVAL;
	}
	for (; index < set->count && range_end(set->ranges[index]) < range.base; index++) {
		fits = fits && append(&result, set->ranges[index]);
	}
	for (; index < set->count && set->ranges[index].base <= range_end(range); index++) {
		merged = range_between(lower(merged.base, set->ranges[index].base),
				       higher(range_end(merged), range_end(set->ranges[index])));
	}
	fits = fits && append(&result, merged);
	for (; index < set->count; index++) {
		fits = fits && append(&result, set->ranges[index]);
	}
	if (!fits) {
		return K_ENOMEM;
	}
	*set = result;
	return K_OK;
}

k_status region_set_remove(struct region_set *set, struct phys_range range)
{
	struct region_set result = {.count = 0};

	if (range.size == 0) {
		return K_OK;
	}
	if (!phys_range_is_valid(range)) {
		return K_EINVAL;
	}
	for (size_t index = 0; index < set->count; index++) {
		struct phys_range old = set->ranges[index];
		struct phys_range below = range_between(old.base, lower(range_end(old), range.base));
		struct phys_range above = range_between(higher(old.base, range_end(range)), range_end(old));

		if (!append(&result, below) || !append(&result, above)) {
			return K_ENOMEM;
		}
	}
	*set = result;
	return K_OK;
}

static struct phys_range range_align(struct phys_range range)
{
	uint64_t start;

	if (!checked_align_up(range.base, PANTHER_PAGE_SIZE, &start)) {
		return (struct phys_range){0};
	}
	return range_between(start, align_down(range_end(range), PANTHER_PAGE_SIZE));
}

void region_set_align(struct region_set *set)
{
	size_t count = 0;

	for (size_t index = 0; index < set->count; index++) {
		struct phys_range aligned = range_align(set->ranges[index]);

		if (aligned.size != 0) {
			set->ranges[count] = aligned;
			count++;
		}
	}
	set->count = count;
}

bool region_set_contains(const struct region_set *set, struct phys_range range)
{
	for (size_t index = 0; index < set->count; index++) {
		if (phys_range_contains(set->ranges[index], range)) {
			return true;
		}
	}
	return false;
}

bool region_set_overlaps(const struct region_set *set, struct phys_range range)
{
	for (size_t index = 0; index < set->count; index++) {
		if (phys_range_overlaps(set->ranges[index], range)) {
			return true;
		}
	}
	return false;
}

uint64_t region_set_total(const struct region_set *set)
{
	uint64_t total = 0;

	for (size_t index = 0; index < set->count; index++) {
		total += set->ranges[index].size;
	}
	return total;
}
