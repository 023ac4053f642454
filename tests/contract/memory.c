/* hal/memory.h */
#include "hal/memory.h"
#include "abi/limits.h"
#include "core/kernel.h"
#include "core/memory/frames.h"
#include "lib/memory.h"
#include "tests/contract/contract.h"

#define FILL 0x5c

static phys_addr take(void)
{
	phys_addr frame = {0};

	CHECK_EQUAL(frames_allocate(&kernel.frames, &frame), K_OK);
	return frame;
}

static bool is_all(const uint8_t *bytes, uint8_t value)
{
	for (size_t i = 0; i < PANTHER_PAGE_SIZE; i++) {
		if (bytes[i] != value) {
			return false;
		}
	}
	return true;
}

static void check_pointers(void)
{
	phys_addr frame = take();
	uint8_t *bytes = hal_phys_to_ptr(frame, PANTHER_PAGE_SIZE);

	/* The same byte has one pointer, and the next byte the next. */
	CHECK(hal_phys_to_ptr(frame, 1) == bytes);
	CHECK(hal_phys_to_ptr((phys_addr){frame.value + 100}, 8) == bytes + 100);
	bytes[PANTHER_PAGE_SIZE - 1] = FILL;
	CHECK_EQUAL(*(uint8_t *)hal_phys_to_ptr((phys_addr){frame.value + PANTHER_PAGE_SIZE - 1}, 1), FILL);
	frames_free(&kernel.frames, frame);
}

static void check_image_pointers(void)
{
	/* The tables of the kernel lie in the image: the root's entry for the place where the image is now is valid,
	 * and no other one above the linear map is. */
	const uint64_t *root = hal_phys_to_ptr(kernel.map.root, PANTHER_PAGE_SIZE);

	for (size_t slot = 256; slot < 512; slot++) {
		CHECK_EQUAL(root[slot] & 3, slot == (kernel.map.image_address.value >> 30 & 511) ? 3 : 0);
	}
}

/* Clearing reaches every byte of the frame and none of its neighbours. */
static void check_clearing(void)
{
	phys_addr frames[3] = {take(), take(), take()};

	for (size_t i = 0; i < 3; i++) {
		uint8_t *bytes = hal_phys_to_ptr(frames[i], PANTHER_PAGE_SIZE);

		CHECK(is_all(bytes, 0));
		k_memset(bytes, FILL, PANTHER_PAGE_SIZE);
	}
	hal_frame_clear(frames[1]);
	CHECK(is_all(hal_phys_to_ptr(frames[0], PANTHER_PAGE_SIZE), FILL));
	CHECK(is_all(hal_phys_to_ptr(frames[1], PANTHER_PAGE_SIZE), 0));
	CHECK(is_all(hal_phys_to_ptr(frames[2], PANTHER_PAGE_SIZE), FILL));
	for (size_t i = 0; i < 3; i++) {
		frames_free(&kernel.frames, frames[i]);
	}
}

static void check_syncing_leaves_memory_alone(void)
{
	phys_addr frame = take();
	uint8_t *bytes = hal_phys_to_ptr(frame, PANTHER_PAGE_SIZE);

	k_memset(bytes, FILL, PANTHER_PAGE_SIZE);
	hal_code_sync(frame, PANTHER_PAGE_SIZE);
	hal_code_sync((phys_addr){frame.value + 3}, 1);
	hal_code_sync(frame, 0);
	CHECK(is_all(bytes, FILL));
	frames_free(&kernel.frames, frame);
}

void contract_memory(void)
{
	check_pointers();
	check_image_pointers();
	check_clearing();
	check_syncing_leaves_memory_alone();
}
