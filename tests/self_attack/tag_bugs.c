/*
 * Accesses with another tag than the memory has, on a CPU with tags (FEAT_MTE2).
 * To a page of the image's own: the heap has tags only where each granule has
 * one (hal_tags_start).
 *
 * SAFETY: nothing here is meant to be safe; each function says what must stop it.
 * Audited: 2026-11-22
 */
#include "core/kernel.h"
#include "hal/tags.h"
#include "lib/bits.h"
#include "lib/format.h"
#include "tests/self_attack/access.h"
#include "tests/self_attack/bugs.h"

#define PAGE_SIZE 4096
#define TAG_SHIFT 56
#define TAG(number) ((uint64_t)(0xf0 | (number)) << TAG_SHIFT)
#define RIGHT TAG(5)
#define WRONG TAG(6)
#define NONE TAG(15)

static K_ALIGNED(PAGE_SIZE) uint8_t kbug_page[PAGE_SIZE];

/* Two granules, an even and an odd one: some emulators keep no more tags for a page. */
static uint64_t kbug_tagged_page(void)
{
	kernel_addr start = hal_tags_page(kbug_page);
	uint64_t address = (start.value & ~NONE) | RIGHT;

	kernel_map_change(&kernel.map, start, (kernel_addr){start.value + PAGE_SIZE}, PAGE_KERNEL_TAGGED);
	for (uint64_t granule = address; granule < address + (uint64_t)2 * HAL_TAGS_GRANULE;
	     granule += HAL_TAGS_GRANULE) {
		__asm__ volatile(HAL_WITH_TAGS("stg %0, [%0]") : : "r"(granule) : "memory");
	}
	return address & ~NONE;
}

static void kbug_write_tag(bool wrong)
{
	kbug_store(kbug_tagged_page() | (wrong ? WRONG : RIGHT), 0);
}

static void kbug_read_tag(bool wrong)
{
	(void)kbug_load(kbug_tagged_page() | (wrong ? WRONG : RIGHT));
}

static void kbug_read_without_tag(bool wrong)
{
	(void)kbug_load(kbug_tagged_page() | (wrong ? NONE : RIGHT));
}

/* An exception turns the check of tags off: it must be on again when the program's trap is handled. */
static void kbug_read_tag_after_entry(bool wrong)
{
	(void)kbug_enter_program();
	kbug_read_tag(wrong);
}

/* As the heap does with a block that comes back. Of 13 tags or more, 64 draws find fewer than 8 once in 10^12. */
#define DRAWS 64
#define TAGS_MIN 8

static uint8_t *kbug_paint(uint8_t *block, uint64_t *seen)
{
	uint8_t *painted = hal_tags_paint_granules(block, HAL_TAGS_GRANULE);
	uint64_t tag = bits_get((uintptr_t)painted, 59, 56);

	if (tag == bits_get((uintptr_t)block, 59, 56)) {
		kbug_missed("the tag stays");
	}
	if (tag == bits_get(NONE, 59, 56)) {
		kbug_missed("the tag is that of no tag");
	}
	*seen |= K_BIT(tag);
	return painted;
}

static void kbug_old_tag(bool wrong)
{
	uint8_t *block = (uint8_t *)(kbug_tagged_page() | RIGHT);
	uint8_t *old = NULL;
	uint64_t seen = 0;

	for (unsigned i = 0; i < DRAWS; i++) {
		old = block;
		block = kbug_paint(block, &seen);
	}
	if (__builtin_popcountll(seen) < TAGS_MIN) {
		kbug_missed("too few tags: 0x%" K_PRIx64, seen);
	}
	kbug_store((uintptr_t)(wrong ? old : block), 0);
}

static const struct bug list[] = {
	{"write-tag", kbug_write_tag, NULL},
	{"read-tag", kbug_read_tag, NULL},
	{"read-without-tag", kbug_read_without_tag, NULL},
	{"read-after-entry", kbug_read_tag_after_entry, NULL},
	{"old-tag", kbug_old_tag, NULL},
};

const struct bugs kbug_tags = {list, K_ARRAY_SIZE(list)};
