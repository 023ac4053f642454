/*
 * The frame allocator: all RAM that is not the image, in frames of 4 KiB.
 *
 * Boot touches no frame: each region has a watermark, below which frames have
 * been handed out at least once. Freed frames go to a list that lives in a
 * table beside them (four bytes a frame, at the start of the region), never in
 * the frames themselves, so a stale write cannot corrupt the allocator. Frames
 * are cleared when first handed out and when freed.
 *
 * RAM is mapped by kernel_map_linear in blocks of 2 MiB, table and frames
 * alike, each block just before it is first touched. A block may be mapped only
 * if all of it is RAM, so a range counts only as far as it holds whole blocks.
 */
#ifndef CORE_MEMORY_FRAMES_H
#define CORE_MEMORY_FRAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/memory/regions.h"
#include "hal/address.h"
#include "lib/bits.h"
#include "lib/compiler.h"
#include "lib/status.h"

/* What a level-2 block descriptor maps with the 4 KiB granule (Arm ARM D8.3.1). */
#define FRAMES_BLOCK_SIZE 0x200000

struct kernel_map;

/* One region. Its fields are private to frames.c. */
struct frame_region {
	phys_addr states;     /* the table: one uint32_t a frame below the watermark */
	phys_addr first;      /* the first frame that can be handed out: the one behind the table */
	uint32_t frame_count; /* how many frames can be handed out */
	uint32_t watermark;   /* frames [0, watermark) have been handed out at least once */
};

struct frames {
	uint64_t free_count;  /* frames that frames_allocate could still hand out */
	uint64_t total_count; /* frames that exist: free and handed out */
	/* The rest is private to frames.c. */
	struct kernel_map *map;
	uint32_t free_head; /* newest freed frame */
	size_t current;	    /* regions below this one have been handed out whole */
	size_t region_count;
	uint64_t start, end; /* of all regions and what lies between them */
	uint64_t image;	     /* the image's block */
	struct frame_region regions[REGIONS_MAX];
};

/* Takes over the RAM in `ram`. Touches nothing of it. `map` outlives `frames`. What lies outside of whole 2 MiB blocks
 * is left out; so a range without one is left out altogether. */
void frames_init(struct frames *frames, const struct region_set *ram, struct kernel_map *map);

/* Hands out one zeroed frame, owned by the caller until frames_free. K_ENOMEM when none is left. O(1). A region of
 * which a block cannot be mapped ends below that block: its remaining frames cease to exist, and the next
 * region serves. With PANTHER_CHECKS: panics ("page-poison") if the frame was written since it was freed. */
K_MUST_USE k_status frames_allocate(struct frames *frames, phys_addr *frame);

/* Could this be a frame that was handed out? False for whatever lies before the first or behind the last region of the
 * RAM that was taken over, or in the block that the kernel's image and its tables are in. */
K_ALWAYS_INLINE bool frames_may_contain(const struct frames *frames, phys_addr frame)
{
	bool is_in_ram = frame.value >= frames->start && frame.value < frames->end;

	return is_in_ram && align_down(frame.value, FRAMES_BLOCK_SIZE) != frames->image;
}

/* Takes a frame back and clears it. No live translation may reach it. Panics on an address that is not an allocated
 * frame's first byte, which only a kernel bug can do: "frame-double-free" if the frame has been freed already,
 * "frame-bad-free" if it is none that was ever handed out. O(1). */
void frames_free(struct frames *frames, phys_addr frame);

/* Recounts everything from the tables and panics if it does not agree ("frame-corrupt") or if a freed frame is not
 * all zeros ("page-poison"). Takes time for every frame ever handed out: for tests and oracles. */
void frames_check(const struct frames *frames);

#endif
