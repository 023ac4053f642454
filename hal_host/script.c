#include "hal_host/script.h"

#include "hal_host/runner.h"

#define PROGRAMS_MAX 64

struct program {
	twin_driver *driver;
	void *owner;
	uint16_t asid; /* 0 until it is entered, and when it is gone */
};

static struct {
	struct program programs[PROGRAMS_MAX];
	size_t added, entered;
} scripts;

void script_reset(void)
{
	scripts.added = 0;
	scripts.entered = 0;
}

void twin_program(twin_driver *driver, void *owner)
{
	if (scripts.added == PROGRAMS_MAX) {
		twin_abort("script", "more than %d programs", PROGRAMS_MAX);
	}
	scripts.programs[scripts.added++] = (struct program){.driver = driver, .owner = owner};
}

static struct program *find(uint16_t asid)
{
	for (size_t i = 0; i < scripts.entered; i++) {
		if (scripts.programs[i].asid == asid) {
			return &scripts.programs[i];
		}
	}
	if (scripts.entered == scripts.added) {
		twin_abort("script", "a program is entered that nobody wrote a script for");
	}
	scripts.programs[scripts.entered].asid = asid;
	return &scripts.programs[scripts.entered++];
}

void script_forget(uint16_t asid)
{
	for (size_t i = 0; i < scripts.entered; i++) {
		if (scripts.programs[i].asid == asid) {
			scripts.programs[i].asid = 0;
		}
	}
}

struct twin_step script_next(const struct hal_space *space, const struct hal_context *context, uint32_t word)
{
	const struct program *program = find(space->asid);
	struct twin_step step = {.size = 8};

	if (!program->driver(program->owner, context, word, &step)) {
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
