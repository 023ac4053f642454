#include "tests/fuzz/syscall_end.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "abi/syscalls.h"
#include "core/kernel.h"

bool end_somebody_is(enum process_state state)
{
	uint64_t slot = 0;

	for (const struct process *process = process_table_from(&kernel.processes, 0, &slot); process != NULL;
	     process = process_table_from(&kernel.processes, slot + 1, &slot)) {
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

/* The first process ended in another way than with 0: by a step that can do that. */
static void check_failed_boot(struct model_process *first)
{
	const struct twin_step *last = &first->last;
	bool can_fail = last->kind != TWIN_SVC || last->number == SYS_unmap || last->number == SYS_protect ||
			!model_has_next(first);

	if (last->kind == TWIN_SVC && last->number == SYS_exit) {
		can_fail = (last->arguments[0] & 0xff) != 0;
	}
	if (!can_fail) {
		fail("the first process did not do anything to fail the boot");
	}
}

static void check_nothing_is_used(void)
{
	if (kernel.processes.count != 0) {
		fail("processes are left");
	}
	if (kernel.frames.free_count != kernel.frames.total_count || heap_used(&kernel.heap) != 0) {
		fail("memory was lost");
	}
	if (kernel.scheduler.ring != NULL || kernel.scheduler.sleepers != NULL ||
	    kernel.scheduler.loaded != &kernel.scheduler.idle) {
		fail("the scheduler keeps somebody");
	}
}

void end_check(enum twin_end end, struct model_process *first)
{
	frames_check(&kernel.frames);
	heap_check(&kernel.heap);
	twin_check_kernel_half();
	if (kernel.panicking) {
		fail("a panic");
	} else if (end == TWIN_STOPPED && ends_in("HALT[deadlock]")) {
		check_deadlock();
	} else if (end == TWIN_STOPPED && ends_in("BOOTFAIL[init]")) {
		check_failed_boot(first);
	} else if (end != TWIN_POWER_OFF) {
		fail("an end that nothing called for");
	} else {
		check_nothing_is_used();
	}
}
