/*
 * Address spaces of several processes: core/memory/address_space.h against lists of pages. Each page is marked, so that
 * one that is lost, mixed up or handed out twice shows; frames, tables and tags can run out.
 */
#include <string.h>

#include "core/kernel.h"
#include "core/memory/asid.h"
#include "hal/memory.h"
#include "hal/mmu.h"
#include "hal_host/twin.h"
#include "tests/fuzz/page_table_fuzzer.h"
#include "tests/fuzz/page_table_space.h"
#include "tests/support/require.h"

#define PAGE 0x1000UL
#define LEAF_SPAN 0x200000UL
#define GIB 0x40000000UL
#define SPACES 4

static struct model models[SPACES];
static phys_addr held[512]; /* frames that are somebody else's */
static size_t held_count;

static void check_frames(void)
{
	uint64_t used = held_count;

	for (size_t i = 0; i < SPACES; i++) {
		used += models[i].exists ? models[i].space.frames_used : 0;
	}
	REQUIRE(kernel.frames.total_count - kernel.frames.free_count == used);
}

/* The range of a call: page-aligned, not empty, at most 256 KiB, below the user limit. */
struct call {
	uint64_t address;
	uint64_t count;
	enum page_access access;
};

static struct user_range range_of(const struct call *call)
{
	struct user_range range = {0};

	REQUIRE(user_range_make(call->address, call->count * PAGE, &range) == K_OK);
	return range;
}

static uint64_t count_mapped(struct model *model, const struct call *call)
{
	uint64_t mapped = 0;

	for (uint64_t i = 0; i < call->count; i++) {
		mapped += space_find(model, call->address + i * PAGE) != NULL;
	}
	return mapped;
}

static k_status expect_map(struct model *model, const struct call *call)
{
	uint64_t guard = model->space.stack_bottom - PANTHER_USER_GUARD;
	uint64_t end = call->address + call->count * PAGE;

	if (!is_user(call->access) || call->address < PANTHER_USER_BOTTOM ||
	    (call->address < model->space.stack_bottom && end > guard) || count_mapped(model, call) != 0) {
		return K_EINVAL;
	}
	return space_has_frames(model, space_frames_needed(model, call->address, call->count)) ? K_OK : K_ENOMEM;
}

static void map(struct model *model, const struct call *call)
{
	k_status expected = expect_map(model, call);

	REQUIRE(address_space_map_pages(&model->space, range_of(call), call->access) == expected);
	for (uint64_t i = 0; expected == K_OK && i < call->count; i++) {
		space_add_page(model, call->address + i * PAGE, call->access);
	}
}

static void unmap(struct model *model, const struct call *call)
{
	k_status expected = count_mapped(model, call) == call->count ? K_OK : K_EINVAL;

	REQUIRE(address_space_unmap_pages(&model->space, range_of(call)) == expected);
	for (uint64_t i = 0; expected == K_OK && i < call->count; i++) {
		*space_find(model, call->address + i * PAGE) = model->pages[model->count - 1];
		model->count--;
	}
}

static k_status expect_protect(struct model *model, const struct call *call)
{
	if (!is_user(call->access) || count_mapped(model, call) != call->count) {
		return K_EINVAL;
	}
	for (uint64_t i = 0; call->access == PAGE_USER_EXECUTE && i < call->count; i++) {
		if (space_find(model, call->address + i * PAGE)->was_writable) {
			return K_EACCES;
		}
	}
	return K_OK;
}

static void protect(struct model *model, const struct call *call)
{
	k_status expected = expect_protect(model, call);

	REQUIRE(address_space_protect_pages(&model->space, range_of(call), call->access) == expected);
	for (uint64_t i = 0; expected == K_OK && i < call->count; i++) {
		struct page *page = space_find(model, call->address + i * PAGE);

		page->access = call->access;
		page->was_writable = page->was_writable || call->access == PAGE_USER_READ_WRITE;
	}
}

/* One page for the loader, anywhere: the address is any number. */
static void map_one(struct model *model, uint64_t address, enum page_access access)
{
	phys_addr frame;
	k_status expected = K_EINVAL;

	if (is_user(access) && address % PAGE == 0 && address >= PANTHER_USER_BOTTOM && address < PANTHER_USER_TOP &&
	    space_find(model, address) == NULL) {
		expected = space_has_frames(model, space_frames_needed(model, address, 1)) ? K_OK : K_ENOMEM;
	}
	model->may_have_empty_tables |= expected == K_ENOMEM;
	REQUIRE(address_space_map(&model->space, (user_addr){address}, access, &frame) == expected);
	if (expected == K_OK) {
		hal_code_sync(frame, PAGE);
		space_add_page(model, address, access);
		REQUIRE(model->pages[model->count - 1].frame == frame.value);
	}
}

/* The kernel's choice is free, and a guard away from the last one. */
static void choose(struct model *model, struct call *call)
{
	uint64_t size = call->count * PAGE;
	uint64_t address;

	if (address_space_choose(&model->space, size, &address) != K_OK) {
		return;
	}
	call->address = address;
	REQUIRE(address >= PANTHER_USER_MAP_BASE && address + size <= PANTHER_USER_MAP_TOP && address % PAGE == 0);
	REQUIRE(count_mapped(model, call) == 0);
	REQUIRE(model->space.map_next == address + size + PANTHER_USER_GUARD);
	map(model, call);
}

