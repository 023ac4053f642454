#include "hal/mmu.h"

#include "hal_inline.h"

/* Fields of a TLBI by address (Arm ARM C5.5): the ASID at bit 48, VA[55:12] at bit 0. */
#define TLBI_ASID_SHIFT 48
#define TLBI_ADDRESS_MASK ((UINT64_C(1) << 44) - 1)

/*
 * The first barrier: a table is whole before a descriptor leads to it.
 *
 * SAFETY: `entry` is an aligned slot of a translation table; a single store cannot be seen half done by the walker.
 * Audited: 2026-11-22
 */
void hal_descriptor_write(uint64_t *entry, uint64_t descriptor)
{
	__asm__ volatile("dmb ishst\n\tstr %1, %0\n\tdsb ishst\n\tisb" : "=m"(*entry) : "r"(descriptor) : "memory");
}

/* SAFETY: forgetting translations is always allowed; the DSB waits until it is done. Audited: 2026-11-22 */
void hal_tlb_invalidate_space(uint16_t asid)
{
	__asm__ volatile("dsb ishst\n\ttlbi aside1is, %0\n\tdsb ish\n\tisb"
			 :
			 : "r"((uint64_t)asid << TLBI_ASID_SHIFT)
			 : "memory");
}

/* SAFETY: as above. Audited: 2026-11-22 */
void hal_tlb_invalidate_kernel(kernel_addr page)
{
	__asm__ volatile("dsb ishst\n\ttlbi vaae1is, %0\n\tdsb ish\n\tisb"
			 :
			 : "r"((page.value >> 12) & TLBI_ADDRESS_MASK)
			 : "memory");
}

/* SAFETY: the parked table is empty and never changes. Audited: 2026-11-22 */
void hal_space_park(void)
{
	__asm__ volatile("msr ttbr0_el1, %0\n\tisb" : : "r"(hal_boot_cpu.parked_root) : "memory");
}
