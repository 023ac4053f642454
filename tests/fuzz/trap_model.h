/*
 * What becomes of a trap from EL0, by the Arm ARM (D17.2.37 and what it refers to) and docs/ARCHITECTURE.md, "Traps".
 * Nothing here is the kernel's own.
 */
#ifndef TESTS_FUZZ_TRAP_MODEL_H
#define TESTS_FUZZ_TRAP_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hal/context.h"
#include "hal_host/twin.h"

enum trap_outcome {
	TRAP_CALL,   /* `svc #0`: a system call */
	TRAP_NONE,   /* another svc: -ENOSYS */
	TRAP_YIELD,  /* skipped, and somebody else's turn */
	TRAP_USE_FP, /* the process has FP registers from now on, and goes on where it was */
	TRAP_RESUME, /* the process goes on */
	TRAP_KILL,
	TRAP_PANIC,
};

/* What is known of the process that took it. */
struct trap_process {
	uint64_t pid;
	uint64_t pc;
	uint64_t stack_bottom;
	bool has_fp;
};

enum trap_outcome trap_judge(const struct trap_process *process, const struct hal_trap *trap);

/* The exception class, ESR_EL1[31:26]. */
unsigned trap_class(const struct hal_trap *trap);

/* The line that says that the process was killed, or the first one of the panic, with its line end. */
#define TRAP_LINE_MAX 256
void trap_kill_line(const struct trap_process *process, const struct hal_trap *trap, char line[TRAP_LINE_MAX]);
void trap_panic_line(const struct hal_trap *trap, char line[TRAP_LINE_MAX]);

/* The bits of SPSR_EL1 that a program keeps (C5.2.19): what EL0 can change by itself on that CPU. */
uint64_t trap_pstate(enum twin_cpu cpu);

#endif
