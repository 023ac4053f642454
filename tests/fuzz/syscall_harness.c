/*
 * Hostile programs: a script is what several processes do, step by step, through the whole kernel on the twin. After
 * every step the outcome is compared with a model of the process (syscall_model.c), the pages that it was about with
 * those that the tables have, and every frame and every byte of the heap is somebody's. At the end the pages of each
 * process are compared as a whole, all processes are gone, and nothing is used that was not used before.
 *
 * The kernel is booted once. The snapshot that each script starts from is taken when process 0 is about to play its
 * first step: its parent, the director, waits for it.
 */
#include "tests/fuzz/syscall_harness.h"

#include <stdlib.h>
#include <string.h>

#include "abi/syscalls.h"
#include "core/kernel.h"
#include "core/process/lifecycle.h"
#include "hal_host/twin.h"
#include "tests/fuzz/syscall_archive.h"
#include "tests/fuzz/syscall_bytes.h"
#include "tests/fuzz/syscall_director.h"
#include "tests/fuzz/syscall_end.h"
#include "tests/fuzz/syscall_player.h"
#include "tests/fuzz/syscall_process.h"
#include "tests/fuzz/syscall_table.h"
#include "tests/fuzz/syscall_world.h"
#include "tests/support/require.h"

/* Processes start processes, so few steps can be played very often: behind so many, in all, everybody exits. */
#define STEPS_MAX 512

/* Of scripts that end early, but have mapped or unmapped something, the list of free frames is walked after one in so
 * many: right counts do not say that it is right. (Always, it would cost a script of sixteen steps a tenth.) */
#define LIST_WALKED 4

static struct {
	bool has_booted;
	const struct script *script; /* NULL while the kernel boots */
	size_t steps;
	struct model_process *begun[PROCESS_SLOTS]; /* models in use, but for those of the snapshot */
	size_t begun_count;
	struct model_process *last; /* whose step was the last one */
	bool is_as_before;	    /* the script ended early, for it left everything as it found it */
	size_t console_before;
	struct end_counts before; /* what is used when the snapshot is taken */
	struct end_counts alone;  /* what the director uses when nobody else is left */
} run;

#define FIRST_PLAYER_PID (LIFECYCLE_FIRST_PID + 1)

/* Which process a slot of the kernel's table has; those before it in the same slot are gone. */
static struct model_process models[PROCESS_SLOTS];

/* Those that are there when the snapshot is taken. */
static struct model_process kept[2];

static void copy_model(struct model_process *to, const struct model_process *from)
{
	memcpy(to, from, offsetof(struct model_process, pages) + from->page_count * sizeof(from->pages[0]));
}

/* Nothing but what is written, and the lines about processes that were stopped since, each on a line of its own. */
static void check_printed(struct model_process *last)
{
	size_t printed = twin_console_size() - run.console_before;
	size_t expected = model_printed(last);
	const char *rest = twin_console() + run.console_before + expected;

	if (last->last.kind == TWIN_SVC && printed < expected) {
		model_fail(last, "not all was printed", printed);
	}
	model_check_written(last, twin_console() + run.console_before, expected);
	if (last->last.kind == TWIN_SVC && printed > expected &&
	    strncmp(rest + (*rest == '\n'), "[KILL] ", strlen("[KILL] ")) != 0) {
		model_fail(last, "more was printed", printed);
	}
}

