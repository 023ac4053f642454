/*
 * The call that tells what there is. Records are made whole, zeros included,
 * before a byte of them leaves; none holds an address of the kernel.
 */
#include "abi/limits.h"
#include "core/kernel.h"
#include "core/memory/user_copy.h"
#include "core/syscall/handlers.h"
#include "hal/cpu.h"
#include "lib/string.h"

union record {
	struct panther_process_info process;
	struct panther_program_info program;
	struct panther_memory_info memory;
	struct panther_limits_info limits;
};

static const uint8_t public_states[] = {
	[PROCESS_RUNNING] = PANTHER_STATE_READY,    [PROCESS_READY] = PANTHER_STATE_READY,
	[PROCESS_RESUMING] = PANTHER_STATE_READY,   [PROCESS_LOADING] = PANTHER_STATE_LOADING,
	[PROCESS_ENDING] = PANTHER_STATE_ENDING,    [PROCESS_SLEEPING] = PANTHER_STATE_SLEEPING,
	[PROCESS_READING] = PANTHER_STATE_READING,  [PROCESS_WAITING] = PANTHER_STATE_WAITING,
	[PROCESS_SPAWNING] = PANTHER_STATE_WAITING, [PROCESS_ENDED] = PANTHER_STATE_ENDED,
};

/* Names in the archive are shorter than the field. */
static void copy_name(char name[PANTHER_PATH_MAX], const struct archive_program *program)
{
	(void)k_str_copy(name, PANTHER_PATH_MAX, program->name, k_strnlen(program->name, PANTHER_PATH_MAX));
}

/* The turn that is going on counts as well. */
static uint64_t cpu_ticks(const struct process *process)
{
	uint64_t ticks = process->cpu_ticks;

	if (process == kernel.scheduler.current) {
		ticks += hal_time_ticks() - kernel.scheduler.turn_start;
	}
	return ticks;
}

static k_status describe_process(union record *record, uint64_t index)
{
	struct panther_process_info *info = &record->process;
	uint64_t slot = 0;
	const struct process *process = process_table_from(&kernel.processes, index, &slot);

	if (process == NULL) {
		return K_ENOENT;
	}
	info->index = slot;
	info->pid = process->pid;
	info->parent = process->parent == NULL ? 0 : process->parent->pid;
	info->cpu_time = clock_duration(&kernel_facts.clock, cpu_ticks(process));
	info->frames = process->space.frames_used;
	info->state = public_states[process->state];
	copy_name(info->program, process->program);
	return K_OK;
}

static k_status describe_program(union record *record, uint64_t index)
{
	const struct archive *archive = &kernel_facts.archive;

	if (index >= archive->count) {
		return K_ENOENT;
	}
	record->program.size = archive->programs[index].size;
	copy_name(record->program.program, &archive->programs[index]);
	return K_OK;
}

static void describe_memory(struct panther_memory_info *info)
{
	info->frames_total = kernel.frames.total_count;
	info->frames_free = kernel.frames.free_count;
	info->heap_total = HEAP_SIZE;
	info->heap_used = heap_used(&kernel.heap);
	info->processes = kernel.processes.count;
	info->processes_max = PANTHER_PROCESSES_MAX;
	info->input_lost = kernel.input.lost;
	info->spurious_interrupts = kernel.spurious_interrupts;
}

static void describe_limits(struct panther_limits_info *info, const struct process *process)
{
	info->calls = process->calls;
	info->frames_used = process->space.frames_used;
	info->frames_max = process->space.frames_max;
	info->children = process->children;
	info->children_max = process->children_max;
}

static size_t record_size(uint64_t topic)
{
	switch (topic) {
	case PANTHER_INFO_PROCESS:
		return sizeof(struct panther_process_info);
	case PANTHER_INFO_PROGRAM:
		return sizeof(struct panther_program_info);
	case PANTHER_INFO_MEMORY:
		return sizeof(struct panther_memory_info);
	case PANTHER_INFO_LIMITS:
		return sizeof(struct panther_limits_info);
	default:
		return 0;
	}
}

static bool has_one_record(uint64_t topic)
{
	return topic == PANTHER_INFO_MEMORY || topic == PANTHER_INFO_LIMITS;
}

static k_status describe(const struct process *process, const struct info_arguments *in, union record *record)
{
	switch (in->topic) {
	case PANTHER_INFO_PROCESS:
		return describe_process(record, in->index);
	case PANTHER_INFO_PROGRAM:
		return describe_program(record, in->index);
	case PANTHER_INFO_MEMORY:
		describe_memory(&record->memory);
		return K_OK;
	default:
		describe_limits(&record->limits, process);
		return K_OK;
	}
}

k_status sys_info(struct process *process, uint64_t *result)
{
	const struct info_arguments in = info_arguments(process);
	size_t size = record_size(in.topic);
	struct user_range range;
	union record record;
	k_status status;

	if (size == 0 || (has_one_record(in.topic) && in.index != 0) || in.len < size || in.len > PANTHER_IO_MAX) {
		return K_EINVAL;
	}
	if (user_range_make(in.buf, in.len, &range) != K_OK) {
		return K_EFAULT;
	}
	k_memset(&record, 0, sizeof(record));
	status = describe(process, &in, &record);
	*result = size;
	return status == K_OK ? user_copy_out(&process->space, range, &record, size) : status;
}
