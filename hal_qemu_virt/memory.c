#include "hal/memory.h"

#include "hal_qemu_virt/backend.h"
#include "lib/bits.h"
#include "lib/compiler.h"

phys_addr hal_image_base;
uint64_t hal_linear_offset;

void physical_image_base_set(phys_addr base)
{
	hal_image_base = base;
}

void hal_linear_base_set(phys_addr base)
{
	hal_linear_offset = KERNEL_LINEAR_BASE - base.value;
}

#define FRAME_SIZE 4096

/* DCZID_EL0 (Arm ARM D17.2.34): DC ZVA is prohibited (DZP), or clears 4 << BS bytes. */
#define ZVA_PROHIBITED 0x10
#define ZVA_64 4

/* SAFETY: reads one register. Audited: 2026-11-22 */
static uint64_t zva_read(void)
{
	uint64_t dczid;

	__asm__("mrs %0, dczid_el0" : "=r"(dczid));
	return bits_get(dczid, 4, 0);
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

#define CLEAR_NEXT_64 "dc zva, %0\n\tadd %0, %0, #64\n\t"
#define CLEAR_NEXT_256 CLEAR_NEXT_64 CLEAR_NEXT_64 CLEAR_NEXT_64 CLEAR_NEXT_64

/* The same for 64 bytes at a time, which nearly every CPU has: sixteen of them a round. SAFETY: as above.
 * Audited: 2026-11-22 */
static void clear_by_zva_64(uint64_t start)
{
	uint64_t address = start;

	for (unsigned round = 0; round < FRAME_SIZE / (4 * 256); round++) {
		__asm__ volatile(CLEAR_NEXT_256 CLEAR_NEXT_256 CLEAR_NEXT_256 CLEAR_NEXT_256
				 : "+r"(address)
				 :
				 : "memory");
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
	uint64_t zva = zva_read();
	uint64_t start = hal_virtual_of(frame);

	if (zva == ZVA_64) {
		clear_by_zva_64(start);
	} else if ((zva & ZVA_PROHIBITED) == 0) {
		clear_by_zva(start, (uint64_t)4 << zva);
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

#define EACH_64(operation) operation ", %0\n\tadd %0, %0, #64\n\t"
#define EACH_512(operation) \
	EACH_64(operation)  \
	EACH_64(operation)  \
	EACH_64(operation)  \
	EACH_64(operation)  \
	EACH_64(operation)  \
	EACH_64(operation)  \
	EACH_64(operation)  \
	EACH_64(operation)

/* Lines of 64 bytes, which nearly every CPU has, of whole frames: eight lines a round. */
static bool is_common(uint64_t start, uint64_t end, uint64_t step)
{
	return step == 64 && is_aligned(start | end, FRAME_SIZE);
}

/* SAFETY: writing back cached data over mapped RAM changes no content. Audited: 2026-11-22 */
static void clean_data(uint64_t start, uint64_t end, uint64_t step)
{
	if (is_common(start, end, step)) {
		for (uint64_t rounds = (end - start) / 512; rounds != 0; rounds--) {
			__asm__ volatile(EACH_512("dc cvau") : "+r"(start) : : "memory");
		}
		return;
	}
	for (uint64_t line = start & ~(step - 1); line < end; line += step) {
		__asm__ volatile("dc cvau, %0" : : "r"(line) : "memory");
	}
}

/* SAFETY: forgetting cached instructions is always allowed. Audited: 2026-11-22 */
static void invalidate_instructions(uint64_t start, uint64_t end, uint64_t step)
{
	if (instruction_cache_has_aliases()) {
		__asm__ volatile("ic ialluis" : : : "memory");
		return;
	}
	if (is_common(start, end, step)) {
		for (uint64_t rounds = (end - start) / 512; rounds != 0; rounds--) {
			__asm__ volatile(EACH_512("ic ivau") : "+r"(start) : : "memory");
		}
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
	uint64_t start = hal_virtual_of(address);
	uint64_t end = start + size;
	uint64_t data;
	uint64_t instruction;

	cache_lines(&data, &instruction);
	clean_data(start, end, data);
	__asm__ volatile("dsb ish" : : : "memory");
	invalidate_instructions(start, end, instruction);
	__asm__ volatile("dsb ish\n\tisb" : : : "memory");
}
