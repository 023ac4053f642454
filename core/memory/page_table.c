#include "core/memory/page_table.h"

#include "core/memory/leaf.h"
#include "hal/mmu.h"
#include "lib/bits.h"

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
		k_status status = next_table(page_table_entry(table, address, level), access, source, &table);

		if (status != K_OK) {
			return status;
		}
	}
	*entry = page_table_entry(table, address, leaf_level);
	return K_OK;
}

/* The same, where nothing may be mapped yet. */
static k_status make_free_path(phys_addr root, uint64_t address, unsigned leaf_level, enum page_access access,
			       const struct table_source *source, uint64_t **entry)
{
	k_status status = make_path(root, address, leaf_level, access, source, entry);

	if (status != K_OK) {
		return status;
	}
	return descriptor_is_valid(**entry) ? K_EINVAL : K_OK;
}

k_status page_table_map(phys_addr root, uint64_t address, phys_addr frame, enum page_access access,
			const struct table_source *source)
{
	uint64_t *entry;
	k_status status = make_free_path(root, address, PAGE_TABLE_LEAF_LEVEL, access, source, &entry);

	if (status == K_OK) {
		leaf_store(entry, address, PAGE_TABLE_LEAF_LEVEL, descriptor_page(frame, access));
	}
	return status;
}

k_status page_table_map_block(phys_addr root, uint64_t address, phys_addr block, enum page_access access,
			      const struct table_source *source)
{
	uint64_t *entry;
	k_status status = make_free_path(root, address, PAGE_TABLE_BLOCK_LEVEL, access, source, &entry);

	if (status == K_OK) {
		leaf_store(entry, address, PAGE_TABLE_BLOCK_LEVEL, descriptor_block(block, access));
	}
	return status;
}

