#include "tests/fuzz/syscall_end.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/kernel.h"
#include "tests/fuzz/syscall_table.h"
#include "tests/fuzz/syscall_world.h"

struct end_counts end_count(void)
{
	return (struct end_counts){
		.processes = kernel.processes.count,
		.frames = kernel.frames.total_count - kernel.frames.free_count,
		.heap = heap_used(&kernel.heap),
	};
}

/* The sum of what the kernel has on the accounts of its processes. */
static uint64_t frames_on_accounts(void)
{
	struct table_walk walk = {0};
	uint64_t used = 0;

	for (const struct process *process = table_next(&walk); process != NULL; process = table_next(&walk)) {
		used += process->state == PROCESS_ENDED ? 0 : process->space.frames_used;
	}
	return used;
}

void end_check_frames(const struct model_process *model)
{
	uint64_t used = kernel.frames.total_count - kernel.frames.free_count - world_held_frames();

	if (frames_on_accounts() != used) {
		model_fail(model, "frames that are nobody's", used);
	}
}

bool end_somebody_is(enum process_state state)
{
	struct table_walk walk = {0};

	for (const struct process *process = table_next(&walk); process != NULL; process = table_next(&walk)) {
		if (process->state == state) {
			return true;
		}
	}
	return false;
}

static void fail(const char *what)
{
	fprintf(stderr, "%s\n%s\n", twin_console(), what);
	abort();
}

/* Programs print what they like, but the last line is the kernel's. */
static bool ends_in(const char *verdict)
{
	const char *console = twin_console();
	size_t start = twin_console_size();

	for (unsigned line_ends = 0; start > 0; start--) {
		line_ends += console[start - 1] == '\n';
		if (line_ends == 2) {
			break;
		}
	}
	return strncmp(console + start, verdict, strlen(verdict)) == 0;
}

/* All that is left waits for what cannot come. */
static void check_deadlock(void)
{
	static const enum process_state live[] = {PROCESS_RUNNING, PROCESS_READY,   PROCESS_RESUMING, PROCESS_LOADING,
						  PROCESS_ENDING,  PROCESS_READING, PROCESS_SPAWNING};

	for (size_t i = 0; i < sizeof(live) / sizeof(live[0]); i++) {
		if (end_somebody_is(live[i])) {
			fail("a deadlock, though somebody could go on");
		}
	}
	if (!end_somebody_is(PROCESS_SLEEPING) && !end_somebody_is(PROCESS_WAITING)) {
		fail("a deadlock of nobody");
	}
}

/* The root, and one table for each GiB and each 2 MiB in which there is a page (Arm ARM D8.2, 4 KiB granule). */
static uint64_t tables_of(const struct model_process *model)
{
	uint64_t before = UINT64_MAX;
	uint64_t count = 1;

	for (size_t i = 0; i < model->page_count; i++) {
		uint64_t address = model->pages[i].address;

		count += address >> 30 != before >> 30;
		count += address >> 21 != before >> 21;
		before = address;
	}
	return count;
}

void end_check_account(const struct model_process *model)
{
	const struct process *process = process_table_find(&kernel.processes, model->pid);
	uint64_t count = tables_of(model) + model->page_count + 1;

	if (count != process->space.frames_used) {
		model_fail(model, "the frames on its account are others", process->space.frames_used);
	}
}

void end_check_space(struct model_process *model)
{
	const struct process *process = process_table_find(&kernel.processes, model->pid);
	uint64_t count = model_check_pages(model, &process->space.space);

	if (count != tables_of(model)) {
		model_fail(model, "more tables than its pages need, or fewer", count);
	}
	end_check_account(model);
}

static void check_alone(const struct end_counts *now, const struct end_counts *alone)
{
	if (memcmp(now, alone, sizeof(*now)) != 0) {
		fail("processes are left, or memory was lost");
	}
	if (kernel.scheduler.ring == NULL || kernel.scheduler.ring->next != kernel.scheduler.ring ||
	    kernel.scheduler.sleepers != NULL) {
		fail("the scheduler keeps somebody");
	}
}

void end_check(enum twin_end end, const struct end_counts *before, const struct end_counts *alone)
{
	struct end_counts now = end_count();

	if (kernel.panicking) {
		fail("a panic");
	} else if (end == TWIN_STOPPED && ends_in("HALT[deadlock]")) {
		check_deadlock();
	} else if (end != TWIN_SCRIPT_END) {
		fail("an end that nothing called for");
	} else if (memcmp(&now, before, sizeof(now)) != 0) {
		check_alone(&now, alone);
	}
	twin_check_changes();
}
