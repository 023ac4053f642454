/*
 * Which process has which id. An id is a slot of this table and how often the
 * slot was taken before: so it is never given twice, and finding a process by
 * its id is one look.
 */
#ifndef CORE_PROCESS_TABLE_H
#define CORE_PROCESS_TABLE_H

#include <stdbool.h>
#include <stdint.h>

#include "abi/limits.h"
#include "core/process/process.h"
#include "lib/compiler.h"

/* Slot 0 stays empty: no process has id 0, and the first one has 1. */
#define PROCESS_SLOT_BITS 7
#define PROCESS_SLOTS (1 << PROCESS_SLOT_BITS)

_Static_assert(PANTHER_PROCESSES_MAX < PROCESS_SLOTS, "every process finds a slot");

struct process_table {
	uint32_t count;
	struct process *slots[PROCESS_SLOTS];
	uint64_t next_ids[PROCESS_SLOTS]; /* what the slot's next process is called */
};

void process_table_init(struct process_table *table);

K_ALWAYS_INLINE bool process_table_is_full(const struct process_table *table)
{
	return table->count == PANTHER_PROCESSES_MAX;
}

/* Gives the process the lowest free slot and an id. The table is not full. */
void process_table_add(struct process_table *table, struct process *process);

void process_table_remove(struct process_table *table, const struct process *process);

/* The process that has the id, all 64 bits of it, or NULL. */
struct process *process_table_find(const struct process_table *table, uint64_t pid);

/* The process in the first slot at or behind `slot` that is taken, or NULL; hands out the slot. */
struct process *process_table_from(const struct process_table *table, uint64_t slot, uint64_t *found);

#endif
