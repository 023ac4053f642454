#include "hal_host/speculation.h"

#include <stdlib.h>
#include <string.h>

#include "hal_host/check.h"
#include "hal_host/ram.h"
#include "hal_host/references.h"
#include "hal_host/state.h"
#include "hal_host/tlb.h"
#include "hal_host/twin.h"

#define VALID 1UL
#define FRAME_OF(address) ((address) & ~(RAM_FRAME_SIZE - 1))

/* A space that was entered and whose ASID was not invalidated since. */
struct space {
	uint64_t root;
	uint64_t asid;
};

/* One a tag at most. */
#define SPACES_MAX 65536

static struct {
	struct space spaces[SPACES_MAX];
	size_t count;
} entered;

void speculation_reset(void)
{
	entered.count = 0;
}

static struct {
	struct space *spaces;
	size_t count;
} kept;

void speculation_snapshot(void)
{
	free(kept.spaces);
	kept.count = entered.count;
	kept.spaces = malloc((kept.count + 1) * sizeof(*kept.spaces));
	if (kept.spaces == NULL) {
		twin_abort("host", "no memory for a snapshot");
	}
	memcpy(kept.spaces, entered.spaces, kept.count * sizeof(*kept.spaces));
}

void speculation_restore(void)
{
	entered.count = kept.count;
	memcpy(entered.spaces, kept.spaces, kept.count * sizeof(*kept.spaces));
}

static struct walker_registers registers_for(const struct space *space)
{
	struct walker_registers registers = twin.mmu;

	registers.ttbr0 = space->root | space->asid << 48;
	return registers;
}

void speculation_visit_spaces(speculation_visitor *visit, void *owner)
{
	for (size_t i = 0; i < entered.count; i++) {
		struct walker_registers registers = registers_for(&entered.spaces[i]);

		visit(owner, &registers);
	}
}

void speculation_space_entered(uint64_t root, uint64_t asid)
{
	for (size_t i = 0; i < entered.count; i++) {
		if (entered.spaces[i].asid == asid && entered.spaces[i].root == root) {
			return;
		}
		if (entered.spaces[i].asid == asid) {
			twin_abort("asid-reuse", "ASID %llu still tags the translations of another space",
				   (unsigned long long)asid);
		}
	}
	check_space_entered(root);
	entered.spaces[entered.count++] = (struct space){.root = root, .asid = asid};
}

/* What a changing descriptor may have put into the TLB. */
struct speculation {
	const struct walker_registers *registers;
	uint64_t where;
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

	cache_address(speculation->registers, translation->base);
}

static void cache_below(void *owner, uint64_t table, unsigned level, uint64_t address)
{
	struct speculation *speculation = owner;
	uint64_t size = walker_level_size(level);
	uint64_t base = address + (speculation->where - table) / 8 * size;

	if (table != FRAME_OF(speculation->where)) {
		return;
	}
	cache_address(speculation->registers, base);
	walker_visit_range(speculation->registers, base, size, cache_leaf, speculation);
}

static void speculate_in(struct speculation *speculation, const struct references_path *path, uint64_t root)
{
	unsigned level;
	uint64_t address;

	if (!path->is_known) {
		walker_visit_tables(speculation->registers, false, cache_below, speculation);
	} else if (references_find_table(path, root, &level, &address)) {
		cache_below(speculation, path->frames[0], level, address);
	}
}

static void speculate(uint64_t where)
{
	struct speculation speculation = {.registers = &twin.mmu, .where = where};
	struct references_path path = references_to(FRAME_OF(where));

	if (references_may_come_from(&path, twin.mmu.ttbr1)) {
		walker_visit_tables(&twin.mmu, true, cache_below, &speculation);
	}
	for (size_t i = 0; i < entered.count; i++) {
		struct walker_registers registers = registers_for(&entered.spaces[i]);

		speculation.registers = &registers;
		speculate_in(&speculation, &path, entered.spaces[i].root);
	}
}

void speculation_descriptor_changes(uint64_t where, uint64_t before, uint64_t after)
{
	if ((before & VALID) != 0 && before != after) {
		speculate(where);
	}
	if ((after & VALID) == 0) {
		return;
	}
	if ((before & VALID) != 0 && !tlb_same_but_permissions(before, after)) {
		twin_abort("break-before-make", "0x%llx replaced by 0x%llx at 0x%llx without a break",
			   (unsigned long long)before, (unsigned long long)after, (unsigned long long)where);
	}
	tlb_check_replaced(where, after);
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

	if (walker_leads_to(translation, search->frame)) {
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

void speculation_check_unreachable(uint64_t frame)
{
	struct search search = {.frame = frame};
	struct references_path path = references_to(frame);

	for (size_t i = 0; i < entered.count; i++) {
		struct walker_registers registers = registers_for(&entered.spaces[i]);
		bool live = twin.is_live && twin.space.asid == entered.spaces[i].asid;

		if (!references_may_come_from(&path, entered.spaces[i].root)) {
			continue;
		}
		search.rule = live ? "live-space" : "missing-invalidation";
		walker_visit_tables(&registers, false, search_table, &search);
		walker_visit(&registers, false, search_leaf, &search);
	}
	search.rule = "live-table";
	if (references_may_come_from(&path, twin.mmu.ttbr1)) {
		walker_visit_tables(&twin.mmu, true, search_table, &search);
	}
	tlb_check_frame(frame);
}

static void cache_global(void *owner, const struct walker_translation *translation)
{
	if (translation->is_global) {
		cache_address(owner, translation->base);
	}
}

/* Global translations outlive the invalidation of an ASID, so they are taken in before the space is forgotten. */
void speculation_space_left(uint64_t asid)
{
	for (size_t i = 0; i < entered.count; i++) {
		struct walker_registers registers;

		if (entered.spaces[i].asid == asid) {
			registers = registers_for(&entered.spaces[i]);
			walker_visit(&registers, false, cache_global, &registers);
			entered.spaces[i] = entered.spaces[--entered.count];
			return;
		}
	}
}
