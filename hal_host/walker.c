#include "hal_host/walker.h"

#include "hal_host/ram.h"
#include "hal_host/twin.h"

/* TCR_EL1 (Arm ARM D17.2.139). */
#define TCR_T0SZ(tcr) ((tcr) & 0x3f)
#define TCR_T1SZ(tcr) ((tcr) >> 16 & 0x3f)
#define TCR_EPD0 (1UL << 7)
#define TCR_EPD1 (1UL << 23)
#define TCR_IPS(tcr) ((tcr) >> 32 & 7)
/* SCTLR_EL1.WXN (D17.2.118): writable means not executable. */
#define SCTLR_WXN (1UL << 19)
/* SCTLR_EL1.BT0: set where there is FEAT_BTI, and RES0 elsewhere, as GP is in descriptors. */
#define SCTLR_BT0 (1UL << 35)
/* TTBRn_EL1.BADDR, with a 512-entry table (D17.2.144). */
#define TTBR_BADDR 0x0000fffffffff000UL

/* Descriptors (D8.3.1, D8.3.2). */
#define DESCRIPTOR_VALID 1UL
#define DESCRIPTOR_TABLE 2UL /* or page, at level 3 */
#define DESCRIPTOR_ADDRESS 0x0000fffffffff000UL
#define LEAF_ATTR_INDEX(leaf) ((leaf) >> 2 & 7)
#define LEAF_EL0 (1UL << 6)	  /* AP[1] */
#define LEAF_READ_ONLY (1UL << 7) /* AP[2] */
#define LEAF_SHAREABILITY(leaf) ((leaf) >> 8 & 3)
#define LEAF_ACCESS_FLAG (1UL << 10)
#define LEAF_NOT_GLOBAL (1UL << 11)
#define LEAF_GUARDED (1UL << 50) /* GP */
#define LEAF_PXN (1UL << 53)
#define LEAF_UXN (1UL << 54)
#define TABLE_PXN (1UL << 59)
#define TABLE_UXN (1UL << 60)
#define TABLE_NO_EL0 (1UL << 61)    /* APTable[0] */
#define TABLE_READ_ONLY (1UL << 62) /* APTable[1] */

/*
 * Bits that must be zero here. RES0: NS (5) outside Secure state, [49:48] without FEAT_LPA. Not used by this
 * kernel, so their presence is an accident: nT (16), GP (50), DBM (51), Contiguous (52), the software and
 * PBHA bits [63:55], and in table descriptors the ignored bits [11:2] and [58:51]. Exceptions are in a process's
 * pages: software bit 55, where the kernel remembers what it does not want to forget; and GP of code, where the CPU has
 * FEAT_BTI.
 */
#define LEAF_SOFTWARE (1UL << 55)
#define LEAF_RESERVED 0xff9f000000000020UL
#define TABLE_RESERVED 0x87ff000000000ffcUL

#define MEMORY_NORMAL 0xff	 /* write-back, read- and write-allocate, inner and outer */
#define MEMORY_TAGGED 0xf0	 /* the same, with tags */
#define MEMORY_DEVICE_NGNRE 0x04 /* D17.2.97 */

#define LEAF_LEVEL 3
#define ADDRESS_BITS 39

/* A walk under way. */
struct walk {
	const struct walker_registers *registers;
	const struct walker_source *source;
	uint64_t address;
	bool kernel_half;
	unsigned level;
	uint64_t table;	     /* the table of this level */
	uint64_t table_bits; /* what the table descriptors so far take away */
	uint64_t where;
};

static uint64_t read_memory(void *owner, uint64_t address, unsigned level, uint64_t where)
{
	uint64_t descriptor;

	(void)owner;
	if (!ram_descriptor(where, &descriptor)) {
		twin_abort("stray-descriptor",
			   "walk for 0x%llx, level %u: 0x%llx at 0x%llx was not stored by hal_descriptor_write",
			   (unsigned long long)address, level, (unsigned long long)descriptor,
			   (unsigned long long)where);
	}
	return descriptor;
}

const struct walker_source walker_memory = {.read = read_memory};

static unsigned level_shift(unsigned level)
{
	return 12 + 9 * (LEAF_LEVEL - level);
}

/* The physical address size that TCR.IPS selects; more than 48 bits needs another descriptor format. */
static unsigned physical_bits(uint64_t tcr)
{
	static const unsigned sizes[] = {32, 36, 40, 42, 44, 48};

	if (TCR_IPS(tcr) >= sizeof(sizes) / sizeof(sizes[0])) {
		twin_abort("tcr", "IPS is beyond 48 bits");
	}
	return sizes[TCR_IPS(tcr)];
}

