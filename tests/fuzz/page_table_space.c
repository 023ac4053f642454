#include "tests/fuzz/page_table_space.h"

#include <string.h>

#include "core/kernel.h"
#include "hal_host/mmu.h"
#include "hal_host/ram.h"
#include "hal_host/state.h"
#include "hal_host/tlb.h"
#include "hal_host/twin.h"
#include "hal_host/walker.h"
#include "tests/support/require.h"

#define PAGE 0x1000UL
#define LEAF_SPAN 0x200000UL
#define GIB 0x40000000UL
#define TABLES_MAX 512

struct page *space_find(struct model *model, uint64_t address)
{
	for (size_t i = 0; i < model->count; i++) {
		if (model->pages[i].address == address) {
			return &model->pages[i];
		}
	}
	return NULL;
}

/* The tables of a space as they lie in memory. */
struct tables {
	size_t count;
	uint64_t spans[TABLES_MAX];
	uint64_t addresses[TABLES_MAX];
};

static struct walker_registers registers_of(const struct model *model)
{
	struct walker_registers registers = twin.mmu;

	registers.ttbr0 = model->space.space.root.value;
	return registers;
}

static void add_table(void *owner, uint64_t table, unsigned level, uint64_t address)
{
	struct tables *tables = owner;

	(void)table;
	REQUIRE(tables->count < TABLES_MAX);
	tables->spans[tables->count] = level == 1 ? PANTHER_USER_TOP : level == 2 ? GIB : LEAF_SPAN;
	tables->addresses[tables->count++] = address;
}

static void find_tables(const struct model *model, struct tables *tables)
{
	struct walker_registers registers = registers_of(model);

	tables->count = 0;
	walker_visit_tables(&registers, false, add_table, tables);
}

/* Is it there? If not, it is now. */
static bool has_table(struct tables *tables, uint64_t span, uint64_t address)
{
	for (size_t i = 0; i < tables->count; i++) {
		if (tables->spans[i] == span && tables->addresses[i] == address / span * span) {
			return true;
		}
	}
	REQUIRE(tables->count < TABLES_MAX);
	tables->spans[tables->count] = span;
	tables->addresses[tables->count++] = address / span * span;
	return false;
}

/* How many frames it takes to map these pages: their own, and those of the tables that are missing. */
uint64_t space_frames_needed(const struct model *model, uint64_t address, uint64_t count)
{
	struct tables tables;
	uint64_t needed = count;

	find_tables(model, &tables);
	for (uint64_t i = 0; i < count; i++) {
		needed += !has_table(&tables, GIB, address + i * PAGE);
		needed += !has_table(&tables, LEAF_SPAN, address + i * PAGE);
	}
	return needed;
}

bool space_has_frames(const struct model *model, uint64_t needed)
{
	const struct address_space *space = &model->space;

	return needed <= space->frames_max - space->frames_used && needed <= kernel.frames.free_count;
}

struct sight {
	struct model *model;
	size_t count;
};

static void check_page(void *owner, const struct walker_translation *found)
{
	struct sight *sight = owner;
	const struct page *page = space_find(sight->model, found->base);

	REQUIRE(page != NULL && found->size == PAGE);
	REQUIRE(page->frame == 0 || found->output == page->frame);
	REQUIRE(found->el0_read && !found->el1_execute && !found->is_global);
	REQUIRE(found->el0_write == (page->access == PAGE_USER_READ_WRITE));
	REQUIRE(found->el0_execute == (page->access == PAGE_USER_EXECUTE));
	sight->count++;
}

/* All pages are there and no others, and as many frames are on the account as there are pages and tables; of these
 * there are no more than it takes. */
void space_check(struct model *model)
{
	struct walker_registers registers = registers_of(model);
	struct sight sight = {.model = model};
	struct tables tables;

	find_tables(model, &tables);
	REQUIRE(model->space.frames_used == model->count + tables.count);
	walker_visit(&registers, false, check_page, &sight);
	REQUIRE(sight.count == model->count);
	if (!model->may_have_empty_tables) {
		struct tables least = {.count = 1, .spans = {PANTHER_USER_TOP}};

		for (size_t i = 0; i < model->count; i++) {
			(void)has_table(&least, GIB, model->pages[i].address);
			(void)has_table(&least, LEAF_SPAN, model->pages[i].address);
		}
		REQUIRE(tables.count == least.count);
	}
}

bool space_is_live(const struct model *model)
{
	return twin.is_live && twin.space.root.value == model->space.space.root.value;
}

/* Through the TLB, which may hold anything that was not forgotten. */
static void check_access(struct model *model, uint64_t address)
{
	const struct page *page = space_find(model, address);
	uint64_t physical;
	uint32_t word;
	uint8_t status;

	if (!space_is_live(model)) {
		return;
	}
	REQUIRE(mmu_translate_user(address, WALKER_READ, &physical, &status) == (page != NULL));
	REQUIRE(mmu_translate_user(address, WALKER_WRITE, &physical, &status) ==
		(page != NULL && page->access == PAGE_USER_READ_WRITE));
	if (mmu_translate_user(address, WALKER_EXECUTE, &physical, &status)) {
		REQUIRE(page != NULL && page->access == PAGE_USER_EXECUTE && ram_code_word(physical, &word));
	} else {
		REQUIRE(page == NULL || page->access != PAGE_USER_EXECUTE);
	}
}

void space_check_accesses(struct model *model, uint64_t address, uint64_t count)
{
	tlb_check_coherent();
	for (uint64_t i = 0; i < count; i++) {
		check_access(model, address + i * PAGE);
	}
}

/* A fresh page: zeroed, and marked in its first and last word. */
void space_add_page(struct model *model, uint64_t address, enum page_access access)
{
	static const uint8_t zeros[PAGE];
	struct page *page = &model->pages[model->count];
	enum page_access found;
	phys_addr frame;

	REQUIRE(model->count < PAGES_MAX);
	REQUIRE(address_space_find(&model->space, (user_addr){address}, &frame, &found) == K_OK && found == access);
	REQUIRE(memcmp(ram_bytes(frame.value, PAGE), zeros, PAGE) == 0);
	*page = (struct page){.address = address,
			      .frame = frame.value,
			      .mark = model->space.space.root.value << 16 | ++model->marks,
			      .access = access};
	page->was_writable = access == PAGE_USER_READ_WRITE;
	memcpy(ram_bytes(frame.value, 8), &page->mark, 8);
	memcpy(ram_bytes(frame.value + PAGE - 8, 8), &page->mark, 8);
	model->count++;
}

void space_check_mark(const struct page *page)
{
	REQUIRE(memcmp(ram_bytes(page->frame, 8), &page->mark, 8) == 0);
	REQUIRE(memcmp(ram_bytes(page->frame + PAGE - 8, 8), &page->mark, 8) == 0);
}