/* The entry that decides about `address`: the leaf, or the first invalid one on the way to it. */
static uint64_t *find_entry(phys_addr root, uint64_t address, unsigned *level)
{
	uint64_t *entry = page_table_entry(root, address, PAGE_TABLE_ROOT_LEVEL);

	*level = PAGE_TABLE_ROOT_LEVEL;
	while (*level < PAGE_TABLE_LEAF_LEVEL && descriptor_is_valid(*entry) && descriptor_is_table(*entry)) {
		*level += 1;
		entry = page_table_entry(descriptor_address(*entry), address, *level);
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
	leaf_store(entry, address, level, descriptor_with_access(*entry, access));
	return K_OK;
}

static size_t skip_groups(const uint64_t *entries, size_t index)
{
	const uint64_t *group = entries + index;
	const uint64_t *end = entries + PAGE_TABLE_ENTRIES;

	while (group != end && !page_table_group_is_used(group)) {
		group += PAGE_TABLE_GROUP;
	}
	return (size_t)(group - entries);
}

/* The first entry of a table that is in use, from `index` on; PAGE_TABLE_ENTRIES if there is none. */
K_ALWAYS_INLINE size_t next_used(const uint64_t *entries, size_t index)
{
	for (; index != PAGE_TABLE_ENTRIES; index++) {
		if (index % PAGE_TABLE_GROUP == 0) {
			index = skip_groups(entries, index);
		}
		if (index == PAGE_TABLE_ENTRIES || entries[index] != DESCRIPTOR_INVALID) {
			break;
		}
	}
	return index;
}

/* Visits the leaves in the rest of one table, from `entry` on, which serves `address`, to the first entry that leads to
 * a further table. Returns the address behind them. */
static uint64_t visit_leaves(uint64_t *entry, uint64_t address, unsigned level, page_table_visitor *visit, void *owner)
{
	unsigned shift = page_table_shift(level);
	size_t index = (address >> shift) & (PAGE_TABLE_ENTRIES - 1);
	const uint64_t *entries = entry - index;
	uint64_t base = align_down(address, K_BIT(shift + PAGE_TABLE_INDEX_BITS));

	for (index = next_used(entries, index); index != PAGE_TABLE_ENTRIES; index = next_used(entries, index + 1)) {
		uint64_t descriptor = entries[index];

		if (!descriptor_is_valid(descriptor)) {
			continue;
		}
		if (level < PAGE_TABLE_LEAF_LEVEL && descriptor_is_table(descriptor)) {
			break;
		}
		visit(owner, base + (index << shift), level, descriptor);
	}
	return base + ((uint64_t)index << shift);
}

void page_table_visit(phys_addr root, page_table_visitor *visit, void *owner)
{
	uint64_t address = 0;

	while (address < K_BIT(PANTHER_USER_BITS)) {
		unsigned level;
		uint64_t *entry = find_entry(root, address, &level);

		address = visit_leaves(entry, address, level, visit, owner);
	}
}

static uint64_t *entries_of(phys_addr table)
{
	return hal_phys_to_ptr(table, PANTHER_PAGE_SIZE);
}

k_status page_table_make_pages(phys_addr root, uint64_t address, enum page_access access,
			       const struct table_source *source, uint64_t **entries)
{
	return make_path(root, address, PAGE_TABLE_LEAF_LEVEL, access, source, entries);
}

bool page_table_unlink_empty(phys_addr root, uint64_t address, phys_addr *table)
{
	uint64_t *link = NULL;
	phys_addr lowest = root;

	for (unsigned level = PAGE_TABLE_ROOT_LEVEL; level < PAGE_TABLE_LEAF_LEVEL; level++) {
		uint64_t *entry = page_table_entry(lowest, address, level);

		if (!descriptor_is_valid(*entry)) {
			break;
		}
		link = entry;
		lowest = descriptor_address(*entry);
	}
	if (link == NULL || next_used(entries_of(lowest), 0) != PAGE_TABLE_ENTRIES) {
		return false;
	}
	hal_descriptor_write(link, DESCRIPTOR_INVALID);
	*table = lowest;
	return true;
}

/* One clearing of a tree, as far as it may go. */
struct clearing {
	const struct table_source *source;
	unsigned left; /* frames that may still be given back */
	uint64_t held; /* frames that still hang below the root: the last ones are found without a look at the rest */
};

/* Gives back the page, or the empty table, that an entry leads to. False if no more may be given back. */
static bool clear_entry(struct clearing *clearing, uint64_t *entry)
{
	phys_addr frame = descriptor_address(*entry);

	if (clearing->left == 0) {
		return false;
	}
	clearing->left--;
	clearing->held--;
	hal_descriptor_write(entry, DESCRIPTOR_INVALID);
	clearing->source->give_back(clearing->source->owner, frame);
	return true;
}

/* The next entry in use from `index` on, unless nothing is held but the `above` tables on the way to this one. */
K_ALWAYS_INLINE size_t next_held(const struct clearing *clearing, const uint64_t *entries, size_t index, uint64_t above)
{
	return clearing->held > above ? next_used(entries, index) : PAGE_TABLE_ENTRIES;
}

/* The next three go through one table each, and return whether it is empty now. */
static bool clear_leaf_table(struct clearing *clearing, phys_addr table)
{
	uint64_t *entries = entries_of(table);

	for (size_t i = next_held(clearing, entries, 0, 2); i < PAGE_TABLE_ENTRIES;
	     i = next_held(clearing, entries, i + 1, 2)) {
		if (!clear_entry(clearing, &entries[i])) {
			return false;
		}
	}
	return true;
}

static bool clear_block_table(struct clearing *clearing, phys_addr table)
{
	uint64_t *entries = entries_of(table);

	for (size_t i = next_held(clearing, entries, 0, 1); i < PAGE_TABLE_ENTRIES;
	     i = next_held(clearing, entries, i + 1, 1)) {
		if (!clear_leaf_table(clearing, descriptor_address(entries[i])) ||
		    !clear_entry(clearing, &entries[i])) {
			return false;
		}
	}
	return true;
}

static bool clear_root(struct clearing *clearing, phys_addr root)
{
	uint64_t *entries = entries_of(root);

	for (size_t i = next_held(clearing, entries, 0, 0); i < PAGE_TABLE_ENTRIES;
	     i = next_held(clearing, entries, i + 1, 0)) {
		if (!clear_block_table(clearing, descriptor_address(entries[i])) ||
		    !clear_entry(clearing, &entries[i])) {
			return false;
		}
	}
	return true;
}

bool page_table_clear(phys_addr root, const struct table_source *source, unsigned limit, uint64_t held)
{
	struct clearing clearing = {.source = source, .left = limit, .held = held};

	return clear_root(&clearing, root);
}
