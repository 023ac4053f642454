#include "hal_host/tlb.h"

#include <stdlib.h>

#include "hal_host/ram.h"
#include "hal_host/state.h"
#include "hal_host/twin.h"

#define VALID 1UL
#define TABLE 2UL
#define KERNEL_HALF 0xffffff8000000000UL
#define FRAME_OF(address) ((address) & ~(RAM_FRAME_SIZE - 1))

/* AP, PXN, UXN of a leaf; PXNTable, UXNTable, APTable of a table: a change of these alone needs no break-before-make.
 */
#define PERMISSION_BITS (3UL << 6 | 3UL << 53 | 0xfUL << 59)

/* One thing cached: a whole translation, or (walk cache) a table descriptor of level 1 or 2. */
struct entry {
	bool is_table;
	bool is_global; /* any ASID; always so in the kernel's half */
	uint16_t asid;
	unsigned level; /* of the descriptor */
	uint64_t base;	/* the virtual addresses that it serves */
	uint64_t size;
	uint64_t descriptor;
	uint64_t where; /* its physical address */
	struct walker_translation translation;
};

/* A space that was entered and whose ASID was not invalidated since. */
struct entered {
	uint64_t root;
	uint16_t asid;
};

static struct {
	struct entry *entries;
	size_t count, capacity;
	struct entered *spaces;
	size_t space_count, space_capacity;
} tlb;

static void *grown(void *array, size_t count, size_t *capacity, size_t size)
{
	void *larger;

	if (count < *capacity) {
		return array;
	}
	*capacity = *capacity == 0 ? 64 : *capacity * 2;
	larger = realloc(array, *capacity * size);
	if (larger == NULL) {
		abort();
	}
	return larger;
}

void tlb_reset(void)
{
	tlb.count = 0;
	tlb.space_count = 0;
}

static bool is_kernel(uint64_t address)
{
	return address >= KERNEL_HALF;
}

static bool covers(const struct entry *entry, uint64_t address)
{
	return address >= entry->base && address - entry->base < entry->size;
}

static bool serves(const struct entry *entry, uint16_t asid, uint64_t address)
{
	return (entry->is_global || entry->asid == asid) && covers(entry, address);
}

static bool same_but_permissions(uint64_t a, uint64_t b)
{
	return ((a ^ b) & ~PERMISSION_BITS) == 0;
}

static void keep(const struct entry *entry)
{
	for (size_t i = 0; i < tlb.count; i++) {
		if (tlb.entries[i].is_table == entry->is_table && tlb.entries[i].level == entry->level &&
		    tlb.entries[i].base == entry->base && tlb.entries[i].asid == entry->asid &&
		    tlb.entries[i].is_global == entry->is_global) {
			return;
		}
	}
	tlb.entries = grown(tlb.entries, tlb.count, &tlb.capacity, sizeof(*tlb.entries));
	tlb.entries[tlb.count++] = *entry;
}

static uint64_t level_size(unsigned level)
{
	return 1UL << (12 + 9 * (3 - level));
}

/* A walk cache: the descriptor as it was when it was last read, if it led to a table. */
static uint64_t read_cached(void *owner, uint64_t address, unsigned level, uint64_t where)
{
	const struct walker_registers *registers = owner;
	uint16_t asid = (uint16_t)(registers->ttbr0 >> 48);
	uint64_t descriptor;

	for (size_t i = 0; i < tlb.count; i++) {
		const struct entry *entry = &tlb.entries[i];

		if (entry->is_table && entry->level == level && serves(entry, asid, address)) {
			return entry->descriptor;
		}
	}
	descriptor = walker_memory.read(NULL, address, level, where);
	if (level < 3 && (descriptor & (VALID | TABLE)) == (VALID | TABLE)) {
		keep(&(struct entry){.is_table = true,
				     .is_global = is_kernel(address),
				     .asid = is_kernel(address) ? 0 : asid,
				     .level = level,
				     .base = address & ~(level_size(level) - 1),
				     .size = level_size(level),
				     .descriptor = descriptor,
				     .where = where});
	}
	return descriptor;
}

