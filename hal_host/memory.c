/*
 * Physical memory: the pointers that the kernel gets, and the operations on frames.
 */
#include "hal/memory.h"

#include "hal/layout.h"
#include "hal_host/keys.h"
#include "hal_host/mmu.h"
#include "hal_host/ram.h"
#include "hal_host/script.h"
#include "hal_host/speculation.h"
#include "hal_host/state.h"
#include "hal_host/twin.h"

#define GIB 0x40000000UL

static bool is_in_image(uint64_t address, uint64_t size)
{
	return address >= TWIN_IMAGE_BASE && size <= TWIN_IMAGE_SIZE &&
	       address - TWIN_IMAGE_BASE <= TWIN_IMAGE_SIZE - size;
}

/* The kernel's virtual address of physical memory: the image has its own window. */
static uint64_t kernel_address(uint64_t address, uint64_t size)
{
	if (is_in_image(address, size)) {
		return twin.boot.image_address.value + (address - TWIN_IMAGE_BASE);
	}
	if (!twin.linear_base_is_set) {
		twin_abort("linear-base", "0x%llx is used before hal_linear_base_set", (unsigned long long)address);
	}
	if (address < twin.linear_base || address - twin.linear_base >= KERNEL_LINEAR_SIZE) {
		twin_abort("linear-base", "0x%llx is outside the linear map", (unsigned long long)address);
	}
	return KERNEL_LINEAR_BASE + (address - twin.linear_base);
}

void *hal_phys_to_ptr(phys_addr address, size_t size)
{
	uint8_t *bytes = ram_bytes(address.value, size);

	mmu_check_memory(kernel_address(address.value, size), address.value, size, !is_in_image(address.value, size));
	return bytes;
}

void hal_linear_base_set(phys_addr base)
{
	if (twin.linear_base_is_set) {
		twin_abort("linear-base", "set twice");
	}
	if (base.value % GIB != 0 || base.value > TWIN_RAM_BASE) {
		twin_abort("linear-base", "0x%llx is no base for this RAM", (unsigned long long)base.value);
	}
	twin.linear_base_is_set = true;
	twin.linear_base = base.value;
}

void hal_frame_clear(phys_addr frame)
{
	if (frame.value % RAM_FRAME_SIZE != 0) {
		twin_abort("misaligned", "hal_frame_clear of 0x%llx", (unsigned long long)frame.value);
	}
	mmu_check_memory(kernel_address(frame.value, RAM_FRAME_SIZE), frame.value, RAM_FRAME_SIZE, true);
	speculation_check_unreachable(frame.value);
	script_forget(frame.value);
	keys_forget(frame.value);
	ram_frame_clear(frame.value);
}

void hal_code_sync(phys_addr address, size_t size)
{
	uint64_t line = address.value - address.value % RAM_LINE_SIZE;

	for (; line < address.value + size; line += RAM_LINE_SIZE) {
		mmu_check_memory(kernel_address(line, RAM_LINE_SIZE), line, RAM_LINE_SIZE, false);
		ram_code_sync(line);
	}
	twin.invalidations++;
}