static void enter(struct model *model)
{
	asids_activate(&kernel.scheduler.asids, &model->space);
	hal_space_enter(&model->space.space);
}

/* A bounded step; it has frames left exactly as long as there were more. */
static void clear_step(struct model *model)
{
	uint64_t before = model->space.frames_used;
	bool is_clear;

	for (size_t i = 0; i < model->count && !model->is_clearing; i++) {
		space_check_mark(&model->pages[i]);
	}
	model->is_clearing = true;
	is_clear = address_space_clear(&model->space);
	REQUIRE(!space_is_live(model));
	REQUIRE(is_clear == (model->space.frames_used == 1));
	REQUIRE(before - model->space.frames_used ==
		(before - 1 < ADDRESS_SPACE_STEP ? before - 1 : ADDRESS_SPACE_STEP));
	if (is_clear) {
		address_space_destroy(&model->space);
		model->exists = false;
	}
}

static void create(struct model *model, uint32_t frames_max)
{
	k_status expected = frames_max >= 1 && kernel.frames.free_count >= 1 ? K_OK : K_ENOMEM;

	*model = (struct model){.count = 0};
	REQUIRE(address_space_create(&model->space, &kernel.frames, frames_max, &kernel.random) == expected);
	model->exists = expected == K_OK;
	if (model->exists) {
		uint64_t bottom = model->space.stack_bottom;

		REQUIRE(bottom >= PANTHER_USER_STACK_BASE && bottom % PAGE == 0);
		REQUIRE(bottom + PANTHER_USER_STACK_SIZE + PANTHER_USER_GUARD <= PANTHER_USER_TOP);
	}
}

/* Leaves so many frames for the spaces. */
static void hold_all_but(uint64_t left)
{
	while (held_count != 0 && kernel.frames.free_count < left) {
		frames_free(&kernel.frames, held[--held_count]);
	}
	while (kernel.frames.free_count > left) {
		REQUIRE(frames_allocate(&kernel.frames, &held[held_count++]) == K_OK);
	}
}

/* Near what matters, or at a page that is mapped. */
static uint64_t take_address(struct input_bytes *input, const struct model *model)
{
	const uint64_t places[] = {PANTHER_USER_BOTTOM,
				   0x400000,
				   LEAF_SPAN,
				   GIB,
				   PANTHER_USER_MAP_BASE,
				   model->space.stack_bottom,
				   model->space.stack_bottom - PANTHER_USER_GUARD,
				   PANTHER_USER_TOP};
	uint8_t place = take(input);
	uint64_t distance = (uint64_t)(int64_t)(int8_t)take(input) * PAGE;

	if (place >= 128 && model->count != 0) {
		return model->pages[place % model->count].address + distance / 16;
	}
	return places[place % 8] + distance;
}

static void take_call(struct input_bytes *input, const struct model *model, struct call *call)
{
	uint64_t room;

	call->address = take_address(input, model) / PAGE * PAGE % PANTHER_USER_TOP;
	call->count = 1 + take(input) % (PANTHER_MAP_MAX / PAGE);
	call->access = PAGE_USER_READ + take(input) % 3;
	room = (PANTHER_USER_TOP - call->address) / PAGE;
	call->count = call->count < room ? call->count : room;
}

static void operate_on(struct input_bytes *input, struct model *model, uint8_t choice)
{
	struct call call;

	take_call(input, model, &call);
	switch (choice) {
	case 0:
	case 1:
		map(model, &call);
		break;
	case 2:
		unmap(model, &call);
		break;
	case 3:
		protect(model, &call);
		break;
	case 4:
		choose(model, &call);
		break;
	case 5:
		call.access = (enum page_access)(call.count % (PAGE_USER_EXECUTE + 1));
		map(model, &call);
		protect(model, &call);
		break;
	default:
		map_one(model, take_address(input, model) + take(input) / 128, call.access);
		break;
	}
	space_check_accesses(model, call.address, call.count);
	space_check(model);
}

static void operate(struct input_bytes *input)
{
	static const uint32_t limits[] = {1000, 1, 2, 3, 4, 20, 0, 100};
	uint8_t choice = take(input);
	struct model *model = &models[choice % SPACES];

	choice = choice / SPACES % 16;
	if (choice == 15) {
		hold_all_but(take(input));
	} else if (!model->exists) {
		create(model, limits[take(input) % 8]);
	} else if (model->is_clearing || choice == 14) {
		clear_step(model);
	} else if (choice >= 11) {
		enter(model);
		space_check(model);
	} else {
		operate_on(input, model, choice);
	}
	check_frames();
}

static void end(struct model *model)
{
	if (model->exists && !model->is_clearing) {
		space_check(model);
		twin_check_space(&model->space.space);
	}
	while (model->exists) {
		clear_step(model);
	}
}

void fuzz_spaces(struct input_bytes *input)
{
	held_count = 0;
	for (size_t i = 0; i < SPACES; i++) {
		models[i].exists = false;
	}
	for (unsigned i = 0; i < OPERATIONS_MAX && input->size != 0; i++) {
		operate(input);
	}
	for (size_t i = 0; i < SPACES; i++) {
		end(&models[i]);
	}
	hold_all_but(kernel.frames.total_count);
}