static const struct entry *find_translation(uint16_t asid, uint64_t address)
{
	const struct entry *found = NULL;

	for (size_t i = 0; i < tlb.count; i++) {
		const struct entry *entry = &tlb.entries[i];

		if (entry->is_table || !serves(entry, asid, address)) {
			continue;
		}
		if (found != NULL) {
			twin_abort("tlb-conflict", "two cached translations serve 0x%llx", (unsigned long long)address);
		}
		found = entry;
	}
	return found;
}

bool tlb_translate(const struct walker_registers *registers, uint64_t address, struct walker_translation *translation,
		   uint8_t *status)
{
	struct walker_registers tables = *registers;
	struct walker_source source = {.read = read_cached, .owner = &tables};
	uint16_t asid = (uint16_t)(registers->ttbr0 >> 48);
	const struct entry *found = find_translation(asid, address);

	if (found != NULL) {
		*translation = found->translation;
		return true;
	}
	if (!walker_walk(registers, &source, address, translation, status)) {
		return false;
	}
	keep(&(struct entry){.is_global = translation->is_global,
			     .asid = translation->is_global ? 0 : asid,
			     .level = translation->level,
			     .base = translation->base,
			     .size = translation->size,
			     .descriptor = translation->descriptor,
			     .where = translation->descriptor_address,
			     .translation = *translation});
	return true;
}

static struct walker_registers registers_for(const struct entered *space)
{
	struct walker_registers registers = twin.mmu;

	registers.ttbr0 = space->root | (uint64_t)space->asid << 48;
	return registers;
}

void tlb_space_entered(uint64_t root, uint16_t asid)
{
	for (size_t i = 0; i < tlb.space_count; i++) {
		if (tlb.spaces[i].asid == asid && tlb.spaces[i].root == root) {
			return;
		}
		if (tlb.spaces[i].asid == asid) {
			twin_abort("asid-reuse", "ASID %u still tags the translations of another space", asid);
		}
	}
	tlb.spaces = grown(tlb.spaces, tlb.space_count, &tlb.space_capacity, sizeof(*tlb.spaces));
	tlb.spaces[tlb.space_count++] = (struct entered){.root = root, .asid = asid};
}

/* Where in a half the table of a changing descriptor serves, and what that descriptor may have put into the TLB. */
struct speculation {
	const struct walker_registers *registers;
	uint64_t where;
	uint64_t base, size; /* the virtual addresses that the descriptor serves */
};

static void cache_address(const struct walker_registers *registers, uint64_t address)
{
	struct walker_translation translation;
	uint8_t status;

	(void)tlb_translate(registers, address, &translation, &status);
}

static void cache_leaf(void *owner, const struct walker_translation *translation)
{
	const struct speculation *speculation = owner;

	if (translation->base >= speculation->base && translation->base - speculation->base < speculation->size) {
		cache_address(speculation->registers, translation->base);
	}
}

static void cache_below(void *owner, uint64_t table, unsigned level, uint64_t address)
{
	struct speculation *speculation = owner;

	if (table != FRAME_OF(speculation->where)) {
		return;
	}
	speculation->size = level_size(level);
	speculation->base = address + (speculation->where - table) / 8 * speculation->size;
	cache_address(speculation->registers, speculation->base);
	walker_visit(speculation->registers, is_kernel(address), cache_leaf, speculation);
}

static void speculate(uint64_t where)
{
	struct speculation speculation = {.registers = &twin.mmu, .where = where};

	walker_visit_tables(&twin.mmu, true, cache_below, &speculation);
	for (size_t i = 0; i < tlb.space_count; i++) {
		struct walker_registers registers = registers_for(&tlb.spaces[i]);

		speculation.registers = &registers;
		walker_visit_tables(&registers, false, cache_below, &speculation);
	}
}

void tlb_descriptor_changes(uint64_t where, uint64_t before, uint64_t after)
{
	if ((before & VALID) != 0 && before != after) {
		speculate(where);
	}
	if ((after & VALID) == 0) {
		return;
	}
	if ((before & VALID) != 0 && !same_but_permissions(before, after)) {
		twin_abort("break-before-make", "0x%llx replaced by 0x%llx at 0x%llx without a break",
			   (unsigned long long)before, (unsigned long long)after, (unsigned long long)where);
	}
	for (size_t i = 0; i < tlb.count; i++) {
		if (tlb.entries[i].where == where && !same_but_permissions(tlb.entries[i].descriptor, after)) {
			twin_abort("break-before-make", "0x%llx made at 0x%llx while 0x%llx is still cached",
				   (unsigned long long)after, (unsigned long long)where,
				   (unsigned long long)tlb.entries[i].descriptor);
		}
	}
}

