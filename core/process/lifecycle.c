#include "core/process/lifecycle.h"

#include <stddef.h>

#include "core/kernel.h"
#include "core/log/panic.h"
#include "core/syscall/dispatch.h"

static const char *reason_of(k_status status)
{
	return status == K_ENOMEM ? "out of memory" : "not an acceptable program";
}

/* A process that has no frame but the root and the one for FP goes back at once. */
static void discard(struct process *process)
{
	while (!process_clear(process)) {
	}
	heap_free(&kernel.heap, process);
}

static k_status prepare(struct process *process, const struct process_order *order)
{
	k_status status;

	process->program = order->program;
	process->parent = order->parent;
	process->calls = order->calls;
	process->children_max = order->children_max;
	status = loader_start(&process->loader, &process->space, order->program->file, order->program->size,
			      &kernel.random);
	if (status == K_OK && kernel_facts.features.pac_address) {
		process_draw_keys(process, &kernel.random);
	}
	return status == K_OK ? program_arguments_place(process, order->arguments) : status;
}

k_status lifecycle_begin(const struct process_order *order)
{
	const struct process_memory memory = {&kernel.heap, &kernel.frames, &kernel.random};
	struct process *process;
	k_status status = process_create(&process, &memory, order->frames_max);

	if (status != K_OK) {
		return status;
	}
	status = prepare(process, order);
	if (status != K_OK) {
		discard(process);
		return status;
	}
	process_table_add(&kernel.processes, process);
	if (process->parent != NULL) {
		process->parent->children++;
	}
	scheduler_enqueue(&kernel.scheduler, process, PROCESS_LOADING);
	return K_OK;
}

static void answer_spawn(struct process *parent, k_status status, uint64_t pid)
{
	if (parent != NULL) {
		syscall_answer(parent, status, pid);
		scheduler_enqueue(&kernel.scheduler, parent, PROCESS_READY);
	}
}

/* Its parent is told when everything is back. */
static void fail_load(struct process *process, k_status status)
{
	if (process->pid == LIFECYCLE_FIRST_PID) {
		boot_fail("init", "%s: %s", process->program->name, reason_of(status));
	}
	process->load_status = status;
	process->state = PROCESS_ENDING;
}

void lifecycle_load_step(struct process *process)
{
	bool is_done = false;
	k_status status = loader_step(&process->loader, &process->space, &is_done, &process->context.pc);

	if (status != K_OK) {
		fail_load(process, status);
	} else if (is_done) {
		process->state = PROCESS_READY;
		answer_spawn(process->parent, K_OK, process->pid);
	}
}

/* A process that waits has its call's arguments in its registers, as it gave them: x0 is which child, or 0. */
static bool is_awaited(const struct process *process)
{
	const struct process *parent = process->parent;

	return parent->state == PROCESS_WAITING && (parent->context.x[0] == 0 || parent->context.x[0] == process->pid);
}

static void tell_parent(const struct process *process)
{
	if (is_awaited(process)) {
		scheduler_enqueue(&kernel.scheduler, process->parent, PROCESS_RESUMING);
	}
}

/* Nobody is left who could ask, or an orphan's new parent does not wait: the kernel does not keep it for ever. */
static bool is_unwanted(const struct process *process)
{
	return process->parent == NULL || (process->is_adopted && !is_awaited(process));
}

/* The first process takes over whoever loses its parent, unless it is the one that ends. */
static void adopt(struct process *child)
{
	struct process *first = process_table_find(&kernel.processes, LIFECYCLE_FIRST_PID);

	if (first == NULL || first->state == PROCESS_ENDING || first->state == PROCESS_ENDED) {
		child->parent = NULL;
	} else {
		child->parent = first;
		child->is_adopted = true;
		first->has_adopted = true;
		first->children++;
	}
	if (child->state == PROCESS_ENDED) {
		if (is_unwanted(child)) {
			lifecycle_reap(child);
		} else {
			tell_parent(child);
		}
	}
}

/* Who asked for the program is gone. */
static void give_up_load(struct process *process)
{
	process->parent = NULL;
	process->load_status = K_OK;
	process->state = PROCESS_ENDING;
}

static void leave_children(struct process *process)
{
	uint64_t slot = 0;
	struct process *child = process_table_from(&kernel.processes, 0, &slot);

	for (; process->children != 0; child = process_table_from(&kernel.processes, slot + 1, &slot)) {
		if (child->parent != process) {
			continue;
		}
		process->children--;
		if (child->state == PROCESS_LOADING || child->load_status != K_OK) {
			give_up_load(child);
		} else {
			adopt(child);
		}
	}
}

static void judge_first(const struct process *process, struct panther_exit end)
{
	if (process->pid != LIFECYCLE_FIRST_PID) {
		return;
	}
	if (end.reason == PANTHER_ENDED_FAULT) {
		boot_fail("init", "%s was stopped by a fault", process->program->name);
	}
	if (end.reason != PANTHER_ENDED_EXIT || end.code != 0) {
		boot_fail("init", "%s ended with status %u", process->program->name, end.code);
	}
}

void lifecycle_end(struct process *process, struct panther_exit end)
{
	if (process->state == PROCESS_ENDING || process->state == PROCESS_ENDED) {
		return;
	}
	judge_first(process, end);
	process->end = end;
	scheduler_remove(&kernel.scheduler, process);
	scheduler_unload(&kernel.scheduler, process);
	scheduler_enqueue(&kernel.scheduler, process, PROCESS_ENDING);
	leave_children(process);
}

static void free_process(struct process *process)
{
	scheduler_forget(&kernel.scheduler, process);
	process_table_remove(&kernel.processes, process);
	heap_free(&kernel.heap, process);
}

void lifecycle_reap(struct process *process)
{
	if (process->parent != NULL) {
		process->parent->children--;
	}
	free_process(process);
}

void lifecycle_end_step(struct process *process)
{
	struct process *parent = process->parent;
	k_status status = process->load_status;

	if (!process_clear(process)) {
		return;
	}
	if (PANTHER_CHECKS) {
		kernel_map_check(&kernel.map);
	}
	scheduler_block(&kernel.scheduler, process, PROCESS_ENDED);
	if (status != K_OK) {
		lifecycle_reap(process);
		answer_spawn(parent, status, 0);
	} else if (is_unwanted(process)) {
		lifecycle_reap(process);
	} else {
		tell_parent(process);
	}
}

struct process *lifecycle_child(const struct process *parent, uint64_t pid)
{
	struct process *process = process_table_find(&kernel.processes, pid);

	return process != NULL && process->parent == parent ? process : NULL;
}

struct process *lifecycle_ended_child(const struct process *parent)
{
	uint64_t slot = 0;

	for (struct process *process = process_table_from(&kernel.processes, 0, &slot); process != NULL;
	     process = process_table_from(&kernel.processes, slot + 1, &slot)) {
		if (process->parent == parent && process->state == PROCESS_ENDED) {
			return process;
		}
	}
	return NULL;
}

void lifecycle_forget_adopted(struct process *process)
{
	uint64_t slot = 0;

	if (!process->has_adopted) {
		return;
	}
	process->has_adopted = false;
	for (struct process *child = process_table_from(&kernel.processes, 0, &slot); child != NULL;
	     child = process_table_from(&kernel.processes, slot + 1, &slot)) {
		if (child->parent != process || !child->is_adopted) {
			continue;
		}
		if (child->state == PROCESS_ENDED) {
			lifecycle_reap(child);
		} else {
			process->has_adopted = true;
		}
	}
}
