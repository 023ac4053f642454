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
void hal_tlb_invalidate_space(uint64_t asid)
{
	__asm__ volatile("dsb ishst\n\ttlbi aside1is, %0\n\tdsb ish\n\tisb"
			 :
			 : "r"(asid << TLBI_ASID_SHIFT)
			 : "memory");
}

/*
 * By address, a TLBI also forgets what is kept of the tables on the way there (Arm ARM D8.13.5).
 *
 * SAFETY: as above.
 * Audited: 2026-11-22
 */
void hal_tlb_invalidate_page(uint64_t asid, user_addr page)
{
	__asm__ volatile("dsb ishst\n\ttlbi vae1is, %0\n\tdsb ish\n\tisb"
			 :
			 : "r"(asid << TLBI_ASID_SHIFT | ((page.value >> 12) & TLBI_ADDRESS_MASK))
			 : "memory");
}

/* SAFETY: as above. Audited: 2026-11-22 */
void hal_tlb_invalidate_all(void)
{
	__asm__ volatile("dsb ishst\n\ttlbi vmalle1is\n\tdsb ish\n\tisb" : : : "memory");
}

/* SAFETY: as above. Audited: 2026-11-22 */
void hal_tlb_invalidate_kernel(kernel_addr page)
{
	__asm__ volatile("dsb ishst\n\ttlbi vaae1is, %0\n\tdsb ish\n\tisb"
			 :
			 : "r"((page.value >> 12) & TLBI_ADDRESS_MASK)
			 : "memory");
}

/*
 * Where TTBR0 is parked while the kernel runs (no PAN), the copies bring in the space that they are given.
 *
 * SAFETY: `space->root` is the root of valid tables; the kernel itself uses nothing below TTBR0.
 * Audited: 2026-11-22
 */
void hal_space_enter(const struct hal_space *space)
{
	if (hal_boot_cpu.parked_ttbr0 == 0) {
		__asm__ volatile("msr ttbr0_el1, %0\n\tisb" : : "r"(hal_ttbr0_of(space)) : "memory");
	}
}

/* SAFETY: the parked table is empty and never changes. Audited: 2026-11-22 */
void hal_space_park(void)
{
	__asm__ volatile("msr ttbr0_el1, %0\n\tisb" : : "r"(hal_boot_cpu.parked_root) : "memory");
}
