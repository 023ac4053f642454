/*
 * What the page table fuzzer knows of an address space: its pages. And what the twin's walker and TLB have to say.
 */
#ifndef TESTS_FUZZ_PAGE_TABLE_SPACE_H
#define TESTS_FUZZ_PAGE_TABLE_SPACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/memory/address_space.h"

#define PAGES_MAX 512

struct page {
	uint64_t address;
	uint64_t frame;
	uint64_t mark;
	enum page_access access;
	bool was_writable;
};

struct model {
	struct address_space space;
	bool exists;
	bool is_clearing;
	bool may_have_empty_tables; /* after a call that failed halfway */
	uint64_t marks;		    /* that were given to pages */
	size_t count;
	struct page pages[PAGES_MAX];
};

static inline bool is_user(enum page_access access)
{
	return access == PAGE_USER_READ || access == PAGE_USER_READ_WRITE || access == PAGE_USER_EXECUTE;
}

/* The page at an address, or NULL. */
struct page *space_find(struct model *model, uint64_t address);

/* How many frames it takes to map these pages: their own, and those of the tables that are missing; and are there so
 * many for the space? */
uint64_t space_frames_needed(const struct model *model, uint64_t address, uint64_t count);
bool space_has_frames(const struct model *model, uint64_t needed);

/* All pages are there and no others, and as many frames are on the account as there are pages and tables; of these
 * there are no more than it takes. */
void space_check(struct model *model);

bool space_is_live(const struct model *model);

/* If the space is live: what EL0 may do to these pages, through the TLB. */
void space_check_accesses(struct model *model, uint64_t address, uint64_t count);

/* A fresh page, which must be zeroed: it is marked. And is the mark still there? */
void space_add_page(struct model *model, uint64_t address, enum page_access access);
void space_check_mark(const struct page *page);

#endif
