/*
 * Hostile programs: each input is what several processes do, step by step, through the whole kernel on the twin.
 * Whoever has the CPU takes its next step from the input, so the input chooses the schedule too: by how long programs
 * compute, by when input is typed, and by what waits for what. After every step the outcome is compared with a model of
 * the process (syscall_model.c), the page tables with the pages that it should have, and every frame and every byte of
 * the heap is somebody's. At the end all processes are gone, and nothing is used any more.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "abi/process.h"
#include "abi/syscalls.h"
#include "core/kernel.h"
#include "core/process/lifecycle.h"
#include "hal_host/twin.h"
#include "tests/fuzz/syscall_draw.h"
#include "tests/fuzz/syscall_end.h"
#include "tests/fuzz/syscall_input.h"
#include "tests/fuzz/syscall_process.h"
#include "tests/support/archive_builder.h"
#include "tests/unit/program.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define STEPS_MAX 128
/* What the first process does to end all others, at most. */
#define CLOSING_STEPS_MAX 1024
#define BIG_DATA_PAGES 80
#define FIRST_PAUSE (1UL << 16)
#define LAST_PAUSE (1UL << 61)

static struct fuzz {
	struct input_bytes input;
	size_t steps;
	size_t closing_steps;
	struct model_process *last; /* whose step was the last one */
	size_t console_before;
	uint64_t pause; /* until somebody types again, in ticks */
} fuzz;

/* Which process a slot of the kernel's table has; those before it in the same slot are gone. */
static struct model_process models[PROCESS_SLOTS];

static struct program_image program, pie, big;
static uint8_t *archive;
static size_t archive_size;

static void make_archive(void)
{
	static const char bad[] = "#!/bin/sh";
	struct archive_builder builder = {0};

	program_make(&program, NULL, 0);
	pie = program;
	program_put(&pie, 16, 3, 2); /* e_type: ET_DYN */
	big = program;
	program_put(&big, 64 + 56 * 2 + 40, BIG_DATA_PAGES * PANTHER_PAGE_SIZE, 8); /* p_memsz of the data */
	archive_builder_add(&builder, draw_names[0], ARCHIVE_REGULAR, program.bytes, sizeof(program.bytes));
	archive_builder_add(&builder, draw_names[1], ARCHIVE_REGULAR, pie.bytes, sizeof(pie.bytes));
	archive_builder_add(&builder, draw_names[2], ARCHIVE_REGULAR, big.bytes, sizeof(big.bytes));
	archive_builder_add(&builder, draw_names[3], ARCHIVE_REGULAR, bad, sizeof(bad));
	archive = archive_builder_end(&builder, &archive_size);
}

static void check_frames(const struct model_process *model)
{
	uint64_t used = 0;
	uint64_t slot = 0;

	for (const struct process *process = process_table_from(&kernel.processes, 0, &slot); process != NULL;
	     process = process_table_from(&kernel.processes, slot + 1, &slot)) {
		used += process->state == PROCESS_ENDED ? 0 : process->space.frames_used;
	}
	if (kernel.frames.total_count - kernel.frames.free_count != used) {
		model_fail(model, "frames that are nobody's", kernel.frames.total_count - kernel.frames.free_count);
	}
}

/* Nothing but what is written, and the lines about processes that were stopped since, each on a line of its own. */
static void check_printed(struct model_process *last)
{
	size_t printed = twin_console_size() - fuzz.console_before;
	size_t expected = model_printed(last);
	const char *rest = twin_console() + fuzz.console_before + expected;

	if (last->last.kind == TWIN_SVC && printed < expected) {
		model_fail(last, "not all was printed", printed);
	}
	if (last->last.kind == TWIN_SVC && printed > expected &&
	    strncmp(rest + (*rest == '\n'), "[KILL] ", strlen("[KILL] ")) != 0) {
		model_fail(last, "more was printed", printed);
	}
}

