/*
 * Tags of memory: the twin's CPU has none. What the machine would fault for is refused all the same.
 */
#include "hal/tags.h"

#include "hal_host/ram.h"
#include "hal_host/state.h"
#include "hal_host/twin.h"

void *hal_tags_paint(void *block, size_t size)
{
	if ((uintptr_t)block % HAL_TAGS_GRANULE != 0 || size % HAL_TAGS_GRANULE != 0 || size == 0) {
		twin_abort("misaligned", "hal_tags_paint of %zu bytes at %p", size, block);
	}
	return block;
}

const void *hal_tags_pointer(const void *memory)
{
	return memory;
}

/* The modelled image has pages for the arena, though the heap's bytes are the host's: those behind the sealed ones. */
kernel_addr hal_tags_page(const void *memory)
{
	if ((uintptr_t)memory % RAM_FRAME_SIZE != 0) {
		twin_abort("misaligned", "hal_tags_page of %p", memory);
	}
	return twin.boot.sealed_end;
}

bool hal_tags_start(void *memory)
{
	(void)memory;
	return false;
}

uintptr_t hal_tags_strip(const void *block)
{
	return (uintptr_t)block;
}
