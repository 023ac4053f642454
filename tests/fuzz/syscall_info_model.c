/*
 * The part of the model that is about the records of info: each word of which the model knows what it must be.
 */
#include "abi/process.h"
#include "abi/syscalls.h"
#include "core/kernel.h"
#include "core/process/lifecycle.h"
#include "tests/fuzz/syscall_bytes.h"

/* What the archive has (syscall_archive.c), in its order. */
static const char *const programs[] = {"director", "player", "big", "bad"};
#define PROGRAMS (sizeof(programs) / sizeof(programs[0]))

static void expect(const struct model_process *model, const char *what, uint64_t word, uint64_t expected)
{
	if (word != expected) {
		model_fail(model, what, word);
	}
}

static void expect_at_most(const struct model_process *model, const char *what, uint64_t word, uint64_t limit)
{
	if (word > limit) {
		model_fail(model, what, word);
	}
}

/* The name, and zeros behind it. (libFuzzer would listen to memcmp.) */
static bool is_name(const char field[PANTHER_PATH_MAX], const char *name)
{
	bool is_same = true;

	for (size_t i = 0; i < PANTHER_PATH_MAX; i++) {
		is_same = is_same && field[i] == *name;
		name += *name != '\0';
	}
	return is_same;
}

static void judge_limits(const struct model_process *model, const struct panther_limits_info *info)
{
	const struct process *process = process_table_find(&kernel.processes, model->pid);

	expect(model, "info: calls", info->calls, model->calls);
	expect(model, "info: frames used", info->frames_used, process->space.frames_used);
	expect(model, "info: most frames", info->frames_max, model->frames_max);
	expect(model, "info: most children", info->children_max, model->children_max);
	/* Whom the first process has adopted is not modelled; when it is alone there is nobody. */
	if (model->role != MODEL_DIRECTOR) {
		expect(model, "info: children", info->children, model->child_count);
	} else if (kernel.processes.count == 1) {
		expect(model, "info: children of one who is alone", info->children, 0);
	}
}

static void judge_memory(const struct model_process *model, const struct panther_memory_info *info)
{
	expect(model, "info: frames", info->frames_total, kernel.frames.total_count);
	expect(model, "info: free frames", info->frames_free, kernel.frames.free_count);
	expect(model, "info: heap", info->heap_total, HEAP_SIZE);
	expect(model, "info: used heap", info->heap_used, heap_used(&kernel.heap));
	expect(model, "info: processes", info->processes, kernel.processes.count);
	expect(model, "info: most processes", info->processes_max, PANTHER_PROCESSES_MAX);
	expect(model, "info: lost input", info->input_lost, stream_lost());
	expect(model, "info: spurious interrupts", info->spurious_interrupts, kernel.spurious_interrupts);
}

static void judge_program(const struct model_process *model, const struct panther_program_info *info)
{
	uint64_t index = model->last.arguments[1];

	if (index >= PROGRAMS || !is_name(info->program, programs[index])) {
		model_fail(model, "info: a program that is not there", index);
	}
	expect(model, "info: size", info->size, kernel_facts.archive.programs[index].size);
}

static bool is_gone(uint64_t pid)
{
	const struct process *process = process_table_find(&kernel.processes, pid);

	return process == NULL || process->state == PROCESS_ENDING || process->state == PROCESS_ENDED;
}

/* Orphans are the first process's. */
static uint64_t parent_of(const struct model_process *model)
{
	return model->parent != 0 && is_gone(model->parent) ? LIFECYCLE_FIRST_PID : model->parent;
}

/* Whatever waits does so for what it called last. */
static bool may_be_in(const struct model_process *other, uint64_t state)
{
	bool has_called = other->has_last && other->last.kind == TWIN_SVC;

	switch (state) {
	case PANTHER_STATE_READY:
	case PANTHER_STATE_ENDING:
	case PANTHER_STATE_ENDED:
		return true;
	case PANTHER_STATE_SLEEPING:
		return has_called && other->last.number == SYS_sleep;
	case PANTHER_STATE_READING:
		return has_called && other->last.number == SYS_read;
	case PANTHER_STATE_WAITING:
		return has_called && (other->last.number == SYS_wait || other->last.number == SYS_spawn);
	default:
		return false;
	}
}

static bool is_program_of(const struct model_process *other, const char program[PANTHER_PATH_MAX])
{
	switch (other->role) {
	case MODEL_DIRECTOR:
		return is_name(program, "director");
	case MODEL_BIG:
		return is_name(program, "big");
	default: /* which of the two was asked for is no longer known */
		return is_name(program, "player") || is_name(program, "director");
	}
}

static void judge_other(const struct model_process *model, const struct model_process *other,
			const struct panther_process_info *info)
{
	expect(model, "info: parent", info->parent, parent_of(other));
	expect_at_most(model, "info: frames", info->frames, other->frames_max);
	if (!may_be_in(other, info->state) || (other == model && info->state != PANTHER_STATE_READY)) {
		model_fail(model, "info: state", info->state);
	}
	if (!is_program_of(other, info->program)) {
		model_fail(model, "info: another program", info->pid);
	}
}

static void judge_process(const struct model_process *model, const struct panther_process_info *info)
{
	const struct model_process *other = model_of(info->pid);
	uint64_t index = model->last.arguments[1];

	while (index < PROCESS_SLOTS && kernel.processes.slots[index] == NULL) {
		index++;
	}
	expect(model, "info: index", info->index, index);
	expect(model, "info: process", info->pid, kernel.processes.slots[index]->pid);
	expect(model, "info: frames", info->frames, kernel.processes.slots[index]->space.frames_used);
	expect_at_most(model, "info: computing time", info->cpu_time, model_now());
	if (other != NULL) {
		judge_other(model, other, info);
	}
}

void model_judge_record(const struct model_process *model, const void *record)
{
	switch (model->last.arguments[0]) {
	case PANTHER_INFO_PROCESS:
		judge_process(model, record);
		break;
	case PANTHER_INFO_PROGRAM:
		judge_program(model, record);
		break;
	case PANTHER_INFO_MEMORY:
		judge_memory(model, record);
		break;
	default:
		judge_limits(model, record);
	}
}

/* The caller itself is there, in a slot that its id tells. */
bool model_lacks_record(const struct model_process *model)
{
	const uint64_t *x = model->last.arguments;

	return x[0] == PANTHER_INFO_PROGRAM ? x[1] >= PROGRAMS : x[1] > model->pid % PROCESS_SLOTS;
}
