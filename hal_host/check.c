/*
 * Oracles: what must hold of all mappings at any time, as the twin's own walker sees them.
 */
#include "hal_host/check.h"

#include "hal/layout.h"
#include "hal_host/ram.h"
#include "hal_host/registers.h"
#include "hal_host/sanitizer.h"
#include "hal_host/state.h"
#include "hal_host/twin.h"
#include "hal_host/walker.h"

#define BLOCK_SIZE 0x200000UL
#define SCTLR_WXN (1UL << 19)
#define USER_SIZE (1UL << 39)

/* SCTLR_EL1.WXN would hide a page that is writable and executable. */
static struct walker_registers without_wxn(const struct walker_registers *registers)
{
	struct walker_registers changed = *registers;

	changed.sctlr &= ~SCTLR_WXN;
	return changed;
}

static void check_rights(const struct walker_translation *page)
{
	if ((page->el0_write || page->el1_write) && (page->el0_execute || page->el1_execute)) {
		twin_abort("oracle", "0x%llx is writable and executable", (unsigned long long)page->base);
	}
}

/* Does it show RAM of the image's block, other than at the image's place? */
static bool is_alias(const struct walker_translation *page)
{
	uint64_t block = TWIN_IMAGE_BASE & ~(BLOCK_SIZE - 1);

	return page->output < block + BLOCK_SIZE && page->output + page->size > block &&
	       (page->base & ~(KERNEL_PLACE_SIZE - 1)) != twin.boot.image_address.value;
}

static void check_kernel_page(void *owner, const struct walker_translation *page)
{
	(void)owner;
	check_rights(page);
	if (page->el0_read || page->el0_execute) {
		twin_abort("oracle", "0x%llx of the kernel's half is open to EL0", (unsigned long long)page->base);
	}
	if (is_alias(page)) {
		twin_abort("oracle", "0x%llx is an alias of the image", (unsigned long long)page->base);
	}
}

#define KEPT_TABLES_MAX 64

/* The kernel's half as it was found to be right when the machine was kept: as long as nobody has asked for one of its
 * tables it is the same. */
static struct {
	struct walker_registers registers;
	size_t count;
	uint64_t tables[KEPT_TABLES_MAX];
} kept;

static void keep_table(void *owner, uint64_t table, unsigned level, uint64_t address)
{
	(void)owner;
	(void)level;
	(void)address;
	if (kept.count < KEPT_TABLES_MAX) {
		kept.tables[kept.count] = table;
	}
	kept.count++;
}

void check_keep_kernel_half(void)
{
	twin_check_kernel_half();
	kept.registers = twin.mmu;
	kept.count = 0;
	walker_visit_tables(&twin.mmu, true, keep_table, NULL);
}

void check_forget_kernel_half(void)
{
	kept.count = 0;
}

/* SCTLR_EL1 is not compared: all that it does to a walk is WXN, which the check does without. */
static bool is_as_kept(void)
{
	if (kept.count == 0 || kept.count > KEPT_TABLES_MAX || kept.registers.ttbr1 != twin.mmu.ttbr1 ||
	    kept.registers.tcr != twin.mmu.tcr || kept.registers.mair != twin.mmu.mair) {
		return false;
	}
	for (size_t i = 0; i < kept.count; i++) {
		if (ram_was_opened(kept.tables[i])) {
			return false;
		}
	}
	return true;
}

void twin_check_kernel_half(void)
{
	struct walker_registers registers = without_wxn(&twin.mmu);

	if (twin.is_protected) {
		registers_check_walks(twin.options.cpu, &twin.mmu);
	}
	if (!is_as_kept()) {
		walker_visit(&registers, true, check_kernel_page, NULL);
	}
}

/* The tables of the space that is being checked: frames whose mark is that of this check. */
static struct {
	uint64_t mark;
	uint64_t count;
	uint64_t marks[TWIN_RAM_SIZE_MAX / RAM_FRAME_SIZE];
} tables;

static void mark_table(void *owner, uint64_t table, unsigned level, uint64_t address)
{
	(void)owner;
	(void)level;
	(void)address;
	tables.count++;
	tables.marks[(table - TWIN_RAM_BASE) / RAM_FRAME_SIZE] = tables.mark;
}

uint64_t check_note_tables(const struct walker_registers *registers)
{
	tables.mark++;
	tables.count = 0;
	walker_visit_tables(registers, false, mark_table, NULL);
	return tables.count;
}

static void check_no_table(const struct walker_translation *page)
{
	uint64_t first = (page->output - TWIN_RAM_BASE) / RAM_FRAME_SIZE;

	for (uint64_t number = first; number < first + page->size / RAM_FRAME_SIZE; number++) {
		if (tables.marks[number] == tables.mark) {
			twin_abort("oracle", "0x%llx maps a page table for EL0", (unsigned long long)page->base);
		}
	}
}

/* Somebody else who looks at the same pages. */
struct second {
	walker_visitor *visit;
	void *owner;
};

static void check_user_page(void *owner, const struct walker_translation *page)
{
	const struct second *second = owner;

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
	if (SANITIZER_KNOWS_BYTES) {
		sanitizer_expect_known(ram_bytes(page->output, page->size), page->size);
	}
	check_no_table(page);
	if (second != NULL) {
		second->visit(second->owner, page);
	}
}

void check_pages(const struct walker_registers *registers, uint64_t address, uint64_t size)
{
	struct walker_registers strict = without_wxn(registers);

	walker_visit_range(&strict, address, size, check_user_page, NULL);
}

/* As they are when the space is live. */
static struct walker_registers mmu_with(const struct hal_space *space)
{
	struct walker_registers registers = twin.mmu;

	registers.ttbr0 = space->root.value | space->asid << 48;
	return registers;
}

uint64_t check_space(const struct hal_space *space, walker_visitor *visit, void *owner)
{
	struct walker_registers registers = mmu_with(space);
	struct walker_registers strict = without_wxn(&registers);
	struct second second = {.visit = visit, .owner = owner};
	uint64_t count = check_note_tables(&registers);

	walker_visit_range(&strict, 0, USER_SIZE, check_user_page, &second);
	return count;
}

void twin_check_space(const struct hal_space *space)
{
	struct walker_registers registers = mmu_with(space);

	(void)check_note_tables(&registers);
	check_pages(&registers, 0, USER_SIZE);
}