static bool beyond_physical(const struct walk *walk, uint64_t output)
{
	return output >> physical_bits(walk->registers->tcr) != 0;
}

static bool fault(uint8_t *status, unsigned code, unsigned level)
{
	*status = (uint8_t)(code | level);
	return false;
}

/* Which half an address belongs to (D8.2.2). One outside both faults at level 0. */
static bool begin(struct walk *walk, uint8_t *status)
{
	const struct walker_registers *registers = walk->registers;
	uint64_t top = walk->address >> ADDRESS_BITS;

	if (TCR_T0SZ(registers->tcr) != 64 - ADDRESS_BITS || TCR_T1SZ(registers->tcr) != 64 - ADDRESS_BITS) {
		twin_abort("tcr", "T0SZ and T1SZ must be 25");
	}
	walk->kernel_half = (walk->address >> 55 & 1) != 0;
	if (top != (walk->kernel_half ? ~0UL >> ADDRESS_BITS : 0)) {
		return fault(status, WALKER_TRANSLATION_FAULT, 0);
	}
	if ((registers->tcr & (walk->kernel_half ? TCR_EPD1 : TCR_EPD0)) != 0) {
		return fault(status, WALKER_TRANSLATION_FAULT, 0);
	}
	walk->table = (walk->kernel_half ? registers->ttbr1 : registers->ttbr0) & TTBR_BADDR;
	if (beyond_physical(walk, walk->table)) {
		return fault(status, WALKER_ADDRESS_SIZE_FAULT, 0);
	}
	return true;
}

static bool read_descriptor(struct walk *walk, uint64_t *descriptor, uint8_t *status)
{
	uint64_t index = walk->address >> level_shift(walk->level) & 511;

	walk->where = walk->table + index * 8;
	if (!ram_contains(walk->where, 8)) {
		return fault(status, WALKER_EXTERNAL_ABORT_ON_WALK, walk->level);
	}
	*descriptor = walk->source->read(walk->source->owner, walk->address, walk->level, walk->where);
	if ((*descriptor & DESCRIPTOR_VALID) == 0 ||
	    (walk->level == LEAF_LEVEL && (*descriptor & DESCRIPTOR_TABLE) == 0)) {
		return fault(status, WALKER_TRANSLATION_FAULT, walk->level);
	}
	return true;
}

static void check_reserved(const struct walk *walk, uint64_t descriptor, uint64_t reserved)
{
	if ((descriptor & reserved) != 0) {
		twin_abort("reserved-bit", "descriptor 0x%llx for 0x%llx, level %u: reserved bits 0x%llx",
			   (unsigned long long)descriptor, (unsigned long long)walk->address, walk->level,
			   (unsigned long long)(descriptor & reserved));
	}
}

static bool descend(struct walk *walk, uint64_t descriptor, uint8_t *status)
{
	check_reserved(walk, descriptor, TABLE_RESERVED);
	if (beyond_physical(walk, descriptor & DESCRIPTOR_ADDRESS)) {
		return fault(status, WALKER_ADDRESS_SIZE_FAULT, walk->level);
	}
	walk->table_bits |= descriptor & (TABLE_PXN | TABLE_UXN | TABLE_NO_EL0 | TABLE_READ_ONLY);
	walk->table = descriptor & DESCRIPTOR_ADDRESS;
	walk->level++;
	return true;
}

/*
 * What this machine asks of a leaf beyond the architecture: the memory types of KERNEL_MAIR, used as they
 * are meant. The hardware would not fault, but misbehave.
 */
static void check_leaf(const struct walk *walk, uint64_t leaf, uint8_t memory)
{
	uint64_t size = 1UL << level_shift(walk->level);
	uint64_t used = 0;

	if (!walk->kernel_half && walk->level == LEAF_LEVEL) {
		used = LEAF_SOFTWARE;
		used |= (leaf & LEAF_UXN) == 0 && (walk->registers->sctlr & SCTLR_BT0) != 0 ? LEAF_GUARDED : 0;
	}
	check_reserved(walk, leaf, (LEAF_RESERVED & ~used) | (DESCRIPTOR_ADDRESS & (size - 1)));
	if (memory != MEMORY_NORMAL && memory != MEMORY_DEVICE_NGNRE &&
	    !(memory == MEMORY_TAGGED && walk->kernel_half && walk->level == LEAF_LEVEL)) {
		twin_abort("memory-type", "0x%llx uses MAIR byte 0x%x", (unsigned long long)walk->address, memory);
	}
	if (memory != MEMORY_DEVICE_NGNRE && LEAF_SHAREABILITY(leaf) != 3) {
		twin_abort("shareability", "0x%llx is not inner shareable", (unsigned long long)walk->address);
	}
	if (memory != MEMORY_NORMAL && (leaf & (LEAF_PXN | LEAF_UXN)) != (LEAF_PXN | LEAF_UXN)) {
		twin_abort("device-execute", "device or tagged page 0x%llx is executable",
			   (unsigned long long)walk->address);
	}
	if (!walk->kernel_half && (leaf & LEAF_PXN) == 0) {
		twin_abort("user-pxn", "0x%llx lacks PXN", (unsigned long long)walk->address);
	}
}

