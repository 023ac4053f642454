#include "core/memory/page_table.h"

#include "abi/limits.h"
#include "hal/memory.h"
#include "hal/mmu.h"
#include "lib/bits.h"

#define INDEX_BITS 9

/* The address bits that select a table's entry at a level: [38:30], [29:21], [20:12]. */
static unsigned level_shift(unsigned level)
{
	return PANTHER_PAGE_SHIFT + INDEX_BITS * (PAGE_TABLE_LEAF_LEVEL - level);
}

static uint64_t *entry_at(phys_addr table, uint64_t address, unsigned level)
{
	uint64_t *entries = hal_phys_to_ptr(table, PANTHER_PAGE_SIZE);

	return &entries[(address >> level_shift(level)) & (PAGE_TABLE_ENTRIES - 1)];
}

/* The table that an entry points to; made if it is missing. K_EINVAL if a block is in the way. */
static k_status next_table(uint64_t *entry, enum page_access access, const struct table_source *source,
			   phys_addr *table)
{
	k_status status;

	if (descriptor_is_valid(*entry)) {
		*table = descriptor_address(*entry);
		return descriptor_is_table(*entry) ? K_OK : K_EINVAL;
	}
	status = source->take(source->owner, table);
	if (status == K_OK) {
		hal_descriptor_write(entry, descriptor_table(*table, access));
	}
	return status;
}

/* The entry for `address` in the table of `leaf_level`, on a path that is made where it is missing. */
static k_status make_path(phys_addr root, uint64_t address, unsigned leaf_level, enum page_access access,
			  const struct table_source *source, uint64_t **entry)
{
	phys_addr table = root;

	for (unsigned level = PAGE_TABLE_ROOT_LEVEL; level < leaf_level; level++) {
		k_status status = next_table(entry_at(table, address, level), access, source, &table);

		if (status != K_OK) {
			return status;
		}
	}
	*entry = entry_at(table, address, leaf_level);
	return descriptor_is_valid(**entry) ? K_EINVAL : K_OK;
}

k_status page_table_map(phys_addr root, uint64_t address, phys_addr frame, enum page_access access,
			const struct table_source *source)
{
	uint64_t *entry;
	k_status status = make_path(root, address, PAGE_TABLE_LEAF_LEVEL, access, source, &entry);

	if (status == K_OK) {
		hal_descriptor_write(entry, descriptor_page(frame, access));
	}
	return status;
}

k_status page_table_map_block(phys_addr root, uint64_t address, phys_addr block, enum page_access access,
			      const struct table_source *source)
{
	uint64_t *entry;
	k_status status = make_path(root, address, PAGE_TABLE_BLOCK_LEVEL, access, source, &entry);

	if (status == K_OK) {
		hal_descriptor_write(entry, descriptor_block(block, access));
	}
	return status;
}

/* The entry that decides about `address`: the leaf, or the first invalid one on the way to it. */
static uint64_t *find_entry(phys_addr root, uint64_t address, unsigned *level)
{
	uint64_t *entry = entry_at(root, address, PAGE_TABLE_ROOT_LEVEL);

	*level = PAGE_TABLE_ROOT_LEVEL;
	while (*level < PAGE_TABLE_LEAF_LEVEL && descriptor_is_valid(*entry) && descriptor_is_table(*entry)) {
		*level += 1;
		entry = entry_at(descriptor_address(*entry), address, *level);
	}
	return entry;
}

uint64_t page_table_lookup(phys_addr root, uint64_t address)
{
	unsigned level;
	uint64_t descriptor = *find_entry(root, address, &level);

	return descriptor_is_valid(descriptor) ? descriptor : DESCRIPTOR_INVALID;
}

uint64_t page_table_unmap(phys_addr root, uint64_t address)
{
	unsigned level;
	uint64_t *entry = find_entry(root, address, &level);
	uint64_t descriptor = *entry;

	if (!descriptor_is_valid(descriptor)) {
		return DESCRIPTOR_INVALID;
	}
	hal_descriptor_write(entry, DESCRIPTOR_INVALID);
	return descriptor;
}

k_status page_table_protect(phys_addr root, uint64_t address, enum page_access access)
{
	unsigned level;
	uint64_t *entry = find_entry(root, address, &level);

	if (level != PAGE_TABLE_LEAF_LEVEL || !descriptor_is_valid(*entry)) {
		return K_EINVAL;
	}
	hal_descriptor_write(entry, descriptor_page(descriptor_address(*entry), access));
	return K_OK;
}

/* The address behind an entry and all invalid ones that follow it in the same table. */
static uint64_t skip_invalid(const uint64_t *entry, uint64_t address, unsigned level)
{
	unsigned shift = level_shift(level);
	uint64_t index = (address >> shift) & (PAGE_TABLE_ENTRIES - 1);
	uint64_t next = 1;

	while (index + next < PAGE_TABLE_ENTRIES && !descriptor_is_valid(entry[next])) {
		next++;
	}
	return align_down(address, K_BIT(shift)) + (next << shift);
}

void page_table_visit(phys_addr root, page_table_visitor *visit, void *owner)
{
	uint64_t address = 0;

	while (address < K_BIT(PANTHER_USER_BITS)) {
		unsigned level;
		const uint64_t *entry = find_entry(root, address, &level);

		if (descriptor_is_valid(*entry)) {
			visit(owner, address, level, *entry);
		}
		address = skip_invalid(entry, address, level);
	}
}

static const uint64_t *entries_of(phys_addr table)
{
	return hal_phys_to_ptr(table, PANTHER_PAGE_SIZE);
}

/* Gives back every table that the entries of one table, at level 1 or 2, point to. */
static void give_back_tables(phys_addr table, const struct table_source *source)
{
	const uint64_t *entries = entries_of(table);

	for (size_t i = 0; i < PAGE_TABLE_ENTRIES; i++) {
		if (descriptor_is_valid(entries[i]) && descriptor_is_table(entries[i])) {
			source->give_back(source->owner, descriptor_address(entries[i]));
		}
	}
}

void page_table_destroy(phys_addr root, const struct table_source *source)
{
	const uint64_t *entries = entries_of(root);

	for (size_t i = 0; i < PAGE_TABLE_ENTRIES; i++) {
		if (descriptor_is_valid(entries[i]) && descriptor_is_table(entries[i])) {
			give_back_tables(descriptor_address(entries[i]), source);
		}
	}
	give_back_tables(root, source);
	source->give_back(source->owner, root);
}
