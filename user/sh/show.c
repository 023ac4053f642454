#include "user/sh/show.h"

#include <panther.h>

#include "user/common/errors.h"
#include "user/common/output.h"

#define PAGES_TO_KIB(pages) ((pages) * (PANTHER_PAGE_SIZE / 1024))
#define MICROSECOND 1000

void show_programs(void)
{
	struct panther_program_info program;

	for (uint64_t i = 0; panther_info(PANTHER_INFO_PROGRAM, i, &program, sizeof(program)) >= 0; i++) {
		output_number_column(program.size, 8);
		output_text(program.program);
		output_text("\n");
	}
}

static const char *state_text(uint64_t state)
{
	static const char *const texts[] = {
		[PANTHER_STATE_READY] = "ready",       [PANTHER_STATE_LOADING] = "loading",
		[PANTHER_STATE_SLEEPING] = "sleeping", [PANTHER_STATE_READING] = "reading",
		[PANTHER_STATE_WAITING] = "waiting",   [PANTHER_STATE_ENDING] = "ending",
		[PANTHER_STATE_ENDED] = "ended",
	};

	return state < sizeof(texts) / sizeof(texts[0]) ? texts[state] : "?";
}

static void show_process(const struct panther_process_info *process)
{
	output_number_column(process->pid, 8);
	output_number_column(process->parent, 8);
	output_column(state_text(process->state), 8);
	output_number_column(process->cpu_time / MICROSECOND, 12);
	output_number_column(PAGES_TO_KIB(process->frames), 8);
	output_text(process->program);
	output_text("\n");
}

void show_processes(void)
{
	struct panther_process_info process;
	uint64_t next = 0;

	output_text("     PID   PARENT STATE      CPU TIME us      KiB PROGRAM\n");
	while (panther_info(PANTHER_INFO_PROCESS, next, &process, sizeof(process)) >= 0) {
		show_process(&process);
		next = process.index + 1;
	}
}

static void show_part(const char *name, uint64_t used, uint64_t total, const char *unit)
{
	output_column(name, 12);
	output_number_column(used, 8);
	output_text("of ");
	output_number_column(total, 8);
	output_text(unit);
	output_text("\n");
}

void show_memory(void)
{
	struct panther_memory_info memory;
	int64_t status = panther_info(PANTHER_INFO_MEMORY, 0, &memory, sizeof(memory));

	if (status < 0) {
		output_text("sh: mem: ");
		output_text(error_text(status));
		output_text("\n");
		return;
	}
	show_part("memory", PAGES_TO_KIB(memory.frames_total - memory.frames_free), PAGES_TO_KIB(memory.frames_total),
		  "KiB");
	show_part("kernel heap", memory.heap_used, memory.heap_total, "bytes");
	show_part("processes", memory.processes, memory.processes_max, "");
	output_column("input lost", 12);
	output_number_column(memory.input_lost, 8);
	output_text("bytes\n");
}

/* The names of all calls, by their numbers. */
static const char *const call_names[] = {
#define SYSCALL(number, name, since, summary, arguments, errors, result) [number] = #name,
#include "abi/syscalls.def"
#undef SYSCALL
};

void show_limits(void)
{
	struct panther_limits_info limits;
	int64_t status = panther_info(PANTHER_INFO_LIMITS, 0, &limits, sizeof(limits));

	if (status < 0) {
		output_text("sh: limits: ");
		output_text(error_text(status));
		output_text("\n");
		return;
	}
	show_part("memory", PAGES_TO_KIB(limits.frames_used), PAGES_TO_KIB(limits.frames_max), "KiB");
	show_part("children", limits.children, limits.children_max, "");
	output_text("calls        ");
	for (size_t i = 0; i < sizeof(call_names) / sizeof(call_names[0]); i++) {
		if ((limits.calls & PANTHER_CALL_BIT(i)) != 0) {
			output_text(" ");
			output_text(call_names[i]);
		}
	}
	output_text("\n");
}