/* What the last step, of whatever process, did to the console and to that process's life. */
static void check_last(void)
{
	struct model_process *last = fuzz.last;
	const struct process *process;
	bool has_ended;

	if (last == NULL) {
		return;
	}
	process = process_table_find(&kernel.processes, last->pid);
	has_ended = process == NULL || process->state == PROCESS_ENDING || process->state == PROCESS_ENDED;
	check_printed(last);
	if (last->last.kind != TWIN_SVC && model_faults(last) && !has_ended) {
		model_fail(last, "it was not stopped", process->state);
	}
	if (last->last.kind != TWIN_SVC && has_ended && !model_faults(last) && model_has_next(last)) {
		model_fail(last, "it was stopped for nothing", 0);
	}
}

static bool changes_mappings(const struct model_process *model)
{
	uint64_t number = model->last.number;

	return model->last.kind == TWIN_SVC && (number == SYS_map || number == SYS_unmap || number == SYS_protect);
}

/* Walks of all tables take longest: they are made when a process begins and when mappings may have changed. */
static void check_invariants(struct model_process *model)
{
	if (!model->has_last || changes_mappings(model)) {
		twin_check_kernel_half();
		twin_check_space(twin_live_space());
		model_check_pages(model);
	}
	heap_check(&kernel.heap);
	check_frames(model);
}

/*
 * What a new process may call: what its parent's last spawn said, if that has not been answered yet; else nobody but
 * the kernel knows any more, and it is no more than its parent could at its first spawn.
 */
static void check_calls(const struct model_process *model, const struct process *parent)
{
	const struct model_process *from = &models[parent->pid % PROCESS_SLOTS];
	bool is_answered = from->last.number != SYS_spawn || parent->context.x[0] != model->pid;

	if ((model->calls & ~from->calls_of_children) != 0 || (!is_answered && model->calls != from->child_calls)) {
		model_fail(model, "calls that its parent did not give it", model->calls);
	}
}

static void begin_model(struct model_process *model, const struct process *process, const struct hal_context *context)
{
	bool is_big = strcmp(process->program->name, draw_names[2]) == 0;
	bool is_pie = strcmp(process->program->name, draw_names[1]) == 0;

	model_begin(model, process->pid, context, is_big ? BIG_DATA_PAGES : 1);
	model->calls = process->calls;
	if (is_pie ? context->pc < PANTHER_USER_IMAGE_RANDOM_BASE : context->pc != PROGRAM_CODE) {
		model_fail(model, "a program at a wrong place", context->pc);
	}
	if (process->parent != NULL && !process->is_adopted) {
		check_calls(model, process->parent);
	}
}

static struct model_process *find_model(const struct hal_context *context)
{
	const struct process *process = kernel.scheduler.current;
	struct model_process *model = &models[process->pid % PROCESS_SLOTS];

	if (model->pid != process->pid) {
		begin_model(model, process, context);
	}
	return model;
}

static bool may(const struct model_process *model, uint64_t number)
{
	return (model->calls & PANTHER_CALL_BIT(number)) != 0;
}

/* The first process's next child that has not been ended yet, or NULL. */
static const struct process *next_to_end(const struct process *first)
{
	uint64_t slot = 0;

	for (const struct process *process = process_table_from(&kernel.processes, 0, &slot); process != NULL;
	     process = process_table_from(&kernel.processes, slot + 1, &slot)) {
		if (process->parent == first && process->state != PROCESS_ENDING && process->state != PROCESS_ENDED) {
			return process;
		}
	}
	return NULL;
}

/* Input is used up: the first process ends all others and waits for them, the others end. */
static void close_step(struct model_process *model, struct twin_step *step)
{
	const struct process *process = kernel.scheduler.current;
	const struct process *child = next_to_end(process);

	*step = (struct twin_step){.kind = TWIN_SVC, .number = SYS_exit};
	if (model->pid != LIFECYCLE_FIRST_PID || kernel.processes.count == 1 ||
	    fuzz.closing_steps == CLOSING_STEPS_MAX) {
		return;
	}
	fuzz.closing_steps++;
	if (child != NULL && may(model, SYS_kill)) {
		step->number = SYS_kill;
		step->arguments[0] = child->pid;
	} else if (process->children != 0 && may(model, SYS_wait)) {
		step->number = SYS_wait;
		step->arguments[1] = model->base + PROGRAM_DATA + DRAW_EXIT_OFFSET;
	} else if (may(model, SYS_yield)) {
		step->number = SYS_yield;
	}
}

