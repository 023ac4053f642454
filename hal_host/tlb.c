#include "hal_host/tlb.h"

#include <stdlib.h>
#include <string.h>

#include "hal_host/ram.h"
#include "hal_host/twin.h"

#define VALID 1UL
#define TABLE 2UL
#define KERNEL_HALF 0xffffff8000000000UL
#define OUTPUT_OF(descriptor) ((descriptor) & 0x0000fffffffff000UL)

/* AP, PXN, UXN of a leaf; PXNTable, UXNTable, APTable of a table: a change of these alone needs no break-before-make.
 * Nor does bit 55, which is software's own. */
#define PERMISSION_BITS (3UL << 6 | 3UL << 53 | 1UL << 55 | 0xfUL << 59)

/* One thing cached: a whole translation, or (walk cache) a table descriptor of level 1 or 2. */
struct entry {
	bool is_table;
	bool is_global; /* any ASID; always so in the kernel's half */
	uint64_t asid;
	unsigned level; /* of the descriptor */
	uint64_t base;	/* the virtual addresses that it serves */
	uint64_t size;
	uint64_t descriptor;
	uint64_t where; /* its physical address */
	struct walker_translation translation;
};

static struct {
	struct entry *entries;
	size_t count, capacity;
} tlb;

void tlb_reset(void)
{
	tlb.count = 0;
}

static struct {
	struct entry *entries;
	size_t count;
} snapshot;

void tlb_snapshot(void)
{
	free(snapshot.entries);
	snapshot.count = tlb.count;
	snapshot.entries = malloc((snapshot.count + 1) * sizeof(*snapshot.entries));
	if (snapshot.entries == NULL) {
		abort();
	}
	if (snapshot.count != 0) {
		memcpy(snapshot.entries, tlb.entries, snapshot.count * sizeof(*snapshot.entries));
	}
}

void tlb_restore(void)
{
	tlb.count = snapshot.count;
	if (snapshot.count != 0) {
		memcpy(tlb.entries, snapshot.entries, snapshot.count * sizeof(*snapshot.entries));
	}
}

/* Looked at for each instruction: without sanitizers, whose checks of each entry would take longer than all else. */
#define UNCHECKED __attribute__((no_sanitize("address", "undefined")))

static bool is_kernel(uint64_t address)
{
	return address >= KERNEL_HALF;
}

UNCHECKED static bool covers(const struct entry *entry, uint64_t address)
{
	return address >= entry->base && address - entry->base < entry->size;
}

UNCHECKED static bool serves(const struct entry *entry, uint64_t asid, uint64_t address)
{
	return (entry->is_global || entry->asid == asid) && covers(entry, address);
}

bool tlb_same_but_permissions(uint64_t a, uint64_t b)
{
	return ((a ^ b) & ~PERMISSION_BITS) == 0;
}

static void make_room(void)
{
	size_t capacity = tlb.capacity == 0 ? 64 : tlb.capacity * 2;
	struct entry *larger;

	if (tlb.count < tlb.capacity) {
		return;
	}
	larger = realloc(tlb.entries, capacity * sizeof(*larger));
	if (larger == NULL) {
		abort();
	}
	tlb.entries = larger;
	tlb.capacity = capacity;
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
	make_room();
	tlb.entries[tlb.count++] = *entry;
}

/* A walk cache: the descriptor as it was when it was last read, if it led to a table. */
static uint64_t read_cached(void *owner, uint64_t address, unsigned level, uint64_t where)
{
	const struct walker_registers *registers = owner;
	uint64_t asid = registers->ttbr0 >> 48;
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
				     .base = address & ~(walker_level_size(level) - 1),
				     .size = walker_level_size(level),
				     .descriptor = descriptor,
				     .where = where});
	}
	return descriptor;
}

UNCHECKED static const struct entry *find_translation(uint64_t asid, uint64_t address)
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
	uint64_t asid = registers->ttbr0 >> 48;
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

void tlb_check_replaced(uint64_t where, uint64_t descriptor)
{
	for (size_t i = 0; i < tlb.count; i++) {
		if (tlb.entries[i].where == where && !tlb_same_but_permissions(tlb.entries[i].descriptor, descriptor)) {
			twin_abort("break-before-make", "0x%llx made at 0x%llx while 0x%llx is still cached",
				   (unsigned long long)descriptor, (unsigned long long)where,
				   (unsigned long long)tlb.entries[i].descriptor);
		}
	}
}

/* Of the kernel's half only the tables count: its linear map leads to every frame. */
static bool leads_to(const struct entry *entry, uint64_t frame)
{
	if (entry->is_table) {
		return OUTPUT_OF(entry->descriptor) == frame;
	}
	return !is_kernel(entry->base) && walker_leads_to(&entry->translation, frame);
}

void tlb_check_frame(uint64_t frame)
{
	for (size_t i = 0; i < tlb.count; i++) {
		if (leads_to(&tlb.entries[i], frame)) {
			twin_abort("missing-invalidation", "frame 0x%llx is cached for 0x%llx",
				   (unsigned long long)frame, (unsigned long long)tlb.entries[i].base);
		}
	}
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

/* What an invalidation takes out: by ASID, by address and ASID, or by address in the kernel's half (TLBI ASIDE1, VAE1,
 * VAAE1: D8.14.5.1). */
typedef bool taken_out(const struct entry *entry, uint64_t asid, uint64_t address);

static bool is_of_space(const struct entry *entry, uint64_t asid, uint64_t address)
{
	(void)address;
	return !is_kernel(entry->base) && !entry->is_global && entry->asid == asid;
}

static bool is_of_page(const struct entry *entry, uint64_t asid, uint64_t address)
{
	return serves(entry, asid, address);
}

static bool is_of_kernel_page(const struct entry *entry, uint64_t asid, uint64_t address)
{
	(void)asid;
	return is_kernel(entry->base) && covers(entry, address);
}

static void invalidate(taken_out *is_taken_out, uint64_t asid, uint64_t address)
{
	size_t kept = 0;

	for (size_t i = 0; i < tlb.count; i++) {
		if (!is_taken_out(&tlb.entries[i], asid, address)) {
			tlb.entries[kept++] = tlb.entries[i];
		}
	}
	tlb.count = kept;
}

void tlb_invalidate_kernel(uint64_t address)
{
	invalidate(is_of_kernel_page, 0, address);
}

void tlb_invalidate_space(uint64_t asid)
{
	invalidate(is_of_space, asid, 0);
}

void tlb_invalidate_page(uint64_t asid, uint64_t address)
{
	invalidate(is_of_page, asid, address);
}
