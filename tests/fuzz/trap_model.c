#include "tests/fuzz/trap_model.h"

#include <stdio.h>

#define ISS_MASK 0x1ffffff
#define SVC_0 0x56000000 /* class 0x15, IL, immediate 0 */
#define FNV (1 << 10)	 /* FAR not valid, in the ISS of an abort */
#define STACK_GUARD 0x10000

enum {
	WAIT = 0x01,
	FP = 0x07,
	SVC = 0x15,
	INSTRUCTION_ABORT = 0x20,
	INSTRUCTION_ABORT_SAME = 0x21,
	PC_ALIGNMENT = 0x22,
	DATA_ABORT = 0x24,
	DATA_ABORT_SAME = 0x25,
	WATCHPOINT = 0x34,
	CLASSES = 64,
};

/* Those that the kernel has a name for; the others it calls reserved. */
static const char *const names[CLASSES] = {
	[0x00] = "undefined",
	[WAIT] = "wait",
	[FP] = "fp",
	[0x0d] = "branch-target",
	[0x0e] = "illegal-state",
	[SVC] = "svc",
	[0x18] = "system-register",
	[0x19] = "sve",
	[0x1c] = "pac",
	[0x1d] = "sme",
	[INSTRUCTION_ABORT] = "instruction-abort",
	[INSTRUCTION_ABORT_SAME] = "instruction-abort",
	[PC_ALIGNMENT] = "pc-alignment",
	[DATA_ABORT] = "data-abort",
	[DATA_ABORT_SAME] = "data-abort",
	[0x26] = "sp-alignment",
	[0x2c] = "fp-exception",
	[0x2f] = "serror",
	[0x30] = "breakpoint",
	[0x32] = "step",
	[WATCHPOINT] = "watchpoint",
	[0x3c] = "brk",
};

unsigned trap_class(const struct hal_trap *trap)
{
	return (unsigned)(trap->esr >> 26) % CLASSES;
}

static enum trap_outcome judge_exception(const struct trap_process *process, const struct hal_trap *trap)
{
	switch (trap_class(trap)) {
	case SVC:
		return trap->esr == SVC_0 ? TRAP_CALL : TRAP_NONE;
	case WAIT:
		return TRAP_YIELD;
	case FP: /* does not come again once FP is on */
		return process->has_fp ? TRAP_KILL : TRAP_USE_FP;
	default:
		return TRAP_KILL;
	}
}

enum trap_outcome trap_judge(const struct trap_process *process, const struct hal_trap *trap)
{
	switch (trap->kind) {
	case HAL_TRAP_SYNC:
		return judge_exception(process, trap);
	case HAL_TRAP_AARCH32:
		return TRAP_KILL;
	case HAL_TRAP_IRQ:
		return TRAP_RESUME;
	case HAL_TRAP_FIQ:
	case HAL_TRAP_SERROR:
		break;
	}
	return TRAP_PANIC;
}

static bool has_far(const struct hal_trap *trap)
{
	switch (trap_class(trap)) {
	case INSTRUCTION_ABORT:
	case INSTRUCTION_ABORT_SAME:
	case DATA_ABORT:
	case DATA_ABORT_SAME:
	case WATCHPOINT:
		return (trap->esr & FNV) == 0;
	case PC_ALIGNMENT:
		return true;
	default:
		return false;
	}
}

static const char *name_of(const struct trap_process *process, const struct hal_trap *trap)
{
	unsigned exception_class = trap_class(trap);

	if (trap->kind == HAL_TRAP_AARCH32) {
		return "aarch32";
	}
	if (exception_class == DATA_ABORT && has_far(trap) && trap->far < process->stack_bottom &&
	    trap->far >= process->stack_bottom - STACK_GUARD) {
		return "stack-overflow";
	}
	return names[exception_class] == NULL ? "reserved" : names[exception_class];
}

void trap_kill_line(const struct trap_process *process, const struct hal_trap *trap, char line[TRAP_LINE_MAX])
{
	char far[24] = "-";

	if (has_far(trap)) {
		snprintf(far, sizeof(far), "0x%llx", (unsigned long long)trap->far);
	}
	snprintf(line, TRAP_LINE_MAX, "[KILL] pid=%llu class=%s ec=0x%02x iss=0x%llx far=%s elr=0x%llx\n",
		 (unsigned long long)process->pid, name_of(process, trap), trap_class(trap),
		 (unsigned long long)(trap->esr & ISS_MASK), far, (unsigned long long)process->pc);
}

void trap_panic_line(const struct hal_trap *trap, char line[TRAP_LINE_MAX])
{
	snprintf(line, TRAP_LINE_MAX, "KPANIC[vector] %s taken: esr=0x%llx far=0x%llx\n",
		 trap->kind == HAL_TRAP_FIQ ? "el0_fiq" : "el0_serror", (unsigned long long)trap->esr,
		 (unsigned long long)trap->far);
}

uint64_t trap_pstate(enum twin_cpu cpu)
{
	const uint64_t flags = (uint64_t)0xf << 28; /* NZCV */
	/* DIT of FEAT_DIT, SSBS of FEAT_SSBS, BTYPE of FEAT_BTI; without memory for tags QEMU's max has no FEAT_MTE2.
	 */
	const uint64_t features = (uint64_t)1 << 24 | (uint64_t)1 << 12 | (uint64_t)3 << 10;

	return cpu == TWIN_CPU_MAX ? flags | features : flags;
}
