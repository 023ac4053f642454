/*
 * Which RAM is the kernel's to use.
 */
#include "core/start/machine.h"

#include "lib/bits.h"
#include "lib/checked.h"

#define BLOCK_SIZE 0x200000 /* the linear map's blocks: the image's own are never mapped a second time */
#define GIB 0x40000000

static bool fail(struct machine_error *error, const char *tag, const char *reason)
{
	*error = (struct machine_error){.tag = tag, .reason = reason};
	return false;
}

static bool overlaps_any(const struct region_set *set, struct phys_range range)
{
	for (size_t index = 0; index < set->count; index++) {
		if (phys_range_overlaps(set->ranges[index], range)) {
			return true;
		}
	}
	return false;
}

/* Rounded out to whole blocks. The image is in RAM, so its end is far from wrapping only if RAM's is: hence the check.
 */
static bool blocks_of(struct phys_range image, struct phys_range *blocks)
{
	uint64_t end;

	if (!checked_add(image.base, image.size, &end) || !checked_align_up(end, BLOCK_SIZE, &end)) {
		return false;
	}
	blocks->base = align_down(image.base, BLOCK_SIZE);
	blocks->size = end - blocks->base;
	return true;
}

static bool check_image(const struct machine *machine, struct phys_range image, struct machine_error *error)
{
	if (!region_set_contains(&machine->ram, image)) {
		return fail(error, "mem", "RAM does not hold the image");
	}
	if (overlaps_any(&machine->reserved, image)) {
		return fail(error, "mem", "the image lies in a reserved range");
	}
	return true;
}

/* `taken` are the image's blocks: no linear mapping reaches there. */
static bool check_initrd(const struct machine *machine, struct phys_range taken, const struct region_set *reachable,
			 struct machine_error *error)
{
	if (machine->initrd.size == 0) {
		return true;
	}
	if (!region_set_contains(reachable, machine->initrd) || phys_range_overlaps(machine->initrd, taken)) {
		return fail(error, "initrd", "not in usable RAM, or in the image");
	}
	if (overlaps_any(&machine->reserved, machine->initrd)) {
		return fail(error, "mem", "the initrd lies in a reserved range");
	}
	return true;
}

static bool check_uart(const struct machine *machine, uint64_t address_limit, struct machine_error *error)
{
	if (machine->uart.base >= address_limit || machine->uart.size > address_limit - machine->uart.base) {
		return fail(error, "uart", "the PL011 is beyond the CPU's reach");
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

/* When the set has no room for both halves of the one range that is split, the smaller half goes as well. */
static bool take_away(struct region_set *set, struct phys_range taken, bool *clipped)
{
	if (region_set_remove(set, taken) == K_OK) {
		return true;
	}
	*clipped = true;
	for (size_t index = 0; index < set->count; index++) {
		if (phys_range_contains(set->ranges[index], taken)) {
			return region_set_remove(set, with_smaller_side(set->ranges[index], taken)) == K_OK;
		}
	}
	return false;
}

static bool take_all_away(const struct machine *machine, struct phys_range blocks, struct region_set *usable,
			  bool *clipped)
{
	bool is_well = take_away(usable, blocks, clipped) && take_away(usable, machine->initrd, clipped);

	for (size_t index = 0; is_well && index < machine->reserved.count; index++) {
		is_well = take_away(usable, machine->reserved.ranges[index], clipped);
	}
	region_set_align(usable);
	return is_well && region_set_total(usable) >= MACHINE_RAM_MIN;
}

bool machine_memory(const struct machine *machine, struct phys_range image, uint64_t address_limit,
		    struct region_set *usable, bool *clipped, struct machine_error *error)
{
	struct phys_range blocks;

	*usable = machine->ram;
	*clipped = machine->clipped != 0;
	if (machine->ram.count == 0 || !blocks_of(image, &blocks)) {
		return fail(error, "mem", "no RAM");
	}
	cut_above(usable, address_limit, clipped);
	cut_above(usable, span_limit(machine), clipped);
	if (!check_uart(machine, address_limit, error) || !check_image(machine, image, error) ||
	    !check_initrd(machine, blocks, usable, error)) {
		return false;
	}
	if (!take_all_away(machine, blocks, usable, clipped)) {
		return fail(error, "mem", "too little RAM is left");
	}
	return true;
}
