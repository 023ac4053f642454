/*
 * The MMU's effects: descriptors stored, translations forgotten, and what EL1 and EL0 may reach.
 */
#include "hal_host/mmu.h"

#include "hal/mmu.h"
#include "hal_host/boot.h"
#include "hal_host/check.h"
#include "hal_host/ram.h"
#include "hal_host/speculation.h"
#include "hal_host/state.h"
#include "hal_host/tlb.h"
#include "hal_host/twin.h"

#define MEMORY_NORMAL 0xff
#define MEMORY_DEVICE_NGNRE 0x04
#define TCR_AS (1UL << 36)
#define TCR_E0PD1 (1UL << 56)
#define KERNEL_HALF_BIT (1UL << 55)

void hal_descriptor_write(uint64_t *entry, uint64_t descriptor)
{
	uint64_t where;

	if (!ram_address(entry, &where) || where % sizeof(descriptor) != 0) {
		twin_abort("stray-table", "hal_descriptor_write outside RAM or misaligned");
	}
	speculation_descriptor_changes(where, ram_read64(where), descriptor);
	ram_table_store(where, descriptor);
	check_descriptor_changed(where);
}

void mmu_check_asid(uint64_t asid)
{
	unsigned bits = (twin.mmu.tcr & TCR_AS) != 0 ? 16 : 8;

	if (asid == 0) {
		twin_abort("asid-zero", "ASID 0 is the parked space's");
	}
	if (asid >> bits != 0) {
		twin_abort("asid-width", "ASID 0x%llx has more than %u bits", (unsigned long long)asid, bits);
	}
}

static bool is_live(uint64_t asid)
{
	return twin.is_live && twin.space.asid == asid;
}

void hal_tlb_invalidate_space(uint64_t asid)
{
	mmu_check_asid(asid);
	if (!is_live(asid)) {
		speculation_space_left(asid);
	}
	tlb_invalidate_space(asid);
	twin.invalidations++;
}

void hal_tlb_invalidate_page(uint64_t asid, user_addr page)
{
	mmu_check_asid(asid);
	if (page.value % RAM_FRAME_SIZE != 0 || (page.value & KERNEL_HALF_BIT) != 0) {
		twin_abort("misaligned", "hal_tlb_invalidate_page of 0x%llx", (unsigned long long)page.value);
	}
	tlb_invalidate_page(asid, page.value);
	twin.invalidations++;
}

/* What is live could be cached again at once. */
void hal_tlb_invalidate_all(void)
{
	if (twin.is_live) {
		twin_abort("all-live", "all translations are forgotten while a space is live");
	}
	speculation_reset();
	tlb_reset();
	twin.invalidations++;
	boot_window_check();
}

void hal_tlb_invalidate_kernel(kernel_addr page)
{
	if (page.value % RAM_FRAME_SIZE != 0 || (page.value & KERNEL_HALF_BIT) == 0) {
		twin_abort("misaligned", "hal_tlb_invalidate_kernel of 0x%llx", (unsigned long long)page.value);
	}
	tlb_invalidate_kernel(page.value);
	boot_window_check();
}

void hal_space_park(void)
{
	twin.is_live = false;
	twin.mmu.ttbr0 = 0;
}

static void check_kernel_page(const struct walker_translation *page, bool linear)
{
	if (page->memory != MEMORY_NORMAL || page->el0_read || page->el0_execute) {
		twin_abort("kernel-page", "0x%llx is not the kernel's own memory", (unsigned long long)page->base);
	}
	if (linear && (!page->el1_write || page->el1_execute)) {
		twin_abort("kernel-page", "0x%llx of the linear map is read-only or executable",
			   (unsigned long long)page->base);
	}
}

void mmu_check_memory(uint64_t address, uint64_t physical, uint64_t size, bool linear)
{
	struct walker_translation page;
	uint8_t status;

	for (uint64_t done = 0; done < size; done += page.size - (address + done - page.base)) {
		if (!walker_walk(&twin.mmu, &walker_memory, address + done, &page, &status)) {
			twin_abort("not-mapped", "physical 0x%llx is not mapped at 0x%llx (status 0x%02x)",
				   (unsigned long long)(physical + done), (unsigned long long)(address + done), status);
		}
		if (page.output + (address + done - page.base) != physical + done) {
			twin_abort("not-mapped", "0x%llx maps another address than 0x%llx",
				   (unsigned long long)(address + done), (unsigned long long)(physical + done));
		}
		check_kernel_page(&page, linear);
	}
}

void mmu_check_device(uint64_t address, uint64_t physical)
{
	struct walker_translation page;
	uint8_t status;

	if (!walker_walk(&twin.mmu, &walker_memory, address, &page, &status)) {
		twin_abort("device-page", "0x%llx is not mapped", (unsigned long long)address);
	}
	if (page.output + (address - page.base) != physical || page.memory != MEMORY_DEVICE_NGNRE || !page.el1_write ||
	    page.el0_read || page.el1_execute || page.el0_execute) {
		twin_abort("device-page", "0x%llx is not the device at 0x%llx", (unsigned long long)address,
			   (unsigned long long)physical);
	}
}

bool mmu_translate_user(uint64_t address, enum walker_access access, uint64_t *physical, uint8_t *status)
{
	struct walker_translation page;

	/* FEAT_E0PD: EL0 does not even learn whether the kernel's half is mapped (Arm ARM D8.2.2). */
	if ((address & KERNEL_HALF_BIT) != 0 && (twin.mmu.tcr & TCR_E0PD1) != 0) {
		*status = WALKER_TRANSLATION_FAULT;
		return false;
	}
	if (!tlb_translate(&twin.mmu, address, &page, status) || !walker_allows(&page, access, false, status)) {
		return false;
	}
	*physical = page.output + (address - page.base);
	if (page.memory != MEMORY_NORMAL || !ram_contains(*physical, 1)) {
		*status = WALKER_EXTERNAL_ABORT;
		return false;
	}
	return true;
}
