#include "hal_host/script.h"

#include <stddef.h>
#include <string.h>

#include "hal_host/runner.h"
#include "hal_host/state.h"

#define PROGRAMS_MAX 256

/* What plays a program. */
struct player {
	twin_driver *driver;
	void *owner;
};

/* A program that was entered. */
struct program {
	uint64_t root; /* 0: there is none any more */
	struct player player;
	bool repeats; /* its next step, at this address */
	uint64_t pc;
	struct twin_step step;
};

struct scripts {
	size_t added, used;
	struct player every; /* the player of all further programs, if its driver is not NULL */
	size_t program_count;
	struct player players[PROGRAMS_MAX];
	struct program programs[PROGRAMS_MAX];
};

static struct scripts scripts, kept;

void script_reset(void)
{
	scripts.added = 0;
	scripts.used = 0;
	scripts.every = (struct player){0};
	scripts.program_count = 0;
}

/* Players are only ever added. */
static void copy(struct scripts *to, const struct scripts *from)
{
	memcpy(to, from, offsetof(struct scripts, players));
	memcpy(to->programs, from->programs, from->program_count * sizeof(from->programs[0]));
}

void script_snapshot(void)
{
	copy(&kept, &scripts);
}

void script_restore(void)
{
	copy(&scripts, &kept);
}

void twin_program(twin_driver *driver, void *owner)
{
	if (scripts.added == PROGRAMS_MAX) {
		twin_abort("script", "more than %d programs", PROGRAMS_MAX);
	}
	scripts.players[scripts.added++] = (struct player){.driver = driver, .owner = owner};
}

void twin_every_program(twin_driver *driver, void *owner)
{
	scripts.every = (struct player){.driver = driver, .owner = owner};
}

static struct program *find(uint64_t root)
{
	for (size_t i = 0; i < scripts.program_count; i++) {
		if (scripts.programs[i].root == root) {
			return &scripts.programs[i];
		}
	}
	return NULL;
}

static struct player next_player(void)
{
	if (scripts.used < scripts.added) {
		return scripts.players[scripts.used++];
	}
	if (scripts.every.driver == NULL) {
		twin_abort("script", "a program is entered that nobody wrote a script for");
	}
	return scripts.every;
}

/* No root table lies at address 0: there a program has gone. */
static struct program *begin(uint64_t root)
{
	struct program *program = find(0);

	if (program == NULL) {
		if (scripts.program_count == PROGRAMS_MAX) {
			twin_abort("script", "more than %d programs at a time", PROGRAMS_MAX);
		}
		program = &scripts.programs[scripts.program_count++];
	}
	*program = (struct program){.root = root, .player = next_player()};
	return program;
}

void script_forget(uint64_t frame)
{
	struct program *program = find(frame);

	if (program != NULL) {
		program->root = 0;
	}
}

void script_repeat(const struct hal_context *context, const struct twin_step *step)
{
	struct program *program = find(twin.space.root.value);

	program->repeats = true;
	program->pc = context->pc;
	program->step = *step;
	program->step.registers = NULL;
	program->step.before = NULL;
}

static bool repeats(struct program *program, uint64_t pc)
{
	bool repeats = program->repeats && program->pc == pc;

	program->repeats = false;
	return repeats;
}

struct twin_step script_next(const struct hal_context *context, uint32_t word)
{
	struct program *program = find(twin.space.root.value);
	struct twin_step step = {.size = 8};

	if (program == NULL) {
		program = begin(twin.space.root.value);
	}
	if (repeats(program, context->pc)) {
		return program->step;
	}
	if (!program->player.driver(program->player.owner, context, word, &step)) {
		runner_leave(TWIN_SCRIPT_END);
	}
	if (step.size == 0) {
		step.size = 8;
	}
	return step;
}

static void record(struct twin_script *script, const struct hal_context *context)
{
	if (script->results != NULL) {
		script->results[script->recorded] = *context;
	}
	script->recorded = script->next;
}

/* Steps are played where the program stood first, or where it branched to last: a script is longer than its program. */
bool twin_script_driver(void *owner, const struct hal_context *context, uint32_t word, struct twin_step *step)
{
	struct twin_script *script = owner;

	(void)word;
	if (script->next == 0) {
		script->home = context->pc;
	} else if (script->recorded < script->next) {
		record(script, context);
	}
	if (script->next == script->count) {
		return false;
	}
	if (context->pc != script->home) {
		*step = (struct twin_step){.kind = TWIN_BRANCH, .address = script->home};
		return true;
	}
	*step = script->steps[script->next++];
	if (step->kind == TWIN_BRANCH) {
		script->home = step->address;
	}
	return true;
}
