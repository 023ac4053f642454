#include "hal_host/steps.h"

#include <string.h>

#include "hal_host/copy.h"
#include "hal_host/script.h"
#include "hal_host/state.h"
#include "hal_host/syndrome.h"
#include "hal_host/time.h"

/* The condition flags, all that EL0 can change by itself on every CPU. */
#define PSTATE_NZCV 0xf0000000UL

static bool move_bytes(struct hal_context *context, const struct twin_step *step)
{
	uint64_t value = step->value;

	if (step->kind == TWIN_STORE) {
		return copy_store(step->address, (const uint8_t *)&value, step->size);
	}
	value = 0;
	if (!copy_load((uint8_t *)&value, step->address, step->size)) {
		return false;
	}
	context->x[0] = value;
	return true;
}

static bool access_traps(struct hal_context *context, const struct twin_step *step, struct hal_trap *trap)
{
	uint64_t write = step->kind == TWIN_STORE ? SYNDROME_WRITE : 0;

	if (step->size == 0 || step->size > sizeof(step->value)) {
		twin_abort("script", "a step of %u bytes", step->size);
	}
	if (!move_bytes(context, step)) {
		return syndrome_traps(trap, ESR(CLASS_DATA_ABORT, twin.copy_fault.status | write), twin.copy_fault.far);
	}
	context->pc += 4;
	return false;
}

static bool svc_traps(struct hal_context *context, const struct twin_step *step, struct hal_trap *trap)
{
	memcpy(context->x, step->arguments, sizeof(step->arguments));
	context->x[8] = step->number;
	context->pc += 4;
	return syndrome_traps(trap, ESR(CLASS_SVC64, step->immediate), FAR_UNKNOWN);
}

static bool move(struct hal_context *context, const struct twin_step *step)
{
	if (step->target == TWIN_REGISTER_THREAD_POINTER) {
		twin.thread_pointer = step->value;
	} else if (step->target == TWIN_REGISTER_FLAGS) {
		context->pstate = (context->pstate & ~PSTATE_NZCV) | (step->value & PSTATE_NZCV);
	} else if (step->target == TWIN_REGISTER_SP) {
		context->sp = step->value;
	} else if (step->target < TWIN_REGISTER_SP) {
		context->x[step->target] = step->value;
	} else {
		twin_abort("script", "there is no register %u", step->target);
	}
	context->pc += 4;
	return false;
}

/* An instruction that the kernel is to run again once it has switched FP and SIMD on. */
static bool fp_traps(struct hal_context *context, const struct twin_step *step, struct hal_trap *trap)
{
	if (step->target >= sizeof(twin.fp.v) / sizeof(twin.fp.v[0])) {
		twin_abort("script", "there is no register V%u", step->target);
	}
	if (!twin.fp_is_on) {
		script_repeat(context, step);
		return syndrome_traps(trap, ESR(CLASS_FP_ACCESS, SYNDROME_ALWAYS), FAR_UNKNOWN);
	}
	if (step->kind == TWIN_FP_LOAD) {
		twin.fp.v[step->target][0] = step->value;
		twin.fp.v[step->target][1] = step->value;
	} else {
		context->x[0] = twin.fp.v[step->target][0];
	}
	context->pc += 4;
	return false;
}

/* What an interrupt leaves of it is computed when the program goes on. */
static bool pass(struct hal_context *context, const struct twin_step *step)
{
	struct twin_step rest = *step;

	rest.value = time_pass(step->value);
	if (rest.value != 0) {
		script_repeat(context, &rest);
	} else {
		context->pc += 4;
	}
	return false;
}

static bool spin(void)
{
	if (!time_pass_until_interrupt()) {
		twin_abort("endless", "a program spins, and nothing can interrupt it");
	}
	return false;
}

static bool read_thread_pointer(struct hal_context *context)
{
	context->x[0] = twin.thread_pointer;
	context->pc += 4;
	return false;
}

/* What the kernel takes part in. */
static bool other_traps(struct hal_context *context, const struct twin_step *step, struct hal_trap *trap)
{
	if (step->kind == TWIN_SVC) {
		return svc_traps(context, step, trap);
	}
	if (step->kind == TWIN_UNDEFINED) {
		return syndrome_traps(trap, ESR(CLASS_UNKNOWN, 0), FAR_UNKNOWN);
	}
	context->pstate = step->value;
	*trap = step->trap;
	return true;
}

bool steps_play(struct hal_context *context, const struct twin_step *step, struct hal_trap *trap)
{
	switch (step->kind) {
	case TWIN_LOAD:
	case TWIN_STORE:
		return access_traps(context, step, trap);
	case TWIN_FP_LOAD:
	case TWIN_FP_STORE:
		return fp_traps(context, step, trap);
	case TWIN_BRANCH:
		context->pc = step->address;
		return false;
	case TWIN_MOVE:
		return move(context, step);
	case TWIN_READ_THREAD_POINTER:
		return read_thread_pointer(context);
	case TWIN_SPIN:
		return spin();
	case TWIN_PASS:
		return pass(context, step);
	case TWIN_SVC:
	case TWIN_UNDEFINED:
	case TWIN_TRAP:
		break;
	}
	return other_traps(context, step, trap);
}
