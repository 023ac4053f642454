/*
 * Tags of memory (FEAT_MTE2, Arm ARM D10). Where the CPU has them each granule of
 * 16 bytes of the kernel's heap has a tag, and so has each pointer, in bits
 * [59:56]: an access with another tag faults. Where it has none, these do nothing.
 *
 * They are for memory of the heap's arena (core/memory/heap.h) alone. May be inline.
 */
#ifndef HAL_TAGS_H
#define HAL_TAGS_H

#include <stddef.h>
#include <stdint.h>

#include "hal/address.h"

/* Granules are the unit of tags. */
#define HAL_TAGS_GRANULE 16

/*
 * void *hal_tags_paint(void *block, size_t size): gives all granules of [block, block + size) one new tag, drawn at
 * random among those that are neither theirs now, nor of the granules just before and behind, nor what a pointer
 * without a tag has. Returns the pointer with the new tag. Both arguments are multiples of HAL_TAGS_GRANULE, `size` is
 * not 0, and any tag in `block` is ignored. The content stays.
 *
 * const void *hal_tags_pointer(const void *memory): the same address with the tag that its granule has now: a pointer
 * for who owns the memory without owning the block.
 *
 * uintptr_t hal_tags_strip(const void *block): the address without a tag, as that of any other object of the kernel.
 *
 * kernel_addr hal_tags_page(const void *memory): where the kernel's tables map a page of the arena.
 *
 * bool hal_tags_start(void *memory): begins to use tags for the arena, which starts at `memory` and is mapped with them
 * (core/memory/kernel_map.h). False if they cannot be used, because granules have no tags of their own: some emulators
 * keep fewer. Called once, where the CPU has tags; until then, and after false, the functions above do nothing.
 */

#include "hal_inline.h"

#endif
