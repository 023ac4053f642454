#include "user/stress/counts.h"

#include <panther.h>

#include "user/common/output.h"

#define MILLISECOND 1000000
#define TRIES 2000

static uint64_t count_processes(void)
{
	struct panther_process_info process;
	uint64_t count = 0;
	uint64_t next = 0;

	while (panther_info(PANTHER_INFO_PROCESS, next, &process, sizeof(process)) >= 0) {
		next = process.index + 1;
		count++;
	}
	return count;
}

struct counts counts_now(void)
{
	struct panther_memory_info memory = {0};

	(void)panther_info(PANTHER_INFO_MEMORY, 0, &memory, sizeof(memory));
	return (struct counts){
		.frames_free = memory.frames_free,
		.heap_used = memory.heap_used,
		.processes = count_processes(),
	};
}

static bool is_same(const struct counts *left, const struct counts *right)
{
	return left->frames_free == right->frames_free && left->heap_used == right->heap_used &&
	       left->processes == right->processes;
}

static void say_difference(const char *name, uint64_t before, uint64_t after)
{
	if (before == after) {
		return;
	}
	output_text("stress: ");
	output_text(name);
	output_text(": ");
	output_number(before);
	output_text(" before, ");
	output_number(after);
	output_text(" after\n");
}

bool counts_return(const struct counts *before)
{
	struct counts now = counts_now();

	for (int i = 0; i < TRIES && !is_same(before, &now); i++) {
		(void)panther_sleep_for(MILLISECOND);
		now = counts_now();
	}
	say_difference("free frames", before->frames_free, now.frames_free);
	say_difference("bytes of heap", before->heap_used, now.heap_used);
	say_difference("processes", before->processes, now.processes);
	return is_same(before, &now);
}
