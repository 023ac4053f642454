/*
 * Which RAM is the kernel's to use.
 */
#include "core/start/machine.h"

#include "core/memory/frames.h"
#include "lib/bits.h"
#include "lib/checked.h"

#define GIB 0x40000000

static bool fail(struct machine_error *error, const char *tag, const char *reason)
{
	*error = (struct machine_error){.tag = tag, .reason = reason};
	return false;
}

/* The blocks of the linear map that a range, which does not wrap, is in. */
static struct phys_range blocks_of(struct phys_range range)
{
	uint64_t start = align_down(range.base, FRAMES_BLOCK_SIZE);
	uint64_t end;

	if (!checked_align_up(range.base + range.size, FRAMES_BLOCK_SIZE, &end)) {
		end = UINT64_MAX;
	}
	return (struct phys_range){start, end - start};
}

static bool check_image(const struct machine *machine, struct phys_range image, struct machine_error *error)
{
	if (!region_set_contains(&machine->ram, image)) {
		return fail(error, "mem", "RAM does not hold the image");
	}
	if (region_set_overlaps(&machine->reserved, image)) {
		return fail(error, "mem", "the image lies in a reserved range");
	}
	return true;
}

/* The linear map shows the initrd, in whole blocks: all of them are RAM, and none is the image's. */
static bool check_initrd(const struct machine *machine, struct phys_range image, const struct region_set *reachable,
			 struct machine_error *error)
{
	struct phys_range initrd = machine->initrd;

	if (initrd.size == 0) {
		return true;
	}
	if (!region_set_contains(reachable, initrd) || !region_set_contains(reachable, blocks_of(initrd)) ||
	    phys_range_overlaps(blocks_of(initrd), blocks_of(image))) {
		return fail(error, "initrd", "not in usable RAM, or in the image");
	}
	if (region_set_overlaps(&machine->reserved, initrd)) {
		return fail(error, "mem", "the initrd lies in a reserved range");
	}
	return true;
}

static bool is_within(struct phys_range range, uint64_t limit)
{
	return range.base < limit && range.size <= limit - range.base;
}

static bool check_devices(const struct machine *machine, uint64_t address_limit, struct machine_error *error)
{
	if (!is_within(machine->uart, address_limit)) {
		return fail(error, "uart", "the PL011 is beyond the CPU's reach");
	}
	if (!is_within(machine->gic.distributor, address_limit) || !is_within(machine->gic.interface, address_limit)) {
		return fail(error, "gic", "it is beyond the CPU's reach");
	}
	return true;
}

/* Takes away everything from `limit` up. Never splits a range, so it always fits. */
static void cut_above(struct region_set *set, uint64_t limit, bool *clipped)
{
	while (set->count > 0) {
		struct phys_range *last = &set->ranges[set->count - 1];

		if (last->base < limit) {
			if (last->size > limit - last->base) {
				last->size = limit - last->base;
				*clipped = true;
			}
			return;
		}
		set->count--;
		*clipped = true;
	}
}

/* The first address that is too far from the start of RAM for the linear map. */
static uint64_t span_limit(const struct machine *machine)
{
	uint64_t start = align_down(machine->ram.ranges[0].base, GIB);

	return start > UINT64_MAX - MACHINE_RAM_SPAN_MAX ? UINT64_MAX : start + MACHINE_RAM_SPAN_MAX;
}

/* `taken` and the smaller of the two parts of `whole` that it leaves, which is around it. */
static struct phys_range with_smaller_side(struct phys_range whole, struct phys_range taken)
{
	uint64_t below = taken.base - whole.base;
	uint64_t above = whole.size - below - taken.size;

	if (below < above) {
		return (struct phys_range){whole.base, below + taken.size};
	}
	return (struct phys_range){taken.base, taken.size + above};
}

/* Takes the range's blocks away. When the set has no room for both parts of the one range that is split, the smaller
 * part goes as well. */
static bool take_away(struct region_set *set, struct phys_range range, bool *clipped)
{
	struct phys_range blocks = blocks_of(range);

	if (range.size == 0 || region_set_remove(set, blocks) == K_OK) {
		return true;
	}
	*clipped = true;
	for (size_t index = 0; index < set->count; index++) {
		if (phys_range_contains(set->ranges[index], blocks)) {
			return region_set_remove(set, with_smaller_side(set->ranges[index], blocks)) == K_OK;
		}
	}
	return false;
}

/* Rounds every range inward to whole blocks. */
static void keep_whole_blocks(struct region_set *set)
{
	const struct region_set ragged = *set;

	set->count = 0;
	for (size_t index = 0; index < ragged.count; index++) {
		uint64_t end = align_down(ragged.ranges[index].base + ragged.ranges[index].size, FRAMES_BLOCK_SIZE);
		uint64_t start;

		if (checked_align_up(ragged.ranges[index].base, FRAMES_BLOCK_SIZE, &start) && start < end) {
			set->ranges[set->count] = (struct phys_range){start, end - start};
			set->count++;
		}
	}
}

static bool take_all_away(const struct machine *machine, struct phys_range image, struct region_set *usable,
			  bool *clipped)
{
	bool is_well = take_away(usable, image, clipped) && take_away(usable, machine->initrd, clipped);

	for (size_t index = 0; is_well && index < machine->reserved.count; index++) {
		is_well = take_away(usable, machine->reserved.ranges[index], clipped);
	}
	return is_well && region_set_total(usable) >= MACHINE_RAM_MIN;
}

bool machine_memory(const struct machine *machine, struct phys_range image, uint64_t address_limit,
		    struct region_set *usable, bool *clipped, struct machine_error *error)
{
	*usable = machine->ram;
	*clipped = machine->clipped != 0;
	cut_above(usable, address_limit, clipped);
	cut_above(usable, span_limit(machine), clipped);
	if (!check_devices(machine, address_limit, error) || !check_image(machine, image, error) ||
	    !check_initrd(machine, image, usable, error)) {
		return false;
	}
	keep_whole_blocks(usable);
	if (!take_all_away(machine, image, usable, clipped)) {
		return fail(error, "mem", "too little RAM is left");
	}
	return true;
}