/* A search for translations that reach a frame. */
struct search {
	uint64_t frame;
	const char *rule;
};

static void found(const struct search *search, uint64_t address, const char *how)
{
	twin_abort(search->rule, "frame 0x%llx is %s for 0x%llx", (unsigned long long)search->frame, how,
		   (unsigned long long)address);
}

static void search_leaf(void *owner, const struct walker_translation *translation)
{
	const struct search *search = owner;

	if (search->frame >= translation->output && search->frame - translation->output < translation->size) {
		found(search, translation->base, "reachable");
	}
}

static void search_table(void *owner, uint64_t table, unsigned level, uint64_t address)
{
	const struct search *search = owner;

	(void)level;
	if (table == search->frame) {
		found(search, address, "a table");
	}
}

static void search_cached(struct search *search)
{
	for (size_t i = 0; i < tlb.count; i++) {
		const struct entry *entry = &tlb.entries[i];

		if (FRAME_OF(entry->where) == search->frame ||
		    (entry->is_table && FRAME_OF(entry->descriptor & ~(0xffffUL << 48)) == search->frame)) {
			found(search, entry->base, "a cached table");
		}
		if (!entry->is_table && !is_kernel(entry->base)) {
			search_leaf(search, &entry->translation);
		}
	}
}

void tlb_check_unreachable(uint64_t frame)
{
	struct search search = {.frame = frame};

	for (size_t i = 0; i < tlb.space_count; i++) {
		struct walker_registers registers = registers_for(&tlb.spaces[i]);
		bool live = twin.is_live && twin.space.asid == tlb.spaces[i].asid;

		search.rule = live ? "live-space" : "missing-invalidation";
		walker_visit_tables(&registers, false, search_table, &search);
		walker_visit(&registers, false, search_leaf, &search);
	}
	search.rule = "live-table";
	walker_visit_tables(&twin.mmu, true, search_table, &search);
	search.rule = "missing-invalidation";
	search_cached(&search);
}

void tlb_check_coherent(void)
{
	for (size_t i = 0; i < tlb.count; i++) {
		const struct entry *entry = &tlb.entries[i];

		if (ram_read64(entry->where) != entry->descriptor) {
			twin_abort("stale-translation", "0x%llx was changed, and its old translation never invalidated",
				   (unsigned long long)entry->base);
		}
	}
}

/* What an invalidation takes out: by ASID, or by address in the kernel's half (TLBI ASIDE1, VAAE1: D8.14.5.1). */
typedef bool taken_out(const struct entry *entry, uint64_t key);

static bool is_of_space(const struct entry *entry, uint64_t asid)
{
	return !is_kernel(entry->base) && !entry->is_global && entry->asid == asid;
}

static bool is_of_kernel_page(const struct entry *entry, uint64_t address)
{
	return is_kernel(entry->base) && covers(entry, address);
}

static void invalidate(taken_out *is_taken_out, uint64_t key)
{
	size_t kept = 0;

	for (size_t i = 0; i < tlb.count; i++) {
		if (!is_taken_out(&tlb.entries[i], key)) {
			tlb.entries[kept++] = tlb.entries[i];
		}
	}
	tlb.count = kept;
}

void tlb_invalidate_kernel(uint64_t address)
{
	invalidate(is_of_kernel_page, address);
}

static void cache_global(void *owner, const struct walker_translation *translation)
{
	if (translation->is_global) {
		cache_address(owner, translation->base);
	}
}

/* Global translations outlive the invalidation of an ASID, so they are taken in before the space is forgotten. */
static void forget_space(uint16_t asid)
{
	for (size_t i = 0; i < tlb.space_count; i++) {
		struct walker_registers registers;

		if (tlb.spaces[i].asid == asid) {
			registers = registers_for(&tlb.spaces[i]);
			walker_visit(&registers, false, cache_global, &registers);
			tlb.spaces[i] = tlb.spaces[--tlb.space_count];
			return;
		}
	}
}

void tlb_invalidate_space(uint16_t asid, bool is_live)
{
	if (!is_live) {
		forget_space(asid);
	}
	invalidate(is_of_space, asid);
}