/* What the last step, of whatever process, did to the console and to that process's life. */
static void check_last(void)
{
	struct model_process *last = run.last;
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

static enum model_role role_of(const struct process *process)
{
	if (process->pid == LIFECYCLE_FIRST_PID) {
		return MODEL_DIRECTOR;
	}
	return strcmp(process->program->name, "big") == 0 ? MODEL_BIG : MODEL_PLAYER;
}

static void begin_model(struct model_process *model, const struct process *process, const struct hal_context *context)
{
	if (model->pid == 0) {
		run.begun[run.begun_count++] = model;
	}
	model_begin(model, process->pid, context, role_of(process));
	model->parent = process->parent == NULL ? 0 : process->parent->pid;
	model->root = twin_live_space()->root.value;
	model->calls = process->calls;
	model->frames_max = process->space.frames_max;
	model->children_max = process->children_max;
	if (context->pc != SCRIPT_CODE_ADDRESS) {
		model_fail(model, "a program at a wrong place", context->pc);
	}
	if (process->parent != NULL && !process->is_adopted) {
		check_calls(model, process->parent);
	}
	player_begin(model, context);
	if (model->player.process == SCRIPT_PROCESSES - 1) {
		table_map_near_top(model->pid);
	}
	end_check_space(model);
}

struct model_process *model_of(uint64_t pid)
{
	struct model_process *model = &models[pid % PROCESS_SLOTS];

	return pid != 0 && model->pid == pid ? model : NULL;
}

/* The kernel copies to the process whose turn it is, and to no other's memory. */
static void note_store(void *unused, const struct twin_store *store)
{
	struct model_process *model = model_of(kernel.scheduler.current->pid);

	(void)unused;
	REQUIRE(model != NULL);
	if (model->root != store->space->root.value) {
		model_fail(model, "the kernel writes to another process", store->address);
	}
	model_note_store(model, store);
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

static void expect_registers(struct model_process *model, const struct hal_context *context,
			     const struct twin_step *step)
{
	model->context = *context;
	model->context.pc = step->kind == TWIN_BRANCH ? step->address
			    : step->kind == TWIN_SPIN ? step->at
						      : step->at + 4;
	if (step->kind == TWIN_SVC) {
		memcpy(model->context.x, step->arguments, sizeof(step->arguments));
		model->context.x[8] = step->number;
	} else if (step->kind == TWIN_FP_LOAD) {
		model->vector = step->value;
	} else if (step->kind == TWIN_MOVE && step->target == TWIN_REGISTER_THREAD_POINTER) {
		model->thread_pointer = step->value;
	}
}

static void begin_step(struct model_process *model, const struct hal_context *context, const struct twin_step *step)
{
	expect_registers(model, context, step);
	model->last = *step;
	model->has_last = true;
	model->stored = 0;
	model->faults_before = model_world.copy_faults;
	run.last = model;
	run.console_before = twin_console_size();
	if (step->kind == TWIN_SVC) {
		model_begin_call(model);
	}
}

static void judge_last_steps(struct model_process *model, const struct hal_context *context)
{
	/* A fault that no copy came to is no fault of a later one. */
	twin_fault_copy(SIZE_MAX);
	twin_check_changes();
	check_last();
	if (model->has_last) {
		model_judge(model, context);
	}
	end_check_frames(model);
	stream_check(model);
	table_check();
	world_step_is_over(model);
}

static bool has_pages_as_before(struct model_process *model)
{
	if (!model_world.has_mapped) {
		return true;
	}
	end_check_space(model);
	return model->page_count == kept[1].page_count &&
	       memcmp(model->pages, kept[1].pages, model->page_count * sizeof(model->pages[0])) == 0;
}

/* One script in 256 is played to its very end, whatever it left: which ones follows from what it did, so that the same
 * input always ends in the same way. */
static bool must_end_late(const struct model_process *model)
{
	return run.steps > 1 && script_exit_status(&model->player) == 0;
}

/* Did the script leave everything as it found it? Then its end can be no other than that of a script of no steps,
 * which is played to its end before all others. */
static bool is_as_before(struct model_process *model)
{
	struct end_counts now = end_count();

	return run.has_booted && model->pid == FIRST_PLAYER_PID && memcmp(&now, &run.before, sizeof(now)) == 0 &&
	       !must_end_late(model) && has_pages_as_before(model);
}

/* Whoever has no step left exits. */
static bool finish(struct model_process *model, struct twin_step *step)
{
	run.is_as_before = is_as_before(model);
	if (run.is_as_before) {
		return false;
	}
	end_check_space(model);
	player_call(step, SYS_exit, script_exit_status(&model->player), 0, 0);
	return true;
}

static bool next_step(struct model_process *model, const struct hal_context *context, struct twin_step *step)
{
	if (model->role == MODEL_DIRECTOR) {
		return director_next(model, context, step);
	}
	run.steps++;
	return (model->role == MODEL_PLAYER && run.steps < STEPS_MAX &&
		player_next(model, run.script, context, step)) ||
	       finish(model, step);
}

static bool drive(void *owner, const struct hal_context *context, uint32_t word, struct twin_step *step)
{
	struct model_process *model = find_model(context);

	(void)owner;
	(void)word;
	if (run.script == NULL && model->role != MODEL_DIRECTOR) {
		return false;
	}
	model_note_memory();
	judge_last_steps(model, context);
	if (!next_step(model, context, step)) {
		return false;
	}
	begin_step(model, context, step);
	return true;
}

static enum twin_cpu chosen_cpu(void)
{
	const char *name = getenv("PANTHER_FUZZ_CPU");

	REQUIRE(name == NULL || strcmp(name, "cortex-a72") == 0 || strcmp(name, "max") == 0);
	return name != NULL && strcmp(name, "max") == 0 ? TWIN_CPU_MAX : TWIN_CPU_A72;
}

/* The machine, up to the moment when process 0 is about to play. */
static void boot(void)
{
	static struct twin_options options;
	size_t size;

	options.archive = syscall_archive(&size);
	options.archive_size = size;
	options.ram_size = TWIN_RAM_SIZE_MIN;
	options.cpu = chosen_cpu();
	twin_reset(&options);
	twin_every_program(drive, NULL);
	twin_watch_stores(note_store, NULL);
	world_begin();
	REQUIRE(twin_boot() == TWIN_SCRIPT_END);
	world_age();
	twin_check_changes();
	twin_snapshot();
	run.before = end_count();
	copy_model(&kept[0], &models[LIFECYCLE_FIRST_PID]);
	copy_model(&kept[1], &models[FIRST_PLAYER_PID]);
}

static void restore(void)
{
	while (run.begun_count != 0) {
		run.begun[--run.begun_count]->pid = 0;
	}
	twin_restore();
	world_restore();
	copy_model(&models[LIFECYCLE_FIRST_PID], &kept[0]);
	copy_model(&models[FIRST_PLAYER_PID], &kept[1]);
	run.steps = 0;
	run.last = NULL;
	run.is_as_before = false;
}

/* Processes that wait for ever are still there. */
static void sweep_spaces(void)
{
	struct table_walk walk = {0};

	for (const struct process *process = table_next(&walk); process != NULL; process = table_next(&walk)) {
		struct model_process *model = &models[process->pid % PROCESS_SLOTS];

		if (process->state != PROCESS_ENDED && model->pid == process->pid) {
			end_check_space(model);
		}
	}
}

static bool is_list_due(void)
{
	return !run.is_as_before ||
	       (model_world.has_mapped && script_exit_status(&models[FIRST_PLAYER_PID].player) % LIST_WALKED == 0);
}

/* All that there is in the end, whatever the steps were about. */
static void sweep(void)
{
	if (!run.is_as_before) {
		sweep_spaces();
	}
	if (is_list_due()) {
		frames_check(&kernel.frames);
	}
	twin_check_kernel_half();
	heap_check(&kernel.heap);
}

static void play(const struct script *script)
{
	enum twin_end end;

	restore();
	run.script = script;
	twin_step_ticks(script_pace(script));
	end = twin_resume();
	world_give_back();
	end_check(end, &run.before, &run.alone);
	/* A script of nothing leaves what boot has shown to be right. */
	if (script->count != 0) {
		sweep();
	}
}

void harness_play(const struct script *script)
{
	static const struct script nothing;

	if (!run.has_booted) {
		boot();
		/* To its very end: what is used then is what the director uses alone. */
		restore();
		run.script = &nothing;
		REQUIRE(twin_resume() == TWIN_SCRIPT_END && kernel.processes.count == 1);
		run.alone = end_count();
		run.has_booted = true;
	}
	play(script);
}
