/*
 * The values of the system registers: what is locked, and what a CPU's features
 * add. Pure; the backend writes them once.
 */
#ifndef CORE_CPU_REGISTERS_H
#define CORE_CPU_REGISTERS_H

#include <stdbool.h>
#include <stdint.h>

#include "core/cpu/features.h"
#include "hal/cpu.h"

void cpu_registers_decide(struct hal_registers *registers, const struct cpu_features *features);

/* CPACR_EL1 while a process runs that uses FP and SIMD, and else: then they trap, and the kernel's own use with them.
 */
uint64_t cpu_registers_cpacr(bool fp);

/* Notes what the backend has set up itself, in registers that nothing changes once boot is over; for the next one. */
void cpu_registers_note(struct hal_registers *registers);

/*
 * Panics (sysreg-drift) unless the CPU has exactly what was decided and noted: `right`, with FP and SIMD for a process
 * that uses them. Where PANTHER_CHECKS is 1 that is looked at before each return to EL0: a release has no time for it.
 */
void cpu_registers_check(const struct hal_registers *right, bool fp);

/* Prints which mitigations are on, with `verbose`. */
void cpu_registers_log(const struct hal_registers *registers);

#endif
