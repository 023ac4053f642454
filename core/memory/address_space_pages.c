/*
 * Pages of a space: mapped one by one for the loader, by ranges for programs.
 */
#include "abi/limits.h"
#include "core/memory/address_space.h"
#include "core/memory/leaf.h"
#include "core/memory/page_table.h"
#include "hal/memory.h"
#include "hal/mmu.h"
#include "lib/bits.h"

/* How often address_space_choose looks. */
#define CHOOSE_TRIES 64

static bool is_user_access(enum page_access access)
{
	return access >= PAGE_USER_READ && access <= PAGE_USER_EXECUTE_GUARDED;
}

static k_status take_table(void *owner, phys_addr *table)
{
	return address_space_take_frame(owner, table);
}

/* The descriptors of pages from `address` on; tables are made on the way. */
static k_status make_entries(struct address_space *space, uint64_t address, enum page_access access, uint64_t **entries)
{
	struct table_source source = {.take = take_table, .owner = space};

	return page_table_make_pages(space->space.root, address, access, &source, entries);
}

static bool is_mappable(uint64_t page)
{
	return is_aligned(page, PANTHER_PAGE_SIZE) && page >= PANTHER_USER_BOTTOM && page < PANTHER_USER_TOP;
}

k_status address_space_map(struct address_space *space, user_addr page, enum page_access access, phys_addr *frame)
{
	uint64_t *entry;
	k_status status = K_OK;

	if (!is_mappable(page.value) || !is_user_access(access)) {
		return K_EINVAL;
	}
	entry = page_table_find_pages(space->space.root, page.value);
	if (entry == NULL) {
		status = make_entries(space, page.value, access, &entry);
	}
	if (status == K_OK && descriptor_is_valid(*entry)) {
		return K_EINVAL;
	}
	if (status == K_OK) {
		status = address_space_take_frame(space, frame);
	}
	if (status == K_OK) {
		leaf_store_user(entry, descriptor_page(*frame, access), space->frames);
	}
	return status;
}

/* Pages whose descriptors lie side by side in one table. */
struct span {
	uint64_t address;
	uint64_t count;
	uint64_t *entries; /* NULL: there is no such table */
};

/* No range is so long that it lies in more tables. */
#define SPANS 2
_Static_assert(PANTHER_MAP_MAX <= PAGE_TABLE_LEAF_SPAN, "a range lies in two tables at most");

K_ALWAYS_INLINE struct span span_at(const struct address_space *space, uint64_t address, uint64_t end)
{
	return (struct span){.address = address,
			     .count = (end - address) / PANTHER_PAGE_SIZE,
			     .entries = page_table_find_pages(space->space.root, address)};
}

/* Where the table ends that has the page at `address`, or `end` if that comes first. */
K_ALWAYS_INLINE uint64_t span_end(uint64_t address, uint64_t end)
{
	uint64_t border = align_down(address, PAGE_TABLE_LEAF_SPAN) + PAGE_TABLE_LEAF_SPAN;

	return end < border ? end : border;
}

/* Returns how many spans make up the range. */
K_ALWAYS_INLINE size_t find_spans(const struct address_space *space, struct user_range pages, struct span spans[SPANS])
{
	uint64_t end = pages.start + pages.size;
	uint64_t middle = span_end(pages.start, end);

	spans[0] = span_at(space, pages.start, middle);
	if (middle == end) {
		return 1;
	}
	spans[1] = span_at(space, middle, end);
	return 2;
}

/* Is nothing mapped in a span? */
K_ALWAYS_INLINE bool span_is_free(const struct span *span)
{
	const uint64_t *entries = span->entries;
	uint64_t count = entries == NULL ? 0 : span->count;

	for (; count >= PAGE_TABLE_GROUP; count -= PAGE_TABLE_GROUP, entries += PAGE_TABLE_GROUP) {
		if (page_table_group_is_used(entries)) {
			return false;
		}
	}
	for (; count != 0; count--, entries++) {
		if (*entries != DESCRIPTOR_INVALID) {
			return false;
		}
	}
	return true;
}

static bool span_is_mapped(const struct span *span)
{
	if (span->entries == NULL) {
		return false;
	}
	for (uint64_t i = 0; i < span->count; i++) {
		if (!descriptor_is_valid(span->entries[i])) {
			return false;
		}
	}
	return true;
}

static bool all_are_mapped(const struct span spans[SPANS], size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (!span_is_mapped(&spans[i])) {
			return false;
		}
	}
	return true;
}

/* After a descriptor became invalid or less permissive. A space without a tag was never live: nothing is cached. */
static void forget_page(const struct address_space *space, uint64_t address)
{
	if (space->generation != 0) {
		hal_tlb_invalidate_page(space->space.asid, (user_addr){address});
	}
}

/* Tables that became empty are given back: out of the tree first, then out of the TLB. */
static void free_empty_tables(struct address_space *space, uint64_t address)
{
	phys_addr table;

	while (page_table_unlink_empty(space->space.root, address, &table)) {
		forget_page(space, address);
		address_space_give_back_frame(space, table);
	}
}

/* Takes away all pages of a span, which are mapped (if there is no table there are none), and what they leave behind.
 */
static void span_unmap(struct address_space *space, const struct span *span)
{
	for (uint64_t i = 0; span->entries != NULL && i < span->count; i++) {
		phys_addr frame = descriptor_address(span->entries[i]);

		hal_descriptor_write(&span->entries[i], DESCRIPTOR_INVALID);
		forget_page(space, span->address + i * PANTHER_PAGE_SIZE);
		address_space_give_back_frame(space, frame);
	}
	free_empty_tables(space, span->address);
}

