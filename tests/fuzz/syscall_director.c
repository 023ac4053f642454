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

static void end_rest(struct twin_step *step)
{
	const struct process *child = next_to_end(kernel.scheduler.current);

	if (child != NULL) {
		player_call(step, SYS_kill, child->pid, 0, 0);
	} else {
		player_call(step, SYS_wait, 0, EXIT_ADDRESS, 0);
	}
}

bool director_next(const struct model_process *model, const struct hal_context *context, struct twin_step *step)
{
	if (!model->has_last) {
		start(step);
	} else if (model->last.number == SYS_spawn) {
		REQUIRE((int64_t)context->x[0] > 0);
		player_call(step, SYS_wait, context->x[0], EXIT_ADDRESS, 0);
	} else if (kernel.processes.count == 1) {
		return false;
	} else if (model->last.number == SYS_wait && context->x[0] == (uint64_t)-PANTHER_ECHILD) {
		/* A child that was being loaded when its parent ended is nobody's, and goes by itself. */
		player_call(step, SYS_yield, 0, 0, 0);
	} else {
		end_rest(step);
	}
	return true;
}
