/*
 * Oracles: what must hold of all mappings at any time, as the twin's own walker sees them.
 */
#include "hal/layout.h"
#include "hal_host/ram.h"
#include "hal_host/state.h"
#include "hal_host/twin.h"
#include "hal_host/walker.h"

#define BLOCK_SIZE 0x200000UL
#define SCTLR_WXN (1UL << 19)

/* SCTLR_EL1.WXN would hide a page that is writable and executable. */
static struct walker_registers registers_without_wxn(void)
{
	struct walker_registers registers = twin.mmu;

	registers.sctlr &= ~SCTLR_WXN;
	return registers;
}

static void check_rights(const struct walker_translation *page)
{
	if ((page->el0_write || page->el1_write) && (page->el0_execute || page->el1_execute)) {
		twin_abort("oracle", "0x%llx is writable and executable", (unsigned long long)page->base);
	}
}

static void check_kernel_page(void *owner, const struct walker_translation *page)
{
	uint64_t block = TWIN_IMAGE_BASE & ~(BLOCK_SIZE - 1);

	(void)owner;
	check_rights(page);
	if (page->el0_read || page->el0_execute) {
		twin_abort("oracle", "0x%llx of the kernel's half is open to EL0", (unsigned long long)page->base);
	}
	if (page->base < KERNEL_IMAGE_BASE && page->output < block + BLOCK_SIZE && page->output + page->size > block) {
		twin_abort("oracle", "0x%llx is an alias of the image", (unsigned long long)page->base);
	}
}

void twin_check_kernel_half(void)
{
	struct walker_registers registers = registers_without_wxn();

	walker_visit(&registers, true, check_kernel_page, NULL);
}

static void check_not_table(void *owner, uint64_t table, unsigned level, uint64_t address)
{
	const struct walker_translation *page = owner;

	(void)level;
	(void)address;
	if (table >= page->output && table - page->output < page->size) {
		twin_abort("oracle", "0x%llx maps a page table for EL0", (unsigned long long)page->base);
	}
}

static void check_user_page(void *owner, const struct walker_translation *page)
{
	const struct walker_registers *registers = owner;
	struct walker_translation copy = *page;

	check_rights(page);
	if (page->output < TWIN_IMAGE_BASE + TWIN_IMAGE_SIZE && page->output + page->size > TWIN_IMAGE_BASE) {
		twin_abort("oracle", "0x%llx maps the image for EL0", (unsigned long long)page->base);
	}
	if (!ram_contains(page->output, page->size)) {
		twin_abort("oracle", "0x%llx maps what is not RAM", (unsigned long long)page->base);
	}
	if (page->el1_execute || page->is_global) {
		twin_abort("oracle", "0x%llx lacks PXN or nG", (unsigned long long)page->base);
	}
	walker_visit_tables(registers, false, check_not_table, &copy);
}

void twin_check_space(const struct hal_space *space)
{
	struct walker_registers registers = registers_without_wxn();

	registers.ttbr0 = space->root.value | space->asid << 48;
	walker_visit(&registers, false, check_user_page, &registers);
}
