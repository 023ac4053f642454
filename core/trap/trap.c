#include "core/trap/trap.h"

#include "abi/limits.h"
#include "core/kernel.h"
#include "core/log/log.h"
#include "core/log/panic.h"
#include "core/process/lifecycle.h"
#include "core/trap/syndrome.h"
#include "hal/cpu.h"
#include "lib/format.h"

/* Of a vector that no program's instruction leads to. */
static const char *vector_name(enum hal_trap_kind kind)
{
	if (kind == HAL_TRAP_IRQ) {
		return "el0_irq";
	}
	return kind == HAL_TRAP_FIQ ? "el0_fiq" : "el0_serror";
}

static bool is_stack_overflow(const struct process *process, uint64_t far)
{
	uint64_t bottom = process->space.stack_bottom;

	return far < bottom && far >= bottom - PANTHER_USER_GUARD;
}

static const char *kill_class(const struct process *process, const struct hal_trap *trap)
{
	unsigned ec = syndrome_class(trap->esr);

	if (trap->kind == HAL_TRAP_AARCH32) {
		return "aarch32";
	}
	if (ec == EC_DATA_ABORT_LOWER && syndrome_far_is_valid(trap->esr) && is_stack_overflow(process, trap->far)) {
		return "stack-overflow";
	}
	return syndrome_class_name(ec);
}

/* One line, decoded, that no program can forge. The addresses are the program's own values, so they tell it nothing. */
static void print_kill(const struct process *process, const struct hal_trap *trap)
{
	unsigned ec = syndrome_class(trap->esr);
	uint32_t iss = syndrome_iss(trap->esr);

	if (syndrome_far_is_valid(trap->esr)) {
		log_verdict("[KILL] pid=%" K_PRIu64 " class=%s ec=0x%02x iss=0x%x far=0x%" K_PRIx64 " elr=0x%" K_PRIx64,
			    process->pid, kill_class(process, trap), ec, iss, trap->far, process->context.pc);
	} else {
		log_verdict("[KILL] pid=%" K_PRIu64 " class=%s ec=0x%02x iss=0x%x far=- elr=0x%" K_PRIx64, process->pid,
			    kill_class(process, trap), ec, iss, process->context.pc);
	}
}

/* Programs decide how many of these lines there are, so there is a limit. */
static void report_kill(const struct process *process, const struct hal_trap *trap)
{
	uint64_t left_out;

	if (!log_limit_pass(&kernel.kill_lines, hal_time_ticks(), kernel_facts.clock.frequency, &left_out)) {
		return;
	}
	if (left_out != 0) {
		log_line("[KILL] %" K_PRIu64 " lines like the next one were left out", left_out);
	}
	print_kill(process, trap);
}

static void kill(struct process *process, const struct hal_trap *trap)
{
	report_kill(process, trap);
	lifecycle_end(process, (struct panther_exit){PANTHER_ENDED_FAULT, syndrome_class(trap->esr)});
}

/* WFI and WFE trap (SCTLR_EL1.nTWI, nTWE = 0), so that no program stops the CPU: each counts as a yield. */
static void yield_for(struct process *process)
{
	process->context.pc += 4;
	scheduler_yield(&kernel.scheduler);
}

/* The first FP or SIMD instruction of a process; with them on, this class does not come (Arm ARM D17.2.30). */
static void use_fp(struct process *process, const struct hal_trap *trap)
{
	if (process->fp != NULL) {
		kill(process, trap);
	} else {
		scheduler_enable_fp(process);
	}
}

static void handle_sync(struct process *process, const struct hal_trap *trap)
{
	switch (syndrome_class(trap->esr)) {
	case EC_SVC64: /* with an immediate other than 0, which no call has */
		syscall_answer(process, K_ENOSYS, 0);
		return;
	case EC_WFX:
		yield_for(process);
		return;
	case EC_FP:
		use_fp(process, trap);
		return;
	default:
		kill(process, trap);
		return;
	}
}

void trap_handle_other(struct process *process, struct hal_trap trap)
{
	if (trap.kind == HAL_TRAP_SYNC) {
		handle_sync(process, &trap);
	} else if (trap.kind == HAL_TRAP_AARCH32) {
		kill(process, &trap);
	} else {
		/* IRQs do not come here, FIQs are nobody's, and an SError may be the kernel's own store coming back. */
		panic("vector", "%s taken: esr=0x%" K_PRIx64 " far=0x%" K_PRIx64, vector_name(trap.kind), trap.esr,
		      trap.far);
	}
}
