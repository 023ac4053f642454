#include "tests/fuzz/syscall_director.h"

#include "abi/errno.h"
#include "abi/process.h"
#include "abi/syscalls.h"
#include "core/kernel.h"
#include "tests/fuzz/syscall_player.h"
#include "tests/support/require.h"

#define EXIT_ADDRESS (SCRIPT_DATA_ADDRESS + 0x800)

static void start(struct twin_step *step)
{
	static const struct script_step request = {
		.kind = SCRIPT_REQUEST,
		.values = {SCRIPT_DATA_ADDRESS, 0, 0, 0, PANTHER_SPAWN_INHERIT},
	};
	static const struct script_player player = {.process = SCRIPT_NO_PROCESS};
	uint64_t words[SCRIPT_REQUEST_WORDS];

	script_request_words(&player, &request, words);
	REQUIRE(twin_user_write(twin_live_space(), SCRIPT_DATA_ADDRESS, words, sizeof(words)));
	player_call(step, SYS_spawn, SCRIPT_DATA_ADDRESS, sizeof(words), 0);
}

/* Its next child that has not been ended yet, or NULL. */
static const struct process *next_to_end(const struct process *director)
{
	uint64_t slot = 0;

	for (const struct process *process = process_table_from(&kernel.processes, 0, &slot); process != NULL;
	     process = process_table_from(&kernel.processes, slot + 1, &slot)) {
		if (process->parent == director && process->state != PROCESS_ENDING &&
		    process->state != PROCESS_ENDED) {
			return process;
		}
	}
	return NULL;
}

/*
 * It waits in turn for whatever child and for process 0 alone, and every other time cannot be told: then process 0 can
 * still be waited for, and one that lost its own parent is gone.
 */
static void wait_for_some(struct model_process *model, struct twin_step *step)
{
	unsigned turn = model->part++;

	player_call(step, SYS_wait, turn % 3 == 0 ? 0 : DIRECTOR_CHILD,
		    turn % 3 == 1 ? SCRIPT_CONST_ADDRESS : EXIT_ADDRESS, 0);
}

static void end_rest(struct model_process *model, struct twin_step *step)
{
	const struct process *child = next_to_end(kernel.scheduler.current);

	if (child != NULL) {
		player_call(step, SYS_kill, child->pid, 0, 0);
	} else {
		player_call(step, SYS_wait, 0, model->part++ % 2 == 1 ? SCRIPT_CONST_ADDRESS : EXIT_ADDRESS, 0);
	}
}

static void learn(struct model_process *model, uint64_t result)
{
	if (model->last.number == SYS_spawn) {
		REQUIRE(result == DIRECTOR_CHILD);
		model_add_child(model, result);
	} else if (model->last.number == SYS_wait && model->child_count != 0) {
		/* While it has that child a wait ends well, or nothing can be written. */
		REQUIRE((int64_t)result > 0 || result == (uint64_t)-PANTHER_EFAULT);
		model->child_count -= result == DIRECTOR_CHILD;
	}
}

/* The last thing that it does: nobody is left who could be its child. */
static bool tell_limits(const struct model_process *model, struct twin_step *step)
{
	player_call(step, SYS_info, PANTHER_INFO_LIMITS, 0, EXIT_ADDRESS);
	step->arguments[3] = sizeof(struct panther_limits_info);
	return model->last.number != SYS_info;
}

bool director_next(struct model_process *model, const struct hal_context *context, struct twin_step *step)
{
	if (!model->has_last) {
		start(step);
		return true;
	}
	learn(model, context->x[0]);
	if (model->child_count != 0) {
		wait_for_some(model, step);
	} else if (kernel.processes.count == 1) {
		return tell_limits(model, step);
	} else if (model->last.number == SYS_wait && context->x[0] == (uint64_t)-PANTHER_ECHILD) {
		/* A child that was being loaded when its parent ended is nobody's, and goes by itself. */
		player_call(step, SYS_yield, 0, 0, 0);
	} else {
		end_rest(model, step);
	}
	return true;
}
