/*
 * EL0: what the hardware checks on the way there, and what traps on the way back.
 */
#include "hal/user.h"

#include <string.h>

#include "core/kernel.h"
#include "hal/mmu.h"
#include "hal_host/fetch.h"
#include "hal_host/interrupt.h"
#include "hal_host/keys.h"
#include "hal_host/mmu.h"
#include "hal_host/ram.h"
#include "hal_host/registers.h"
#include "hal_host/sanitizer.h"
#include "hal_host/script.h"
#include "hal_host/speculation.h"
#include "hal_host/state.h"
#include "hal_host/steps.h"
#include "hal_host/syndrome.h"
#include "hal_host/tlb.h"
#include "hal_host/twin.h"

static void check_entry(const struct hal_context *context, const struct hal_space *space)
{
	if (!twin.is_protected) {
		twin_abort("unprotected", "a program is entered before hal_cpu_protect");
	}
	if ((context->pstate & ~registers_pstate(twin.options.cpu)) != 0) {
		twin_abort("illegal-return", "PSTATE 0x%llx is more than EL0 may have",
			   (unsigned long long)context->pstate);
	}
	interrupt_check_balance("a program is entered");
	interrupt_forget_vain_claims();
	if (twin.registers.has_pac) {
		keys_check(space->root.value);
	}
}

static void check_space(const struct hal_space *space)
{
	mmu_check_asid(space->asid);
	if (space->root.value % RAM_FRAME_SIZE != 0 || !ram_contains(space->root.value, RAM_FRAME_SIZE)) {
		twin_abort("outside-ram", "0x%llx is no root table", (unsigned long long)space->root.value);
	}
}

void hal_space_enter(const struct hal_space *space)
{
	check_space(space);
	tlb_check_coherent();
	speculation_space_entered(space->root.value, space->asid);
	twin.mmu.ttbr0 = space->root.value | space->asid << 48;
	twin.is_live = true;
	twin.space = *space;
	twin.fetches.count = 0;
	twin.stores.count = 0;
}

static bool interrupt_traps(struct hal_trap *trap)
{
	if (!interrupt_is_pending()) {
		return false;
	}
	interrupt_was_taken();
	*trap = (struct hal_trap){.kind = HAL_TRAP_IRQ, .esr = ESR_UNKNOWN, .far = FAR_UNKNOWN};
	return true;
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

/* A step that is played elsewhere: the program goes there first. Does the fetch there trap? */
static bool going_traps(struct hal_context *context, const struct twin_step *step, struct hal_trap *trap)
{
	uint32_t word;

	if (step->at == 0 || step->at == context->pc) {
		return false;
	}
	context->pc = step->at;
	return fetch_traps(context, trap, &word);
}

/* The twin's own engine: the next step of the program's driver. */
static bool play_step(struct hal_context *context, struct hal_trap *trap)
{
	struct twin_step step;
	uint32_t word;

	if (fetch_traps(context, trap, &word)) {
		return true;
	}
	step = script_next(context, word);
	twin_advance(twin.step_ticks);
	prepare(context, &step);
	return going_traps(context, &step, trap) || steps_play(context, &step, trap);
}

void twin_use_engine(twin_engine *engine)
{
	twin.engine = engine;
}

/* hal_user_run is a function here, which comes back by itself. */
void hal_user_prepare(void)
{
}

/* What an earlier call left in the kernel's buffers is no later call's to give away. */
static void forget_buffers(void)
{
	sanitizer_forget(kernel.bounce, sizeof(kernel.bounce));
	sanitizer_forget(&kernel.request, sizeof(kernel.request));
}

/* Interrupts come between instructions, and before any fault of the next one (Arm ARM D1.3.6). */
void hal_user_run(struct hal_context *context, const struct hal_space *space, struct hal_trap *trap)
{
	twin_engine *engine = twin.engine != NULL ? twin.engine : play_step;

	check_entry(context, space);
	hal_space_enter(space);
	forget_buffers();
	do {
		if (interrupt_traps(trap)) {
			return;
		}
	} while (!engine(context, trap));
}
