/*
 * A small set of physical memory ranges: RAM, less what is taken. Sorted,
 * disjoint, never empty ranges; page-aligned inward by region_set_align.
 */
#ifndef CORE_MEMORY_REGIONS_H
#define CORE_MEMORY_REGIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hal/address.h"
#include "lib/compiler.h"
#include "lib/status.h"

#define REGIONS_MAX 16

struct region_set {
	size_t count;
	struct phys_range ranges[REGIONS_MAX];
};

/* Does base + size stay below 2^64, and is it not empty? */
K_MUST_USE bool phys_range_is_valid(struct phys_range range);
K_MUST_USE bool phys_range_contains(struct phys_range outer, struct phys_range inner);
K_MUST_USE bool phys_range_overlaps(struct phys_range a, struct phys_range b);

/* Adds a range, merging what overlaps or touches. K_EINVAL for an empty or wrapping range, K_ENOMEM when the set is
 * full; the set is then unchanged. */
K_MUST_USE k_status region_set_add(struct region_set *set, struct phys_range range);

/* Removes a range, splitting what it cuts. An empty range removes nothing. K_EINVAL if it wraps, K_ENOMEM when a split
 * does not fit; the set is then unchanged. */
K_MUST_USE k_status region_set_remove(struct region_set *set, struct phys_range range);

/* Rounds every range inward to whole pages and drops what becomes empty. */
void region_set_align(struct region_set *set);

/* Is the (valid) range wholly inside one range of the set? */
K_MUST_USE bool region_set_contains(const struct region_set *set, struct phys_range range);

/* Do the (valid or empty) range and one of the set have a byte in common? */
K_MUST_USE bool region_set_overlaps(const struct region_set *set, struct phys_range range);

/* Bytes in all ranges together. */
uint64_t region_set_total(const struct region_set *set);

#endif
