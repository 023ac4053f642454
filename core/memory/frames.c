#include "core/memory/frames.h"

#include "abi/limits.h"
#include "core/log/panic.h"
#include "core/memory/kernel_map.h"
#include "hal/memory.h"
#include "lib/bits.h"
#include "lib/checked.h"
#include "lib/memory.h"

/*
 * The state of a frame below its region's watermark is FRAME_ALLOCATED, or the
 * link to the frame that was freed before it, or FRAME_NONE for the oldest. A
 * link is region << 28 | index.
 */
#define FRAME_NONE 0xffffffffU
#define FRAME_ALLOCATED 0xfffffffeU

#define LINK_INDEX_BITS 28
#define LINK_INDEX_MASK ((1U << LINK_INDEX_BITS) - 1)

#define FRAMES_PER_BLOCK (FRAMES_BLOCK_SIZE / PANTHER_PAGE_SIZE)
#define STATES_PER_FRAME (PANTHER_PAGE_SIZE / sizeof(uint32_t))

/* A region counts up to 1 TiB less one block, so that no link is one of the two values above. */
#define REGION_BLOCKS_MAX ((1U << LINK_INDEX_BITS) / FRAMES_PER_BLOCK - 1)

_Static_assert(REGIONS_MAX <= 1U << (32 - LINK_INDEX_BITS), "a link has room for every region");

static phys_addr frame_at(const struct frame_region *region, uint32_t index)
{
	return (phys_addr){region->first.value + (uint64_t)index * PANTHER_PAGE_SIZE};
}

static phys_addr state_at(const struct frame_region *region, uint32_t index)
{
	return (phys_addr){region->states.value + (uint64_t)index * sizeof(uint32_t)};
}

static uint32_t *state_of(const struct frame_region *region, uint32_t index)
{
	return hal_phys_to_ptr(state_at(region, index), sizeof(uint32_t));
}

/* Lays out a region: the table at its start has a state for each frame behind the table. */
static bool region_make(struct frame_region *region, struct phys_range range)
{
	uint64_t end = align_down(range.base + range.size, FRAMES_BLOCK_SIZE);
	uint64_t start;

	if (!checked_align_up(range.base, FRAMES_BLOCK_SIZE, &start) || start >= end) {
		return false;
	}
	uint64_t blocks = (end - start) / FRAMES_BLOCK_SIZE;
	uint64_t pages = (blocks < REGION_BLOCKS_MAX ? blocks : REGION_BLOCKS_MAX) * FRAMES_PER_BLOCK;
	/* One page of table serves itself and STATES_PER_FRAME frames; rounded up. */
	uint64_t table_pages = (pages + STATES_PER_FRAME) / (STATES_PER_FRAME + 1);

	region->states.value = start;
	region->first.value = start + table_pages * PANTHER_PAGE_SIZE;
	region->frame_count = (uint32_t)(pages - table_pages);
	region->watermark = 0;
	return true;
}

static uint64_t region_end(const struct frame_region *region)
{
	return region->first.value + region->frame_count * (uint64_t)PANTHER_PAGE_SIZE;
}

void frames_init(struct frames *frames, const struct region_set *ram, struct kernel_map *map)
{
	*frames = (struct frames){.map = map, .free_head = FRAME_NONE};
	for (size_t index = 0; index < ram->count; index++) {
		struct frame_region *region = &frames->regions[frames->region_count];

		if (region_make(region, ram->ranges[index])) {
			frames->region_count++;
			frames->total_count += region->frame_count;
		}
	}
	frames->free_count = frames->total_count;
	frames->image = align_down(map->image.base, FRAMES_BLOCK_SIZE);
	if (frames->region_count != 0) {
		frames->start = frames->regions[0].first.value;
		frames->end = region_end(&frames->regions[frames->region_count - 1]);
	}
}

static bool block_map(struct frames *frames, phys_addr address)
{
	phys_addr block = {align_down(address.value, FRAMES_BLOCK_SIZE)};

	return kernel_map_linear(frames->map, block, FRAMES_BLOCK_SIZE) == K_OK;
}

/* Maps what the frame at the watermark is the first to need: the block of its state, its own block. */
static bool region_reach(struct frames *frames, const struct frame_region *region)
{
	phys_addr state = state_at(region, region->watermark);
	phys_addr frame = frame_at(region, region->watermark);

	if (is_aligned(state.value, FRAMES_BLOCK_SIZE) && !block_map(frames, state)) {
		return false;
	}
	if (region->watermark == 0 || is_aligned(frame.value, FRAMES_BLOCK_SIZE)) {
		return block_map(frames, frame);
	}
	return true;
}

/* Ends the region at its watermark. */
static void region_cut(struct frames *frames, struct frame_region *region)
{
	uint32_t lost = region->frame_count - region->watermark;

	region->frame_count = region->watermark;
	frames->free_count -= lost;
	frames->total_count -= lost;
}

