#include "tests/fuzz/syscall_player.h"

#include <string.h>

#include "abi/limits.h"
#include "hal_host/state.h"
#include "tests/fuzz/syscall_world.h"

#define PAGE ((uint64_t)PANTHER_PAGE_SIZE)

void player_begin(struct model_process *model, const struct hal_context *context)
{
	uint64_t text = 0;
	uint8_t digit = '0' + SCRIPT_NO_PROCESS;

	if (context->x[0] >= 3) {
		(void)twin_user_read(twin_live_space(), context->x[1] + 2 * sizeof(uint64_t), &text, sizeof(text));
		(void)twin_user_read(twin_live_space(), text, &digit, sizeof(digit));
	}
	script_player_begin(&model->player, 0, (uint64_t)digit - '0', model->stack_bottom, model->pid);
}

void player_call(struct twin_step *step, uint64_t number, uint64_t first, uint64_t second, uint64_t third)
{
	step->kind = TWIN_SVC;
	step->at = SCRIPT_POINT_ADDRESS(SCRIPT_POINT_SVC_0);
	step->number = number;
	step->arguments[0] = first;
	step->arguments[1] = second;
	step->arguments[2] = third;
}

static void make_call(const struct model_process *model, struct twin_step *step)
{
	step->kind = TWIN_SVC;
	step->immediate = model->step->immediate;
	step->number = model->step->number;
	for (unsigned i = 0; i < SCRIPT_OPERANDS; i++) {
		step->arguments[i] = script_operand(&model->player, model->step, i);
	}
}

static void make_access(const struct model_process *model, enum twin_step_kind kind, struct twin_step *step)
{
	step->kind = kind;
	step->size = model->step->size;
	step->address = script_operand(&model->player, model->step, 0);
	step->value = script_operand(&model->player, model->step, 1);
}

/* One of the nine stores. */
static void make_request(const struct model_process *model, struct twin_step *step)
{
	uint64_t words[SCRIPT_REQUEST_WORDS];

	script_request_words(&model->player, model->step, words);
	step->kind = TWIN_STORE;
	step->address = script_operand(&model->player, model->step, 0) + model->part * sizeof(words[0]);
	step->value = words[model->part];
}

/* The first byte of the range on its page number `part`. */
static uint64_t hash_address(const struct model_process *model)
{
	uint64_t address = script_operand(&model->player, model->step, 0);

	return model->part == 0 ? address : address - address % PAGE + model->part * PAGE;
}

static uint64_t hash_length(const struct model_process *model)
{
	return script_hash_length(script_operand(&model->player, model->step, 1));
}

/* A load on each page of the range shows the faults; the bytes themselves are then read past the CPU. */
static void make_hash(const struct model_process *model, struct twin_step *step)
{
	step->kind = hash_length(model) == 0 ? TWIN_MOVE : TWIN_LOAD;
	step->target = 0;
	step->size = 1;
	step->address = hash_address(model);
}

static uint64_t hash_of(const struct model_process *model)
{
	static uint8_t bytes[SCRIPT_HASH_MAX];
	uint64_t hash = SCRIPT_HASH_BASIS;
	size_t length = hash_length(model);

	(void)twin_user_read(twin_live_space(), script_operand(&model->player, model->step, 0), bytes, length);
	for (size_t i = 0; i < length; i++) {
		hash = script_hash_byte(hash, bytes[i]);
	}
	return hash;
}

/* WFI, which traps (Arm ARM D17.2.37: EC 1, IL, ISS.CV and COND always). */
static void make_wait(const struct hal_context *context, struct twin_step *step)
{
	step->kind = TWIN_TRAP;
	step->value = context->pstate;
	step->trap = (struct hal_trap){.kind = HAL_TRAP_SYNC, .esr = 1U << 26 | 1U << 25 | 0x1eU << 20};
}

/* What has been branched to is zeros, or there is nothing. */
static void make_branch(const struct model_process *model, struct twin_step *step)
{
	step->kind = model->part == 0 ? TWIN_BRANCH : TWIN_UNDEFINED;
	step->address = script_branch_target(script_operand(&model->player, model->step, 0));
	step->at = model->part == 0 ? step->at : 0;
}

