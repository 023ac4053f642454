#include "core/process/table.h"

#include <stddef.h>

#define SLOT_MASK (PROCESS_SLOTS - 1)

void process_table_init(struct process_table *table)
{
	*table = (struct process_table){.count = 0};
	for (uint64_t slot = 0; slot < PROCESS_SLOTS; slot++) {
		table->next_ids[slot] = slot;
	}
}

void process_table_add(struct process_table *table, struct process *process)
{
	size_t slot = 1;

	while (table->slots[slot] != NULL) {
		slot++;
	}
	table->slots[slot] = process;
	table->count++;
	process->pid = table->next_ids[slot];
	table->next_ids[slot] += PROCESS_SLOTS;
}

void process_table_remove(struct process_table *table, const struct process *process)
{
	table->slots[process->pid & SLOT_MASK] = NULL;
	table->count--;
}

struct process *process_table_find(const struct process_table *table, uint64_t pid)
{
	struct process *process = table->slots[pid & SLOT_MASK];

	return process != NULL && process->pid == pid ? process : NULL;
}

struct process *process_table_from(const struct process_table *table, uint64_t slot, uint64_t *found)
{
	for (; slot < PROCESS_SLOTS; slot++) {
		if (table->slots[slot] != NULL) {
			*found = slot;
			return table->slots[slot];
		}
	}
	return NULL;
}