/* Access permissions, with what the tables take away (D8.4.1, D8.4.2). */
static void fill_permissions(const struct walk *walk, uint64_t leaf, struct walker_translation *translation)
{
	bool el0 = (leaf & LEAF_EL0) != 0 && (walk->table_bits & TABLE_NO_EL0) == 0;
	bool writable = (leaf & LEAF_READ_ONLY) == 0 && (walk->table_bits & TABLE_READ_ONLY) == 0;
	bool wxn = (walk->registers->sctlr & SCTLR_WXN) != 0;

	translation->el0_read = el0;
	translation->el0_write = el0 && writable;
	translation->el1_write = writable;
	translation->el0_execute =
		(leaf & LEAF_UXN) == 0 && (walk->table_bits & TABLE_UXN) == 0 && !(wxn && translation->el0_write);
	/* What EL0 can write, EL1 never executes. */
	translation->el1_execute = (leaf & LEAF_PXN) == 0 && (walk->table_bits & TABLE_PXN) == 0 &&
				   !(wxn && writable) && !translation->el0_write;
}

static bool finish(const struct walk *walk, uint64_t leaf, struct walker_translation *translation, uint8_t *status)
{
	uint64_t size = 1UL << level_shift(walk->level);
	uint64_t output = leaf & DESCRIPTOR_ADDRESS & ~(size - 1);
	uint8_t memory = (uint8_t)(walk->registers->mair >> (8 * LEAF_ATTR_INDEX(leaf)));

	check_leaf(walk, leaf, memory);
	if (beyond_physical(walk, output)) {
		return fault(status, WALKER_ADDRESS_SIZE_FAULT, walk->level);
	}
	if ((leaf & LEAF_ACCESS_FLAG) == 0) {
		return fault(status, WALKER_ACCESS_FLAG_FAULT, walk->level);
	}
	translation->base = walk->address & ~(size - 1);
	translation->size = size;
	translation->output = output;
	translation->descriptor = leaf;
	translation->descriptor_address = walk->where;
	translation->level = walk->level;
	translation->memory = memory;
	translation->is_global = (leaf & LEAF_NOT_GLOBAL) == 0;
	translation->is_guarded = (leaf & LEAF_GUARDED) != 0;
	fill_permissions(walk, leaf, translation);
	return true;
}

bool walker_walk(const struct walker_registers *registers, const struct walker_source *source, uint64_t address,
		 struct walker_translation *translation, uint8_t *status)
{
	struct walk walk = {.registers = registers, .source = source, .address = address, .level = 1};
	uint64_t descriptor;

	*translation = (struct walker_translation){.base = address};
	if (!begin(&walk, status)) {
		return false;
	}
	for (;;) {
		if (!read_descriptor(&walk, &descriptor, status)) {
			return false;
		}
		if (walk.level == LEAF_LEVEL || (descriptor & DESCRIPTOR_TABLE) == 0) {
			return finish(&walk, descriptor, translation, status);
		}
		if (!descend(&walk, descriptor, status)) {
			return false;
		}
	}
}

bool walker_allows(const struct walker_translation *translation, enum walker_access access, bool privileged,
		   uint8_t *status)
{
	bool allowed = false;

	switch (access) {
	case WALKER_READ:
		allowed = privileged || translation->el0_read;
		break;
	case WALKER_WRITE:
		allowed = privileged ? translation->el1_write : translation->el0_write;
		break;
	case WALKER_EXECUTE:
		allowed = privileged ? translation->el1_execute : translation->el0_execute;
		break;
	}
	return allowed || fault(status, WALKER_PERMISSION_FAULT, translation->level);
}

uint64_t walker_level_size(unsigned level)
{
	return 1UL << level_shift(level);
}

