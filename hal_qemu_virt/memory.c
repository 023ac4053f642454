#include "hal/memory.h"

#include "hal/layout.h"
#include "hal_qemu_virt/backend.h"
#include "lib/bits.h"
#include "lib/compiler.h"

/* Where the image and the linear map begin in physical memory. */
static phys_addr image_base K_SEALED;
static phys_addr linear_base K_SEALED;

void physical_image_base_set(phys_addr base)
{
	image_base = base;
}

void hal_linear_base_set(phys_addr base)
{
	linear_base = base;
}

static uint64_t virtual_of(phys_addr address)
{
	if (address.value >= image_base.value && address.value - image_base.value < KERNEL_IMAGE_MAX) {
		return KERNEL_IMAGE_BASE + (address.value - image_base.value);
	}
	return KERNEL_LINEAR_BASE + (address.value - linear_base.value);
}

/*
 * SAFETY: the address is one of the kernel's own mappings of RAM: the image, mapped by boot, or the linear map, where
 * kernel_map_linear mapped it before anybody may ask. An address of neither faults.
 * Audited: 2026-11-22
 */
void *hal_phys_to_ptr(phys_addr address, K_UNUSED size_t size)
{
	return (void *)virtual_of(address);
}

#define FRAME_SIZE 4096

/* Bytes that DC ZVA clears, or 0 if it is prohibited (DCZID_EL0, Arm ARM D17.2.34). SAFETY: reads one register.
 * Audited: 2026-11-22 */
static uint64_t zva_size(void)
{
	uint64_t dczid;

	__asm__("mrs %0, dczid_el0" : "=r"(dczid));
	return (dczid & 0x10) != 0 ? 0 : (uint64_t)4 << (dczid & 0xf);
}

/*
 * SAFETY: [start, start + FRAME_SIZE) is one mapped frame of RAM, which the caller owns; `step` divides it.
 * Audited: 2026-11-22
 */
static void clear_by_zva(uint64_t start, uint64_t step)
{
	for (uint64_t address = start; address != start + FRAME_SIZE; address += step) {
		__asm__ volatile("dc zva, %0" : : "r"(address) : "memory");
	}
}

/* SAFETY: as above. Audited: 2026-11-22 */
static void clear_by_stores(uint64_t start)
{
	for (uint64_t address = start; address != start + FRAME_SIZE; address += 16) {
		__asm__ volatile("stp xzr, xzr, [%0]" : : "r"(address) : "memory");
	}
}

void hal_frame_clear(phys_addr frame)
{
	uint64_t step = zva_size();
	uint64_t start = virtual_of(frame);

	if (step != 0) {
		clear_by_zva(start, step);
	} else {
		clear_by_stores(start);
	}
}

/*
 * Smallest data and instruction cache lines, in bytes (CTR_EL0, Arm ARM D17.2.33). SAFETY: reads one register.
 * Audited: 2026-11-22
 */
static void cache_lines(uint64_t *data, uint64_t *instruction)
{
	uint64_t ctr;

	__asm__("mrs %0, ctr_el0" : "=r"(ctr));
	*data = (uint64_t)4 << ((ctr >> 16) & 0xf);
	*instruction = (uint64_t)4 << (ctr & 0xf);
}

/*
 * CTR_EL0.L1Ip: a virtually indexed instruction cache (VIPT, 0b10) may hold a line under another address's index, so
 * only invalidating all of it reaches the program's (Arm ARM D8.11.3; Cortex-A53 has one).
 */
static bool instruction_cache_has_aliases(void)
{
	uint64_t ctr;

	/* SAFETY: reads one register. Audited: 2026-11-22 */
	__asm__("mrs %0, ctr_el0" : "=r"(ctr));
	return bits_get(ctr, 15, 14) == 2;
}

/* SAFETY: forgetting cached instructions is always allowed. Audited: 2026-11-22 */
static void invalidate_instructions(uint64_t start, uint64_t end, uint64_t step)
{
	if (instruction_cache_has_aliases()) {
		__asm__ volatile("ic ialluis" : : : "memory");
		return;
	}
	for (uint64_t line = start & ~(step - 1); line < end; line += step) {
		__asm__ volatile("ic ivau, %0" : : "r"(line) : "memory");
	}
}

/*
 * SAFETY: cache maintenance by address over mapped RAM changes no content. The order is the one of Arm ARM B2.7.4.
 * Audited: 2026-11-22
 */
void hal_code_sync(phys_addr address, size_t size)
{
	uint64_t start = virtual_of(address);
	uint64_t end = start + size;
	uint64_t data;
	uint64_t instruction;

	cache_lines(&data, &instruction);
	for (uint64_t line = start & ~(data - 1); line < end; line += data) {
		__asm__ volatile("dc cvau, %0" : : "r"(line) : "memory");
	}
	__asm__ volatile("dsb ish" : : : "memory");
	invalidate_instructions(start, end, instruction);
	__asm__ volatile("dsb ish\n\tisb" : : : "memory");
}
