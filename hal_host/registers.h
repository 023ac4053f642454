/*
 * The system registers of the modelled CPUs: what they read as, and which values are safe to write.
 */
#ifndef HAL_HOST_REGISTERS_H
#define HAL_HOST_REGISTERS_H

#include <stdbool.h>
#include <stdint.h>

#include "hal/cpu.h"
#include "hal_host/twin.h"
#include "hal_host/walker.h"

const struct hal_id_registers *registers_of(enum twin_cpu cpu);

/* The PSTATE bits that may differ from zero at EL0: no mode, no mask, no single step. */
uint64_t registers_pstate(enum twin_cpu cpu);

/* Abort ("registers", "secrets") unless every value is the one that this CPU must have. */
void registers_check(enum twin_cpu cpu, const struct hal_registers *registers);
void registers_check_walks(enum twin_cpu cpu, const struct walker_registers *registers);
void registers_check_cpacr(enum twin_cpu cpu, uint64_t cpacr);
void registers_check_secrets(const struct hal_secrets *secrets, bool has_pac);

#endif