bool walker_leads_to(const struct walker_translation *translation, uint64_t frame)
{
	return frame >= translation->output && frame - translation->output < translation->size;
}

/* A visit of the tables of one half, with what to do at each leaf or each table. */
struct tour {
	const struct walker_registers *registers;
	uint64_t first, last; /* the addresses that it is about */
	walker_visitor *visit;
	walker_table_visitor *visit_table;
	void *owner;
};

static void visit_table(const struct tour *tour, const struct walk *walk, uint64_t base);

/* The walk goes on from its table, with one of its descriptors. */
static void visit_entry(const struct tour *tour, struct walk walk, uint64_t address)
{
	struct walker_translation translation = {0};
	uint64_t descriptor;
	uint8_t status;

	walk.address = address;
	if (!read_descriptor(&walk, &descriptor, &status)) {
		return;
	}
	if (walk.level < LEAF_LEVEL && (descriptor & DESCRIPTOR_TABLE) != 0) {
		if (descend(&walk, descriptor, &status)) {
			visit_table(tour, &walk, address);
		}
	} else if (tour->visit != NULL && finish(&walk, descriptor, &translation, &status)) {
		tour->visit(tour->owner, &translation);
	}
}

/* The first and the last entry that matter, of a table that serves the addresses from `base` on. */
static uint64_t first_entry(const struct tour *tour, unsigned level, uint64_t base)
{
	return tour->first > base ? (tour->first - base) >> level_shift(level) : 0;
}

static uint64_t last_entry(const struct tour *tour, unsigned level, uint64_t base)
{
	uint64_t last = (tour->last - base) >> level_shift(level);

	return last < 511 ? last : 511;
}

RAM_PEEKS __attribute__((no_sanitize("undefined"))) static bool is_zero_group(const uint64_t *entries)
{
	return (entries[0] | entries[1] | entries[2] | entries[3] | entries[4] | entries[5] | entries[6] |
		entries[7]) == 0;
}

/* The next valid descriptor of a table, from `index` on. Most are zero: sanitizers would take longer than all else. */
RAM_PEEKS __attribute__((no_sanitize("undefined"))) static uint64_t next_valid(const uint64_t *entries, uint64_t index)
{
	while (index < 512 && (entries[index] & DESCRIPTOR_VALID) == 0) {
		index += index % 8 == 0 && is_zero_group(entries + index) ? 8 : 1;
	}
	return index;
}

static void visit_table(const struct tour *tour, const struct walk *walk, uint64_t base)
{
	const uint64_t *entries;
	uint64_t index, last;

	if (!ram_contains(walk->table, RAM_FRAME_SIZE)) {
		return;
	}
	if (tour->visit_table != NULL) {
		tour->visit_table(tour->owner, walk->table, walk->level, base);
	}
	if (tour->visit == NULL && walk->level == LEAF_LEVEL) {
		return;
	}
	entries = ram_words(walk->table, RAM_FRAME_SIZE);
	last = last_entry(tour, walk->level, base);
	for (index = first_entry(tour, walk->level, base); (index = next_valid(entries, index)) <= last; index++) {
		visit_entry(tour, *walk, base | index << level_shift(walk->level));
	}
}

static uint64_t base_of(bool kernel_half)
{
	return kernel_half ? ~0UL << ADDRESS_BITS : 0;
}

static void start_tour(struct tour *tour, uint64_t address, uint64_t size)
{
	struct walk walk = {.registers = tour->registers, .source = &walker_memory, .address = address, .level = 1};
	uint8_t status;

	tour->first = address;
	tour->last = address + (size - 1);
	if (begin(&walk, &status)) {
		visit_table(tour, &walk, base_of(walk.kernel_half));
	}
}

void walker_visit(const struct walker_registers *registers, bool kernel_half, walker_visitor *visit, void *owner)
{
	walker_visit_range(registers, base_of(kernel_half), 1UL << ADDRESS_BITS, visit, owner);
}

void walker_visit_range(const struct walker_registers *registers, uint64_t address, uint64_t size,
			walker_visitor *visit, void *owner)
{
	struct tour tour = {.registers = registers, .visit = visit, .owner = owner};

	start_tour(&tour, address, size);
}

void walker_visit_tables(const struct walker_registers *registers, bool kernel_half, walker_table_visitor *visit,
			 void *owner)
{
	struct tour tour = {.registers = registers, .visit_table = visit, .owner = owner};

	start_tour(&tour, base_of(kernel_half), 1UL << ADDRESS_BITS);
}
