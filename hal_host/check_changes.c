/*
 * The oracles of check.c, for what changed. Where the references do not tell what a descriptor serves, all is looked
 * at.
 */
#include "hal_host/check.h"
#include "hal_host/ram.h"
#include "hal_host/references.h"
#include "hal_host/speculation.h"
#include "hal_host/state.h"
#include "hal_host/twin.h"

#define VALID 1UL
#define FRAME_OF(address) ((address) & 0x0000fffffffff000UL)
#define USER_SIZE (1UL << 39)

#define CHANGES_MAX 256

struct list {
	size_t count;
	uint64_t values[CHANGES_MAX];
};

static struct {
	bool is_all;		 /* more than is listed */
	struct list descriptors; /* where they are */
	struct list roots;	 /* of spaces that were entered */
} changes;

static bool kept_is_all;

void check_reset(void)
{
	changes.is_all = true;
	changes.descriptors.count = 0;
	changes.roots.count = 0;
}

void check_snapshot(void)
{
	kept_is_all = changes.is_all || changes.descriptors.count != 0 || changes.roots.count != 0;
}

void check_restore(void)
{
	check_reset();
	changes.is_all = kept_is_all;
}

static void add(struct list *list, uint64_t value)
{
	if (list->count == CHANGES_MAX) {
		changes.is_all = true;
	} else {
		list->values[list->count++] = value;
	}
}

void check_descriptor_changed(uint64_t where)
{
	add(&changes.descriptors, where);
}

void check_space_entered(uint64_t root)
{
	add(&changes.roots, root);
}

/* No if the descriptor stands in the kernel's half, or if its table, or what it leads to, has another way to it: a page
 * that is a table somewhere shows only when all is looked at. */
static bool is_simple(uint64_t where)
{
	uint64_t descriptor = ram_read64(where);
	struct references_path above = references_to(FRAME_OF(where));
	struct references_path below;

	if (references_may_come_from(&above, twin.mmu.ttbr1)) {
		return false;
	}
	if ((descriptor & VALID) == 0) {
		return true;
	}
	below = references_to(FRAME_OF(descriptor));
	return below.is_known;
}

static bool are_simple(void)
{
	for (size_t i = 0; i < changes.descriptors.count; i++) {
		if (!is_simple(changes.descriptors.values[i])) {
			return false;
		}
	}
	return true;
}

static bool was_entered(uint64_t root)
{
	for (size_t i = 0; i < changes.roots.count; i++) {
		if (changes.roots.values[i] == root) {
			return true;
		}
	}
	return false;
}

static void check_all_of(void *unused, const struct walker_registers *registers)
{
	(void)unused;
	(void)check_note_tables(registers);
	check_pages(registers, 0, USER_SIZE);
}

/* The space's tables are noted when the first place is found in it. */
static void check_place(const struct walker_registers *registers, uint64_t where, bool *has_noted)
{
	struct references_path path = references_to(FRAME_OF(where));
	uint64_t address;
	unsigned level;

	if (references_find_table(&path, FRAME_OF(registers->ttbr0), &level, &address)) {
		uint64_t size = walker_level_size(level);

		if (!*has_noted) {
			(void)check_note_tables(registers);
			*has_noted = true;
		}
		check_pages(registers, address + where % RAM_FRAME_SIZE / 8 * size, size);
	}
}

static void check_places_of(void *unused, const struct walker_registers *registers)
{
	bool has_noted = false;

	if (was_entered(FRAME_OF(registers->ttbr0))) {
		check_all_of(unused, registers);
		return;
	}
	for (size_t i = 0; i < changes.descriptors.count; i++) {
		check_place(registers, changes.descriptors.values[i], &has_noted);
	}
}

void twin_check_changes(void)
{
	if (changes.is_all || !are_simple()) {
		twin_check_kernel_half();
		speculation_visit_spaces(check_all_of, NULL);
	} else if (changes.descriptors.count != 0 || changes.roots.count != 0) {
		speculation_visit_spaces(check_places_of, NULL);
	}
	check_reset();
	changes.is_all = false;
}
