/*
 * What the tests of address spaces have in common: the twin, frames of its own, tags, and one space.
 */
#ifndef TESTS_UNIT_SPACE_FIXTURE_H
#define TESTS_UNIT_SPACE_FIXTURE_H

#include "abi/limits.h"
#include "core/memory/address_space.h"
#include "core/memory/asid.h"
#include "core/memory/regions.h"
#include "hal_host/mmu.h"
#include "hal_host/state.h"
#include "tests/unit/twin_fixture.h"

#define RAM 0x42000000UL
#define RAM_SIZE 0x400000UL
#define LIMIT 500
#define PAGE 0x1000UL

/* Fault status codes (Arm ARM D17.2.37): none, translation fault at level 1 to 3, permission fault at level 3. */
#define OK 0xff
#define UNMAPPED_1 0x05
#define UNMAPPED_2 0x06
#define UNMAPPED_3 0x07
#define FORBIDDEN 0x0f

static struct frames frames;
static struct asids asids;
static struct random chance;
static struct address_space space;
static uint64_t frames_before;

/* A space without a tag. */
static inline int space_setup(void **state)
{
	struct region_set ram = {0};

	fixture_setup(state);
	assert_int_equal(region_set_add(&ram, (struct phys_range){RAM, RAM_SIZE}), K_OK);
	frames_init(&frames, &ram, &fixture_map);
	frames_before = frames.free_count;
	asids_init(&asids, 8);
	assert_int_equal(address_space_create(&space, &frames, LIMIT, &chance), K_OK);
	return 0;
}

static inline void space_enter(struct address_space *entered)
{
	asids_activate(&asids, entered);
	hal_space_enter(&entered->space);
}

static inline int space_setup_live(void **state)
{
	space_setup(state);
	space_enter(&space);
	return 0;
}

static inline struct user_range pages(uint64_t start, uint64_t count)
{
	struct user_range range = {0};

	assert_int_equal(user_range_make(start, count * PAGE, &range), K_OK);
	return range;
}

/* What an access of the live space comes to: OK, or the fault status code. */
static inline uint8_t access_byte(uint64_t address, enum walker_access access)
{
	uint64_t physical;
	uint8_t status = OK;

	(void)mmu_translate_user(address, access, &physical, &status);
	return status;
}

/* The frame that the live space reaches there. */
static inline uint64_t frame_at(uint64_t address)
{
	uint64_t physical;
	uint8_t status;

	assert_true(mmu_translate_user(address, WALKER_READ, &physical, &status));
	return physical & ~(PAGE - 1);
}

static inline phys_addr map_one(struct address_space *target, uint64_t page, enum page_access access)
{
	phys_addr frame = {0};

	assert_int_equal(address_space_map(target, (user_addr){page}, access, &frame), K_OK);
	return frame;
}

static inline void take_all_but(uint64_t left)
{
	phys_addr frame;

	while (frames.free_count > left) {
		assert_int_equal(frames_allocate(&frames, &frame), K_OK);
	}
}

static inline void clear_all(struct address_space *target)
{
	while (!address_space_clear(target)) {
	}
}

#endif
