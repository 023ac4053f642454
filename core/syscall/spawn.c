/*
 * The call that starts a program: everything about it is fetched once, into
 * the kernel, and judged there.
 */
#include "abi/limits.h"
#include "core/kernel.h"
#include "core/memory/user_copy.h"
#include "core/process/lifecycle.h"
#include "core/syscall/block.h"
#include "core/syscall/dispatch.h"
#include "core/syscall/handlers.h"
#include "lib/checked.h"

/* The index-th word of a vector. */
static k_status fetch_word(const struct process *process, uint64_t vector, uint32_t index, uint64_t *word)
{
	struct user_range range;
	uint64_t address;

	if (!checked_add(vector, index * sizeof(*word), &address) ||
	    user_range_make(address, sizeof(*word), &range) != K_OK) {
		return K_EFAULT;
	}
	return user_copy_in(&process->space, word, sizeof(*word), range);
}

/* Adds a string behind those there are. */
static k_status fetch_argument(const struct process *process, struct program_arguments *arguments, uint64_t address)
{
	size_t room = sizeof(arguments->strings) - arguments->size;
	size_t length;
	k_status status;

	if (arguments->count == PANTHER_ARGUMENTS_MAX || room == 0) {
		return K_E2BIG;
	}
	status =
		user_copy_string(&process->space, (char *)arguments->strings + arguments->size, room, address, &length);
	if (status != K_OK) {
		return status == K_ENAMETOOLONG ? K_E2BIG : status;
	}
	arguments->size += (uint32_t)length + 1;
	arguments->count++;
	return K_OK;
}

static k_status fetch_arguments(const struct process *process, struct program_arguments *arguments, uint64_t vector)
{
	arguments->count = 0;
	arguments->size = 0;
	for (;;) {
		uint64_t address;
		k_status status = fetch_word(process, vector, arguments->count, &address);

		if (status != K_OK || address == 0) {
			return status;
		}
		status = fetch_argument(process, arguments, address);
		if (status != K_OK) {
			return status;
		}
	}
}

/* Without options a child gets what its parent has. */
static k_status fetch_options(const struct process *process, struct panther_spawn_options *options, uint64_t address)
{
	struct user_range range;

	if (address == 0) {
		*options = (struct panther_spawn_options){
			.calls = process->calls,
			.frames_max = process->space.frames_max,
			.children_max = process->children_max,
		};
		return K_OK;
	}
	if (user_range_make(address, sizeof(*options), &range) != K_OK) {
		return K_EFAULT;
	}
	return user_copy_in(&process->space, options, sizeof(*options), range);
}

static k_status judge_options(const struct process *process, const struct panther_spawn_options *options)
{
	if ((options->calls & ~SYSCALLS_ALL) != 0 || options->flags != 0) {
		return K_EINVAL;
	}
	if ((options->calls & ~process->calls) != 0 || options->frames_max > process->space.frames_max ||
	    options->children_max > process->children_max) {
		return K_EPERM;
	}
	return K_OK;
}

static k_status fetch(const struct process *process, const struct spawn_arguments *in, struct spawn_request *request)
{
	size_t length;
	k_status status = user_copy_string(&process->space, request->path, sizeof(request->path), in->path, &length);

	if (status == K_OK) {
		status = fetch_arguments(process, &request->arguments, in->argv);
	}
	if (status == K_OK) {
		status = fetch_options(process, &request->options, in->options);
	}
	return status == K_OK ? judge_options(process, &request->options) : status;
}

static k_status begin(struct process *process, const struct spawn_request *request)
{
	const struct process_order order = {
		.program = archive_find(&kernel_facts.archive, request->path),
		.arguments = &request->arguments,
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
	struct spawn_request *request = &kernel.request;
	k_status status = fetch(process, &in, request);

	if (status == K_OK) {
		status = begin(process, request);
	}
	return status == K_OK ? syscall_block(process, PROCESS_SPAWNING, result) : status;
}
