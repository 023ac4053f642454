/*
 * The part of the model that is about how a process ends: what its parent has to be told.
 */
#include "abi/process.h"
#include "abi/syscalls.h"
#include "tests/fuzz/syscall_process.h"

/* Exception classes (ESR_EL1.EC, Arm ARM D17.2.37). */
#define EC_UNKNOWN 0x00U
#define EC_INSTRUCTION_ABORT 0x20U
#define EC_PC_ALIGNMENT 0x22U
#define EC_DATA_ABORT 0x24U

static struct panther_exit fault(uint32_t class)
{
	return (struct panther_exit){PANTHER_ENDED_FAULT, class};
}

/* Could its last step be played at all? One that is played where the process stands has been fetched. */
static bool is_fetched(struct model_process *model)
{
	return model->last.at == 0 || model_allows(model, model->last.at, 4, PANTHER_EXECUTE);
}

static bool calls(const struct model_process *model, uint64_t number)
{
	return model->last.kind == TWIN_SVC && model->last.number == number && model_may_call(model);
}

/* A call whose outcome the process did not live to see may have taken away what comes next. */
static bool takes_next(const struct model_process *model)
{
	const uint64_t *x = model->last.arguments;

	return (calls(model, SYS_unmap) || calls(model, SYS_protect)) && model->context.pc - x[0] < x[1];
}

/* Nothing comes between its last step and its end. */
static bool ends_at_once(struct model_process *model)
{
	return is_fetched(model) && (calls(model, SYS_exit) || model_faults(model));
}

/* Does its last step end the process, and how? */
static bool own_end(struct model_process *model, struct panther_exit *end)
{
	bool is_lost = !is_fetched(model) || takes_next(model);

	if (!is_lost && calls(model, SYS_exit)) {
		*end = (struct panther_exit){PANTHER_ENDED_EXIT, model->last.arguments[0] & 0xff};
		return true;
	}
	if (!is_lost && model_faults(model)) {
		*end = fault(model->last.kind == TWIN_UNDEFINED ? EC_UNKNOWN : EC_DATA_ABORT);
		return true;
	}
	*end = fault(!is_lost && model->context.pc % 4 != 0 ? EC_PC_ALIGNMENT : EC_INSTRUCTION_ABORT);
	return is_lost || !model_has_next(model);
}

bool model_may_end(uint64_t pid, const struct panther_exit *end)
{
	struct model_process *model = model_of(pid);
	bool is_killed = end->reason == PANTHER_ENDED_KILLED && end->code == 0;
	struct panther_exit own;

	/* Before its first step it can only be killed. */
	if (model == NULL || !model->has_last) {
		return is_killed;
	}
	if (is_killed && model->may_be_killed && !ends_at_once(model)) {
		return true;
	}
	return own_end(model, &own) && end->reason == own.reason && end->code == own.code;
}