static k_status take_fresh(struct frames *frames, phys_addr *frame)
{
	for (; frames->current < frames->region_count; frames->current++) {
		struct frame_region *region = &frames->regions[frames->current];

		if (region->watermark == region->frame_count) {
			continue;
		}
		if (!region_reach(frames, region)) {
			region_cut(frames, region);
			continue;
		}
		*frame = frame_at(region, region->watermark);
		*state_of(region, region->watermark) = FRAME_ALLOCATED;
		hal_frame_clear(*frame);
		region->watermark++;
		frames->free_count--;
		return K_OK;
	}
	return K_ENOMEM;
}

K_NORETURN static void link_is_corrupt(uint32_t link)
{
	panic("frame-corrupt", "the list of free frames leads to %#x", link);
}

/* Where a link leads, which must be a frame that was handed out and is free. Returns the frame's state. */
K_ALWAYS_INLINE uint32_t *link_follow(const struct frames *frames, uint32_t link, phys_addr *frame)
{
	size_t number = link >> LINK_INDEX_BITS;
	uint32_t index = link & LINK_INDEX_MASK;
	uint32_t *state;

	if (number >= frames->region_count || index >= frames->regions[number].watermark) {
		link_is_corrupt(link);
	}
	state = state_of(&frames->regions[number], index);
	if (*state == FRAME_ALLOCATED) {
		link_is_corrupt(link);
	}
	*frame = frame_at(&frames->regions[number], index);
	return state;
}

static void check_is_zero(phys_addr frame)
{
	if (!k_memory_is_zero(hal_phys_to_ptr(frame, PANTHER_PAGE_SIZE), PANTHER_PAGE_SIZE)) {
		panic("page-poison", "free frame %#llx was written", (unsigned long long)frame.value);
	}
}

static void take_freed(struct frames *frames, phys_addr *frame)
{
	uint32_t *state = link_follow(frames, frames->free_head, frame);

	if (PANTHER_CHECKS) {
		check_is_zero(*frame);
	}
	frames->free_head = *state;
	frames->free_count--;
	*state = FRAME_ALLOCATED;
}

k_status frames_allocate(struct frames *frames, phys_addr *frame)
{
	if (frames->free_head == FRAME_NONE) {
		return take_fresh(frames, frame);
	}
	take_freed(frames, frame);
	return K_OK;
}

/* The region that has handed out the frame, and which of its frames it is; region_count if there is none. */
K_ALWAYS_INLINE size_t region_find(const struct frames *frames, phys_addr frame, uint32_t *index)
{
	for (size_t number = 0; number < frames->region_count; number++) {
		const struct frame_region *region = &frames->regions[number];
		uint64_t distance;

		if (frame.value < region->first.value) {
			continue;
		}
		distance = (frame.value - region->first.value) / PANTHER_PAGE_SIZE;
		if (distance < region->watermark) {
			*index = (uint32_t)distance;
			return number;
		}
	}
	return frames->region_count;
}

void frames_free(struct frames *frames, phys_addr frame)
{
	uint32_t index = 0;
	size_t number = region_find(frames, frame, &index);
	uint32_t *state;

	if (number == frames->region_count || !is_aligned(frame.value, PANTHER_PAGE_SIZE)) {
		panic("frame-bad-free", "%#llx is no frame that was handed out", (unsigned long long)frame.value);
	}
	state = state_of(&frames->regions[number], index);
	if (*state != FRAME_ALLOCATED) {
		panic("frame-double-free", "frame %#llx is free already", (unsigned long long)frame.value);
	}
	hal_frame_clear(frame);
	*state = frames->free_head;
	frames->free_head = (uint32_t)number << LINK_INDEX_BITS | index;
	frames->free_count++;
}

/* Walks the list of freed frames, which must have `count` members. (If it ends after that many, none came twice.) */
static void check_list(const struct frames *frames, uint64_t count)
{
	uint32_t link = frames->free_head;

	for (; count != 0 && link != FRAME_NONE; count--) {
		phys_addr frame;
		const uint32_t *state = link_follow(frames, link, &frame);

		check_is_zero(frame);
		link = *state;
	}
	if (count != 0 || link != FRAME_NONE) {
		panic("frame-corrupt", "the list of free frames has the wrong length");
	}
}

static uint64_t count_allocated(const struct frame_region *region)
{
	const uint32_t *states;
	uint64_t count = 0;

	if (region->watermark == 0) {
		return 0;
	}
	states = hal_phys_to_ptr(region->states, region->watermark * sizeof(*states));
	for (uint32_t index = 0; index < region->watermark; index++) {
		count += states[index] == FRAME_ALLOCATED;
	}
	return count;
}

void frames_check(const struct frames *frames)
{
	uint64_t total = 0, fresh = 0, allocated = 0;

	for (size_t index = 0; index < frames->region_count; index++) {
		const struct frame_region *region = &frames->regions[index];

		total += region->frame_count;
		fresh += region->frame_count - region->watermark;
		allocated += count_allocated(region);
	}
	if (frames->total_count != total || frames->free_count != total - allocated) {
		panic("frame-corrupt", "the frame counts do not add up");
	}
	check_list(frames, frames->free_count - fresh);
}
