/*
 * Oracles: what must hold of all mappings at any time, as the twin's own walker sees them.
 */
#include "hal/layout.h"
#include "hal_host/ram.h"
#include "hal_host/sanitizer.h"
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

#define TABLES_MAX 4096

/* The tables of the space that is being checked. */
static struct {
	size_t count;
	uint64_t frames[TABLES_MAX];
} tables;

static void note_table(void *owner, uint64_t table, unsigned level, uint64_t address)
{
	(void)owner;
	(void)level;
	if (tables.count == TABLES_MAX) {
		twin_abort("oracle", "more than %d tables, down to 0x%llx", TABLES_MAX, (unsigned long long)address);
	}
	tables.frames[tables.count++] = table;
}

static void check_no_table(const struct walker_translation *page)
{
	for (size_t i = 0; i < tables.count; i++) {
		if (walker_leads_to(page, tables.frames[i])) {
			twin_abort("oracle", "0x%llx maps a page table for EL0", (unsigned long long)page->base);
		}
	}
}

static void check_user_page(void *owner, const struct walker_translation *page)
{
	(void)owner;
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
	sanitizer_expect_known(ram_bytes(page->output, page->size), page->size);
	check_no_table(page);
}

void twin_check_space(const struct hal_space *space)
{
	struct walker_registers registers = registers_without_wxn();

	registers.ttbr0 = space->root.value | space->asid << 48;
	tables.count = 0;
	walker_visit_tables(&registers, false, note_table, NULL);
	walker_visit(&registers, false, check_user_page, NULL);
}
