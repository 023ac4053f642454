/*
 * Tags of memory, where the CPU has them.
 */
#include "hal/tags.h"

#include "lib/bits.h"

#define PAGE_SIZE 4096

/* SAFETY: LDG, as in hal_tags_pointer. The granules beside the heap's memory are mapped, and have tag 0 if they have
 * none. Audited: 2026-11-22 */
static uint64_t tag_at(uintptr_t address)
{
	__asm__ volatile(HAL_WITH_TAGS("ldg %0, [%0]") : "+r"(address) : : "memory");
	return bits_get(address, 59, 56);
}

/* A tag drawn at random, but none of the set `excluded` and none of GCR_EL1.Exclude (IRG, Arm ARM C6.2.131). SAFETY:
 * computes a pointer, and touches no memory. Audited: 2026-11-22 */
static uint8_t *draw(uint8_t *block, uint64_t excluded)
{
	__asm__ volatile(HAL_WITH_TAGS("irg %0, %0, %1") : "+r"(block) : "r"(excluded));
	return block;
}

/* SAFETY: STG (Arm ARM C6.2.330) stores the tag of one granule of the heap's memory, and leaves its bytes.
 * Audited: 2026-11-22 */
static void store_tags(uint8_t *block, size_t size)
{
	uint8_t *end = block + size;

	while (block != end) {
		__asm__ volatile(HAL_WITH_TAGS("stg %0, [%0], #16") : "+r"(block) : : "memory");
	}
}

void *hal_tags_paint_granules(void *block, size_t size)
{
	uintptr_t address = hal_tags_strip(block);
	uint64_t excluded =
		K_BIT(tag_at(address)) | K_BIT(tag_at(address - HAL_TAGS_GRANULE)) | K_BIT(tag_at(address + size));
	uint8_t *painted = draw(block, excluded);

	store_tags(painted, size);
	return painted;
}

/* QEMU 7.2 finds a tag by its page and by bit 4 of its address alone: so what is painted comes back somewhere else. */
static bool granules_differ(uint8_t *memory)
{
	uintptr_t address = (uintptr_t)memory;
	size_t distance = HAL_TAGS_GRANULE;

	store_tags(draw(memory, 0), HAL_TAGS_GRANULE);
	for (; distance < PAGE_SIZE; distance *= 2) {
		uint64_t first = tag_at(address);

		store_tags(draw(memory + distance, K_BIT(first)), HAL_TAGS_GRANULE);
		if (tag_at(address) != first || tag_at(address + distance) == first) {
			return false;
		}
	}
	return true;
}

bool hal_tags_start(void *memory)
{
	hal_boot_cpu.tags_heap = granules_differ(memory);
	return hal_boot_cpu.tags_heap;
}
