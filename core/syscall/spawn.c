/*
 * The call that starts a program: everything about it comes in one copy, which
 * is judged and used in the kernel.
 */
#include "abi/limits.h"
#include "core/kernel.h"
#include "core/memory/user_copy.h"
#include "core/process/lifecycle.h"
#include "core/syscall/block.h"
#include "core/syscall/dispatch.h"
#include "core/syscall/handlers.h"
#include "lib/string.h"

static k_status fetch(const struct process *process, const struct spawn_arguments *in,
		      struct panther_spawn_packed *request)
{
	struct user_range range;

	if (in->len <= sizeof(request->options)) {
		return K_EINVAL;
	}
	if (in->len > sizeof(*request)) {
		return K_E2BIG;
	}
	if (user_range_make(in->request, in->len, &range) != K_OK) {
		return K_EFAULT;
	}
	return user_copy_in(&process->space, request, sizeof(*request), range);
}

/* A child that inherits gets what its parent has: nothing may be asked for besides. */
static k_status judge_options(const struct process *process, struct panther_spawn_request *options)
{
	if (options->flags == PANTHER_SPAWN_INHERIT &&
	    (options->calls | options->frames_max | options->children_max) == 0) {
		options->calls = process->calls;
		options->frames_max = process->space.frames_max;
		options->children_max = process->children_max;
		return K_OK;
	}
	return options->flags != 0 || (options->calls & ~SYSCALLS_ALL) != 0 ? K_EINVAL : K_OK;
}

/* All strings, of `size` bytes together: a name, and what follows it are the arguments. */
static k_status judge_strings(const char *strings, size_t size, struct program_arguments *arguments)
{
	size_t name_size;
	k_status status;

	if (strings[size - 1] != '\0' || strings[0] == '\0') {
		return K_EINVAL;
	}
	name_size = k_strnlen(strings, size) + 1;
	status = program_arguments_read(arguments, strings + name_size, size - name_size);
	if (status != K_OK) {
		return status;
	}
	return name_size > PANTHER_PATH_MAX ? K_ENAMETOOLONG : K_OK;
}

static k_status judge_rights(const struct process *process, const struct panther_spawn_request *options)
{
	if ((options->calls & ~process->calls) != 0 || options->frames_max > process->space.frames_max ||
	    options->children_max > process->children_max) {
		return K_EPERM;
	}
	return K_OK;
}

static k_status judge(const struct process *process, struct panther_spawn_packed *request, size_t size,
		      struct program_arguments *arguments)
{
	k_status status = judge_options(process, &request->options);

	if (status == K_OK) {
		status = judge_strings(request->strings, size - sizeof(request->options), arguments);
	}
	return status == K_OK ? judge_rights(process, &request->options) : status;
}

static k_status begin(struct process *process, const struct panther_spawn_packed *request,
		      const struct program_arguments *arguments)
{
	const struct process_order order = {
		.program = archive_find(&kernel_facts.archive, request->strings),
		.arguments = arguments,
		.parent = process,
		.calls = request->options.calls | SYSCALLS_ALWAYS,
		.frames_max = (uint32_t)request->options.frames_max,
		.children_max = (uint32_t)request->options.children_max,
	};

	if (process->children >= process->children_max || process_table_is_full(&kernel.processes)) {
		return K_EAGAIN;
	}
	return order.program == NULL ? K_ENOENT : lifecycle_begin(&order);
}

/* The answer comes when the program is loaded, or is found not to load. */
k_status sys_spawn(struct process *process, uint64_t *result)
{
	const struct spawn_arguments in = spawn_arguments(process);
	struct panther_spawn_packed *request = &kernel.request;
	struct program_arguments arguments;
	k_status status = fetch(process, &in, request);

	if (status == K_OK) {
		status = judge(process, request, in.len, &arguments);
	}
	if (status == K_OK) {
		status = begin(process, request, &arguments);
	}
	return status == K_OK ? syscall_block(process, PROCESS_SPAWNING, result) : status;
}