/* Instruction caches may still know what lay in the frame before. */
static void sync_code(phys_addr frame, enum page_access access)
{
	if (page_access_is_code(access)) {
		hal_code_sync(frame, PANTHER_PAGE_SIZE);
	}
}

/* Maps fresh pages until all are mapped or something is missing; hands out how many are. */
static k_status span_fill(struct address_space *space, struct span *span, enum page_access access, uint64_t *done)
{
	k_status status = K_OK;

	if (span->entries == NULL) {
		status = make_entries(space, span->address, access, &span->entries);
	}
	for (*done = 0; status == K_OK && *done < span->count; *done += 1) {
		phys_addr frame;

		status = address_space_take_frame(space, &frame);
		if (status != K_OK) {
			break;
		}
		sync_code(frame, access);
		leaf_store_user(&span->entries[*done], descriptor_page(frame, access), space->frames);
	}
	return status;
}

/* All or nothing. */
static k_status span_map(struct address_space *space, struct span *span, enum page_access access)
{
	uint64_t done;
	k_status status = span_fill(space, span, access, &done);

	if (status != K_OK) {
		span->count = done;
		span_unmap(space, span);
	}
	return status;
}

/* May a program map here? User ranges end below PANTHER_USER_TOP. */
static bool is_open(const struct address_space *space, struct user_range pages)
{
	return pages.start >= PANTHER_USER_BOTTOM &&
	       (pages.start >= space->stack_bottom ||
		pages.start + pages.size <= space->stack_bottom - PANTHER_USER_GUARD);
}

static bool all_are_free(const struct span spans[SPANS], size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (!span_is_free(&spans[i])) {
			return false;
		}
	}
	return true;
}

k_status address_space_map_pages(struct address_space *space, struct user_range pages, enum page_access access)
{
	struct span spans[SPANS];
	size_t count;
	k_status status = K_OK;

	if (!is_user_access(access) || !is_open(space, pages)) {
		return K_EINVAL;
	}
	count = find_spans(space, pages, spans);
	if (!all_are_free(spans, count)) {
		return K_EINVAL;
	}
	for (size_t i = 0; i < count && status == K_OK; i++) {
		status = span_map(space, &spans[i], access);
		if (status != K_OK && i != 0) {
			span_unmap(space, &spans[0]);
		}
	}
	return status;
}

k_status address_space_unmap_pages(struct address_space *space, struct user_range pages)
{
	struct span spans[SPANS];
	size_t count = find_spans(space, pages, spans);

	if (!all_are_mapped(spans, count)) {
		return K_EINVAL;
	}
	for (size_t i = 0; i < count; i++) {
		span_unmap(space, &spans[i]);
	}
	return K_OK;
}

static bool span_was_writable(const struct span *span)
{
	for (uint64_t i = 0; i < span->count; i++) {
		if (descriptor_was_writable(span->entries[i])) {
			return true;
		}
	}
	return false;
}

static bool any_was_writable(const struct span spans[SPANS], size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (span_was_writable(&spans[i])) {
			return true;
		}
	}
	return false;
}

static void span_protect(struct address_space *space, const struct span *span, enum page_access access)
{
	for (uint64_t i = 0; span->entries != NULL && i < span->count; i++) {
		uint64_t page = descriptor_with_access(span->entries[i], access);

		sync_code(descriptor_address(page), access);
		leaf_store_user(&span->entries[i], page, space->frames);
		forget_page(space, span->address + i * PANTHER_PAGE_SIZE);
	}
}

k_status address_space_protect_pages(struct address_space *space, struct user_range pages, enum page_access access)
{
	struct span spans[SPANS];
	size_t count = find_spans(space, pages, spans);

	if (!is_user_access(access) || !all_are_mapped(spans, count)) {
		return K_EINVAL;
	}
	if (page_access_is_code(access) && any_was_writable(spans, count)) {
		return K_EACCES;
	}
	for (size_t i = 0; i < count; i++) {
		span_protect(space, &spans[i], access);
	}
	return K_OK;
}

/* Where the last mapped page of a span ends; 0 if none is mapped. */
K_ALWAYS_INLINE uint64_t span_taken_until(const struct span *span)
{
	uint64_t count = span->count;

	if (span_is_free(span)) {
		return 0;
	}
	while (!descriptor_is_valid(span->entries[count - 1])) {
		count--;
	}
	return span->address + count * PANTHER_PAGE_SIZE;
}

/* The same for `size` bytes at `address`. */
K_ALWAYS_INLINE uint64_t taken_until(const struct address_space *space, uint64_t address, uint64_t size)
{
	uint64_t end = address + size;
	uint64_t middle = span_end(address, end);
	struct span span;

	if (middle != end) {
		uint64_t taken;

		span = span_at(space, middle, end);
		taken = span_taken_until(&span);
		if (taken != 0) {
			return taken;
		}
	}
	span = span_at(space, address, middle);
	return span_taken_until(&span);
}

k_status address_space_choose(struct address_space *space, uint64_t size, uint64_t *address)
{
	for (unsigned tries = 0; tries < CHOOSE_TRIES; tries++) {
		uint64_t start = space->map_next;
		uint64_t taken;

		if (start + size > PANTHER_USER_MAP_TOP) {
			start = PANTHER_USER_MAP_BASE;
		}
		taken = taken_until(space, start, size);
		space->map_next = (taken == 0 ? start + size : taken) + PANTHER_USER_GUARD;
		if (taken == 0) {
			*address = start;
			return K_OK;
		}
	}
	return K_ENOMEM;
}
