/*
 * The values of the system registers: what is locked, and what a CPU's features
 * add. Pure; the backend writes them once.
 */
#ifndef CORE_CPU_REGISTERS_H
#define CORE_CPU_REGISTERS_H

#include "core/cpu/features.h"
#include "hal/cpu.h"

void cpu_registers_decide(struct hal_registers *registers, const struct cpu_features *features);

/* Prints which mitigations are on, with `verbose`. */
void cpu_registers_log(const struct hal_registers *registers);

#endif
