#include "hal_host/unicorn/pages.h"

#include <stddef.h>

#include "hal_host/mmu.h"
#include "hal_host/ram.h"
#include "hal_host/state.h"
#include "hal_host/twin.h"

/* When there are more, all are unmapped, and those in use come back. Unicorn 2.0.1 goes through all of them whenever
 * one comes, and near 1020 it ends the process: it has room for so many sections in its map (measured: 1016 pass, 1024
 * do not). */
#define PAGES_MAX 128

/* Unicorn 2.0.1 keeps the translation of all code that it ever ran, dropped or not, and crashes when a gigabyte is full
 * (measured: after three million blocks of eight instructions, 0.4 KB each). A page has 1024 blocks at most. */
#define CODE_PAGES_MAX 1024

struct page {
	uint64_t address;
	uint32_t rights;
};

static struct {
	struct page mapped[PAGES_MAX];
	size_t count;
	uint64_t code_pages; /* that were unmapped */
	struct hal_space space;
	uint64_t invalidations;
} pages;

static void check(uc_err error, const char *what)
{
	if (error != UC_ERR_OK) {
		twin_abort("host", "Unicorn: %s: %s", what, uc_strerror(error));
	}
}

/* What Unicorn has translated of a page stays when it is unmapped, and would be run again if other code came there: it
 * knows its memory by numbers of its own, which it uses again. It can drop that only as long as the page is mapped. */
static void unmap(uc_engine *engine, const struct page *page)
{
	if ((page->rights & UC_PROT_EXEC) != 0) {
		pages.code_pages++;
		check(uc_ctl_remove_cache(engine, page->address, page->address + RAM_FRAME_SIZE),
		      "uc_ctl_remove_cache");
	}
	check(uc_mem_unmap(engine, page->address, RAM_FRAME_SIZE), "uc_mem_unmap");
}

static void unmap_all(uc_engine *engine)
{
	for (size_t i = 0; i < pages.count; i++) {
		unmap(engine, &pages.mapped[i]);
	}
	pages.count = 0;
}

bool pages_are_too_many(void)
{
	return pages.code_pages > CODE_PAGES_MAX;
}

void pages_forget(void)
{
	pages.count = 0;
	pages.code_pages = 0;
}

void pages_refresh(uc_engine *engine)
{
	if (pages.space.root.value == twin.space.root.value && pages.space.asid == twin.space.asid &&
	    pages.invalidations == twin.invalidations) {
		return;
	}
	unmap_all(engine);
	pages.space = twin.space;
	pages.invalidations = twin.invalidations;
}

static uint32_t rights_of(uint64_t page)
{
	uint64_t physical;
	uint8_t status;

	return (mmu_translate_user(page, WALKER_READ, &physical, &status) ? UC_PROT_READ : 0U) |
	       (mmu_translate_user(page, WALKER_WRITE, &physical, &status) ? UC_PROT_WRITE : 0U) |
	       (mmu_translate_user(page, WALKER_EXECUTE, &physical, &status) ? UC_PROT_EXEC : 0U);
}

bool pages_map(uc_engine *engine, uint64_t address, enum walker_access access, uint8_t *status)
{
	struct page page = {.address = address - address % RAM_FRAME_SIZE};
	uint64_t physical;

	if (!mmu_translate_user(address, access, &physical, status)) {
		return false;
	}
	if (pages.count == PAGES_MAX) {
		unmap_all(engine);
	}
	page.rights = rights_of(page.address);
	physical -= physical % RAM_FRAME_SIZE;
	check(uc_mem_map_ptr(engine, page.address, RAM_FRAME_SIZE, page.rights, ram_bytes(physical, RAM_FRAME_SIZE)),
	      "uc_mem_map_ptr");
	pages.mapped[pages.count++] = page;
	return true;
}
