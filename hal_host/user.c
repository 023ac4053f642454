/*
 * EL0: what the hardware checks on the way there, what traps on the way back, and what a program's steps do in between.
 */
#include "hal/user.h"

#include <string.h>

#include "hal_host/copy.h"
#include "hal_host/mmu.h"
#include "hal_host/ram.h"
#include "hal_host/registers.h"
#include "hal_host/script.h"
#include "hal_host/speculation.h"
#include "hal_host/state.h"
#include "hal_host/tlb.h"
#include "hal_host/twin.h"

/* ESR_EL1 (Arm ARM D17.2.37): exception class, IL for a 32-bit instruction, syndrome. */
#define ESR(class, syndrome) ((uint64_t)(class) << 26 | 1UL << 25 | (syndrome))
#define CLASS_UNKNOWN 0x00
#define CLASS_SVC64 0x15
#define CLASS_INSTRUCTION_ABORT 0x20
#define CLASS_PC_ALIGNMENT 0x22
#define CLASS_DATA_ABORT 0x24
#define SYNDROME_WRITE (1UL << 6) /* WnR */

/* The condition flags, all that EL0 can change by itself on every CPU. */
#define PSTATE_NZCV 0xf0000000UL

/* FAR_EL1 is UNKNOWN after an exception that does not set it: something that shows when it is used. */
#define FAR_UNKNOWN 0xfa5efa5efa5efa5eUL

static void check_entry(const struct hal_context *context, const struct hal_space *space)
{
	if (!twin.is_protected) {
		twin_abort("unprotected", "a program is entered before hal_cpu_protect");
	}
	if ((context->pstate & ~registers_pstate(twin.options.cpu)) != 0) {
		twin_abort("illegal-return", "PSTATE 0x%llx is more than EL0 may have",
			   (unsigned long long)context->pstate);
	}
	if (space->asid == 0) {
		twin_abort("asid-zero", "a program has the parked space's ASID");
	}
	if (space->root.value % RAM_FRAME_SIZE != 0 || !ram_contains(space->root.value, RAM_FRAME_SIZE)) {
		twin_abort("outside-ram", "0x%llx is no root table", (unsigned long long)space->root.value);
	}
}

static void enter(const struct hal_space *space)
{
	tlb_check_coherent();
	speculation_space_entered(space->root.value, space->asid);
	twin.mmu.ttbr0 = space->root.value | (uint64_t)space->asid << 48;
	twin.is_live = true;
	twin.space = *space;
	twin.fetch_count = 0;
}

static bool traps(struct hal_trap *trap, uint64_t esr, uint64_t far)
{
	*trap = (struct hal_trap){.kind = HAL_TRAP_SYNC, .esr = esr, .far = far};
	return true;
}

/* Does the fetch of the next instruction trap? */
static bool fetch_traps(const struct hal_context *context, struct hal_trap *trap, uint32_t *word)
{
	uint64_t physical;
	uint32_t in_memory;
	uint8_t status;

	if (context->pc % 4 != 0) {
		return traps(trap, ESR(CLASS_PC_ALIGNMENT, 0), context->pc);
	}
	if (!mmu_translate_user(context->pc, WALKER_EXECUTE, &physical, &status)) {
		return traps(trap, ESR(CLASS_INSTRUCTION_ABORT, status), context->pc);
	}
	memcpy(&in_memory, ram_bytes(physical, sizeof(in_memory)), sizeof(in_memory));
	if (!ram_code_word(physical, word) || *word != in_memory) {
		twin_abort("code-sync", "the instruction at 0x%llx was written after the last hal_code_sync",
			   (unsigned long long)context->pc);
	}
	return false;
}

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
		return traps(trap, ESR(CLASS_DATA_ABORT, twin.copy_fault.status | write), twin.copy_fault.far);
	}
	context->pc += 4;
	return false;
}

static bool svc_traps(struct hal_context *context, const struct twin_step *step, struct hal_trap *trap)
{
	memcpy(context->x, step->arguments, sizeof(step->arguments));
	context->x[8] = step->number;
	context->pc += 4;
	return traps(trap, ESR(CLASS_SVC64, step->immediate), FAR_UNKNOWN);
}

static bool move(struct hal_context *context, const struct twin_step *step)
{
	if (step->target == TWIN_REGISTER_FLAGS) {
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

static bool step_traps(struct hal_context *context, const struct twin_step *step, struct hal_trap *trap)
{
	switch (step->kind) {
	case TWIN_SVC:
		return svc_traps(context, step, trap);
	case TWIN_LOAD:
	case TWIN_STORE:
		return access_traps(context, step, trap);
	case TWIN_BRANCH:
		context->pc = step->address;
		return false;
	case TWIN_MOVE:
		return move(context, step);
	case TWIN_UNDEFINED:
		return traps(trap, ESR(CLASS_UNKNOWN, 0), FAR_UNKNOWN);
	case TWIN_TRAP:
		context->pstate = step->value;
		*trap = step->trap;
		return true;
	case TWIN_SPIN:
		break;
	}
	twin_abort("endless", "a program spins, and nothing can interrupt it");
}

static void prepare(struct hal_context *context, const struct twin_step *step)
{
	if (step->before != NULL) {
		step->before(step->owner);
	}
	if (step->registers != NULL) {
		memcpy(context->x, step->registers, sizeof(context->x));
	}
}

void hal_user_run(struct hal_context *context, const struct hal_space *space, struct hal_trap *trap)
{
	struct twin_step step;
	uint32_t word;

	check_entry(context, space);
	enter(space);
	do {
		if (fetch_traps(context, trap, &word)) {
			return;
		}
		step = script_next(space, context, word);
		prepare(context, &step);
	} while (!step_traps(context, &step, trap));
}