#define PASS_MAX (1UL << 32)

/* Nobody spins for ever: an interrupt of nothing comes. */
static void make_time(const struct model_process *model, struct twin_step *step)
{
	step->kind = model->step->kind == SCRIPT_PASS ? TWIN_PASS : TWIN_SPIN;
	step->value = script_operand(&model->player, model->step, 0) % PASS_MAX;
	if (step->kind == TWIN_SPIN) {
		twin_interrupt_spurious();
	}
}

static void make_register(const struct model_process *model, enum twin_step_kind kind, unsigned target,
			  struct twin_step *step)
{
	step->kind = kind;
	step->target = target;
	step->value = script_operand(&model->player, model->step, 0);
}

static void make(const struct model_process *model, const struct hal_context *context, struct twin_step *step)
{
	step->at = SCRIPT_POINT_ADDRESS(script_point(model->step));
	switch (model->step->kind) {
	case SCRIPT_CALL:
		make_call(model, step);
		break;
	case SCRIPT_LOAD:
		make_access(model, TWIN_LOAD, step);
		break;
	case SCRIPT_STORE:
		make_access(model, TWIN_STORE, step);
		break;
	case SCRIPT_BRANCH:
		make_branch(model, step);
		break;
	case SCRIPT_UNDEFINED:
		step->kind = TWIN_UNDEFINED;
		break;
	case SCRIPT_HASH:
		make_hash(model, step);
		break;
	case SCRIPT_REQUEST:
		make_request(model, step);
		break;
	case SCRIPT_FP_SET:
		make_register(model, TWIN_FP_LOAD, 0, step);
		break;
	case SCRIPT_FP_GET:
		make_register(model, TWIN_FP_STORE, 0, step);
		break;
	case SCRIPT_THREAD_SET:
		make_register(model, TWIN_MOVE, TWIN_REGISTER_THREAD_POINTER, step);
		break;
	case SCRIPT_THREAD_GET:
		make_register(model, TWIN_READ_THREAD_POINTER, 0, step);
		break;
	case SCRIPT_WAIT:
		make_wait(context, step);
		break;
	default:
		make_time(model, step);
		break;
	}
}

/* Does the step of the script go on with another one of the twin? */
static bool has_more_parts(const struct model_process *model)
{
	switch (model->step->kind) {
	case SCRIPT_REQUEST:
		return model->part < SCRIPT_REQUEST_WORDS;
	case SCRIPT_HASH:
		return hash_length(model) != 0 &&
		       hash_address(model) - script_operand(&model->player, model->step, 0) < hash_length(model);
	case SCRIPT_BRANCH:
		return true;
	default:
		return false;
	}
}

static uint64_t result_of(const struct model_process *model, const struct hal_context *context)
{
	switch (model->step->kind) {
	case SCRIPT_CALL:
	case SCRIPT_LOAD:
	case SCRIPT_FP_GET:
	case SCRIPT_THREAD_GET:
		return context->x[0];
	case SCRIPT_HASH:
		return hash_of(model);
	default:
		return 0;
	}
}

static bool find_step(struct model_process *model, const struct script *script)
{
	model->part = 0;
	model->copy_faults = false;
	model->player.now = model_now();
	for (;;) {
		model->step = script_next_step(&model->player, script);
		if (model->step == NULL || model->step->kind <= SCRIPT_SPIN) {
			return model->step != NULL;
		}
		world_do(model, model->step);
	}
}

bool player_next(struct model_process *model, const struct script *script, const struct hal_context *context,
		 struct twin_step *step)
{
	if (model->step != NULL) {
		model->part++;
		if (!has_more_parts(model)) {
			script_record(&model->player, model->step, result_of(model, context));
			model->step = NULL;
		}
	}
	if (model->step == NULL && !find_step(model, script)) {
		return false;
	}
	make(model, context, step);
	if (step->kind == TWIN_SVC && model->copy_faults) {
		twin_fault_copy(model->copy_fault_at);
		model_world.copy_faults++;
	}
	return true;
}
