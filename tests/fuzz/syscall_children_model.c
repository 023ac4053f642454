/*
 * The part of the model of a process that is about its children: what wait and kill must answer. The first process has
 * others beside those that it spawned: whoever lost its parent.
 */
#include "abi/errno.h"
#include "abi/limits.h"
#include "abi/process.h"
#include "tests/fuzz/syscall_process.h"

static size_t place_of(const struct model_process *model, uint64_t pid)
{
	size_t place = 0;

	while (place < model->child_count && model->children[place] != pid) {
		place++;
	}
	return place;
}

bool model_is_child(const struct model_process *model, uint64_t pid)
{
	return place_of(model, pid) != model->child_count;
}

void model_add_child(struct model_process *model, uint64_t pid)
{
	if (model_is_child(model, pid) || model->child_count == PANTHER_PROCESSES_MAX) {
		model_fail(model, "a child that there is already, or one too many", pid);
	}
	model->children[model->child_count++] = pid;
}

static void remove_child(struct model_process *model, uint64_t pid)
{
	size_t place = place_of(model, pid);

	if (place == model->child_count) {
		model_fail(model, "a child of somebody else, or one that was gone already", pid);
	}
	model->children[place] = model->children[--model->child_count];
}

static void check_end(const struct model_process *model, uint64_t pid)
{
	struct panther_exit end;

	if (!twin_user_read(twin_live_space(), model->last.arguments[1], &end, sizeof(end)) ||
	    !model_may_end(pid, &end)) {
		model_fail(model, "a process cannot have ended like that", (uint64_t)end.reason << 32 | end.code);
	}
}

/* 0, or what a wait must answer whatever its children do. */
static int64_t wait_error(const struct model_process *model)
{
	const uint64_t *x = model->last.arguments;

	if ((x[2] & ~(uint64_t)PANTHER_WAIT_NO_BLOCK) != 0) {
		return -PANTHER_EINVAL;
	}
	if (!model_is_user_range(x[1], sizeof(struct panther_exit))) {
		return -PANTHER_EFAULT;
	}
	if (model->role == MODEL_DIRECTOR) {
		return 0;
	}
	if (x[0] == 0) {
		return model->child_count == 0 ? -PANTHER_ECHILD : 0;
	}
	return model_is_child(model, x[0]) ? 0 : -PANTHER_ESRCH;
}

/* A child that was told about is gone; one of which nothing could be written is not. */
static void judge_wait_of_child(struct model_process *model, int64_t result)
{
	const uint64_t *x = model->last.arguments;
	bool is_writable = model_allows(model, x[1], sizeof(struct panther_exit), PANTHER_WRITE);

	if (result == -PANTHER_EAGAIN && (x[2] & PANTHER_WAIT_NO_BLOCK) != 0) {
		return;
	}
	if (result == -PANTHER_EFAULT &&
	    (!is_writable || model->copy_faults || model_may_have_faulted(model, result))) {
		return;
	}
	if (result <= 0 || !is_writable || (x[0] != 0 && (uint64_t)result != x[0])) {
		model_fail(model, "a wait that must end otherwise", (uint64_t)result);
	}
	check_end(model, (uint64_t)result);
	if (model->role != MODEL_DIRECTOR) {
		remove_child(model, (uint64_t)result);
	}
}

void model_judge_wait(struct model_process *model, int64_t result)
{
	int64_t error = wait_error(model);

	if (error != 0) {
		model_expect(model, result, error);
	} else if (model->role != MODEL_DIRECTOR || result > 0) {
		judge_wait_of_child(model, result);
	}
}

void model_judge_kill(struct model_process *model, int64_t result)
{
	if (model->role != MODEL_DIRECTOR) {
		model_expect(model, result, model_is_child(model, model->last.arguments[0]) ? 0 : -PANTHER_ESRCH);
	} else if (result > 0) {
		model_fail(model, "more than 0", (uint64_t)result);
	}
}

void model_begin_kill(const struct model_process *model)
{
	uint64_t pid = model->last.arguments[0];
	struct model_process *child = model_of(pid);

	if (child != NULL && (model->role == MODEL_DIRECTOR || model_is_child(model, pid))) {
		child->may_be_killed = true;
	}
}
