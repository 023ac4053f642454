#include "tests/fuzz/syscall_table.h"

#include <stdio.h>
#include <stdlib.h>

#include "abi/limits.h"
#include "abi/process.h"
#include "abi/syscalls.h"
#include "core/process/lifecycle.h"
#include "tests/fuzz/syscall_director.h"

static void fail(const struct process *process, const char *what)
{
	fprintf(stderr, "process %llu: %s\n", (unsigned long long)process->pid, what);
	abort();
}

static bool is_over(const struct process *process)
{
	return process->state == PROCESS_ENDING || process->state == PROCESS_ENDED;
}

/* What the first process waits for is in its registers. */
static bool is_being_told(const struct process *process)
{
	const struct process *parent = process->parent;

	return parent->state == PROCESS_RESUMING && (parent->context.x[0] == 0 || parent->context.x[0] == process->pid);
}

static void check_parent(const struct process *process)
{
	const struct process *parent = process->parent;

	if (parent == NULL) {
		if (process->state == PROCESS_ENDED) {
			fail(process, "it has ended, and nobody can ask how");
		}
		return;
	}
	if (is_over(parent)) {
		fail(process, "its parent has ended, and nobody has adopted it");
	}
	if (process->state == PROCESS_ENDED && parent->pid == LIFECYCLE_FIRST_PID && process->pid != DIRECTOR_CHILD &&
	    !is_being_told(process)) {
		fail(process, "it lost its parent and has ended, and is kept for nobody");
	}
}

void table_check(void)
{
	struct table_walk walk = {0};
	uint64_t with_parent = 0;
	uint64_t children = 0;

	for (const struct process *process = table_next(&walk); process != NULL; process = table_next(&walk)) {
		check_parent(process);
		if ((process->calls & PANTHER_CALL_BIT(SYS_exit)) == 0) {
			fail(process, "it cannot exit");
		}
		with_parent += process->parent != NULL;
		children += process->children;
	}
	if (children != with_parent) {
		fail(kernel.scheduler.current, "children are counted wrongly");
	}
}

#define PAGES_LEFT 8

void table_map_near_top(uint64_t pid)
{
	struct process *process = process_table_find(&kernel.processes, pid);

	process->space.map_next = PANTHER_USER_MAP_TOP - PAGES_LEFT * PANTHER_PAGE_SIZE;
}