static void expect_registers(struct model_process *model, const struct hal_context *context,
			     const struct twin_step *step)
{
	model->context = *context;
	if (step->kind == TWIN_SVC) {
		memcpy(model->context.x, step->arguments, sizeof(step->arguments));
		model->context.x[8] = step->number;
	} else if (step->kind == TWIN_FP_LOAD) {
		model->vectors[step->target] = step->value;
	} else if (step->kind == TWIN_MOVE && step->target == TWIN_REGISTER_THREAD_POINTER) {
		model->thread_pointer = step->value;
	} else if (step->kind == TWIN_MOVE && step->target == TWIN_REGISTER_FLAGS) {
		model->context.pstate = (context->pstate & ~0xf0000000UL) | (step->value & 0xf0000000UL);
	} else if (step->kind == TWIN_MOVE) {
		model->context.x[step->target] = step->value;
	}
}

static void begin_spawn(struct model_process *model, const struct twin_step *step)
{
	struct panther_spawn_request options = {0};

	(void)twin_user_read(twin_live_space(), step->arguments[0], &options, sizeof(options));
	if ((options.flags & PANTHER_SPAWN_INHERIT) != 0) {
		options.calls = model->calls;
	}
	model->calls_of_children |= model->calls;
	model->child_calls = options.calls | PANTHER_CALL_BIT(SYS_exit);
}

static void begin_step(struct model_process *model, const struct hal_context *context, const struct twin_step *step)
{
	expect_registers(model, context, step);
	model->last = *step;
	model->has_last = true;
	fuzz.last = model;
	fuzz.console_before = twin_console_size();
	if (step->kind == TWIN_SVC && step->number == SYS_spawn) {
		begin_spawn(model, step);
	}
}

static bool drive(void *owner, const struct hal_context *context, uint32_t word, struct twin_step *step)
{
	struct model_process *model = find_model(context);

	(void)owner;
	(void)word;
	check_last();
	if (model->has_last) {
		model_judge(model, context);
	}
	check_invariants(model);
	if (fuzz.input.size == 0 || fuzz.steps == STEPS_MAX) {
		close_step(model, step);
	} else {
		fuzz.steps++;
		draw_step(&fuzz.input, model, context, step);
	}
	begin_step(model, context, step);
	return true;
}

/* Whoever reads gets something in the end. While nobody does the pauses grow, so that a long sleep costs little. */
static void type_again(void *unused)
{
	(void)unused;
	if (end_somebody_is(PROCESS_READING)) {
		twin_console_type("\n", 1);
		model_input.typed++;
		fuzz.pause = FIRST_PAUSE;
	} else if (fuzz.pause < LAST_PAUSE) {
		fuzz.pause *= 2;
	}
	twin_at(fuzz.pause, type_again, NULL);
}

/* The first byte chooses the CPU and how long a step takes: at most half a slice, or computing would get nowhere. */
static void start(const uint8_t *data, size_t size)
{
	static const uint64_t step_ticks[] = {0, 1, 40, 1000, 7000, 30000, 50000, 62500};
	struct twin_options options = {.archive = archive, .archive_size = archive_size};
	uint8_t choice;

	fuzz = (struct fuzz){.input = {data, size}, .pause = FIRST_PAUSE};
	model_input = (struct model_input){0};
	for (size_t i = 0; i < PROCESS_SLOTS; i++) {
		models[i].pid = 0;
	}
	choice = take(&fuzz.input);
	options.cpu = choice % 2 == 0 ? TWIN_CPU_A72 : TWIN_CPU_MAX;
	options.ram_size = TWIN_RAM_SIZE_MIN;
	twin_reset(&options);
	twin_step_ticks(step_ticks[choice / 2 % 8]);
	twin_every_program(drive, NULL);
	twin_at(fuzz.pause, type_again, NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (archive == NULL) {
		make_archive();
	}
	start(data, size);
	end_check(twin_boot(), &models[LIFECYCLE_FIRST_PID]);
	return 0;
}
