/*
 * The part of the model of a process that is about spawn: what becomes of its request.
 */
#include <string.h>

#include "abi/errno.h"
#include "abi/limits.h"
#include "abi/process.h"
#include "abi/syscalls.h"
#include "core/kernel.h"
#include "tests/fuzz/syscall_process.h"

static const uint64_t all_calls = 0
#define SYSCALL(number, name, since, summary, arguments, errors, result) | PANTHER_CALL_BIT(number)
#include "abi/syscalls.def"
#undef SYSCALL
	;

/* 0, or the error of a request that cannot be fetched. */
static int64_t request_error(struct model_process *model)
{
	const uint64_t *x = model->last.arguments;

	if (x[1] <= sizeof(struct panther_spawn_request)) {
		return -PANTHER_EINVAL;
	}
	if (x[1] > PANTHER_SPAWN_MAX) {
		return -PANTHER_E2BIG;
	}
	return model_is_user_range(x[0], x[1]) && model_allows(model, x[0], x[1], PANTHER_READ) &&
			       !model_copy_faults(model, x[1])
		       ? 0
		       : -PANTHER_EFAULT;
}

static int64_t options_error(const struct panther_spawn_request *request)
{
	bool is_empty = (request->calls | request->frames_max | request->children_max) == 0;

	if (request->flags == PANTHER_SPAWN_INHERIT) {
		return is_empty ? 0 : -PANTHER_EINVAL;
	}
	return request->flags != 0 || (request->calls & ~all_calls) != 0 ? -PANTHER_EINVAL : 0;
}

/* A name, and then arguments, each with its NUL. */
static int64_t strings_error(const char *strings, size_t size)
{
	size_t name = strnlen(strings, size);
	size_t count = 0;

	if (strings[size - 1] != '\0' || name == 0) {
		return -PANTHER_EINVAL;
	}
	for (size_t i = name + 1; i < size; i++) {
		count += strings[i] == '\0';
	}
	if (count > PANTHER_ARGUMENTS_MAX) {
		return -PANTHER_E2BIG;
	}
	return name >= PANTHER_PATH_MAX ? -PANTHER_ENAMETOOLONG : 0;
}

static int64_t rights_error(const struct model_process *model, const struct panther_spawn_request *request)
{
	return (request->calls & ~model->calls) != 0 || request->frames_max > model->frames_max ||
			       request->children_max > model->children_max
		       ? -PANTHER_EPERM
		       : 0;
}

/* That the archive has, or -ENOENT or -ENOEXEC. */
static int64_t program_error(const char *name)
{
	if (strcmp(name, "bad") == 0) {
		return -PANTHER_ENOEXEC;
	}
	return strcmp(name, "player") != 0 && strcmp(name, "big") != 0 && strcmp(name, "director") != 0
		       ? -PANTHER_ENOENT
		       : 0;
}

/* The most that a small program needs: its pages, its stack, its tables; the big one has more. */
#define ROOMY_FRAMES (64 + SCRIPT_BIG_PAGES)

static int64_t judge_request(struct model_process *model, struct panther_spawn_request *request, const char *strings)
{
	int64_t error = options_error(request);

	if (error == 0) {
		error = strings_error(strings, model->last.arguments[1] - sizeof(*request));
	}
	if (request->flags == PANTHER_SPAWN_INHERIT) {
		request->calls = model->calls;
		request->frames_max = model->frames_max;
		request->children_max = model->children_max;
	}
	if (error == 0) {
		error = rights_error(model, request);
	}
	return error == 0 ? program_error(strings) : error;
}

void model_begin_spawn(struct model_process *model)
{
	struct {
		struct panther_spawn_request options;
		char strings[PANTHER_SPAWN_MAX];
	} request = {0};
	const uint64_t *x = model->last.arguments;

	model->spawn_error = request_error(model);
	if (model->spawn_error == 0) {
		(void)twin_user_read(twin_live_space(), x[0], &request, x[1]);
		model->spawn_error = judge_request(model, &request.options, request.strings);
	}
	model->table_is_full = process_table_is_full(&kernel.processes);
	model->calls_of_children |= model->calls;
	model->child_calls = request.options.calls | PANTHER_CALL_BIT(SYS_exit);
	model->spawn_is_roomy = request.options.frames_max >= ROOMY_FRAMES;
}

/* A call that nothing speaks against but how much there is of everything. */
static void judge_room(struct model_process *model, int64_t result)
{
	bool is_short = !model->spawn_is_roomy || model_may_lack(model, UINT64_MAX);
	bool is_full = model->child_count >= model->children_max || model->table_is_full;

	if (is_full || (result == -PANTHER_EAGAIN && kernel.processes.count == PANTHER_PROCESSES_MAX)) {
		model_expect(model, result, -PANTHER_EAGAIN);
	} else if (model->spawn_error != 0 && !(is_short && result == -PANTHER_ENOMEM)) {
		model_expect(model, result, model->spawn_error);
	} else if (result <= 0 && !(is_short && result == -PANTHER_ENOMEM)) {
		model_fail(model, "a spawn that must succeed", (uint64_t)result);
	}
	if (result > 0 && model->role != MODEL_DIRECTOR) {
		model_add_child(model, (uint64_t)result);
	}
}

void model_judge_spawn(struct model_process *model, int64_t result)
{
	int64_t error = model->spawn_error;

	if (error == 0 || error == -PANTHER_ENOENT || error == -PANTHER_ENOEXEC) {
		judge_room(model, result);
	} else {
		model_expect(model, result, error);
	}
}
