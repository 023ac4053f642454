/*
 * The registers of Unicorn's CPU, and those of the twin's program.
 */
#ifndef HAL_HOST_UNICORN_REGISTERS_H
#define HAL_HOST_UNICORN_REGISTERS_H

#include <stdint.h>
#include <unicorn/unicorn.h>

#include "hal/context.h"

/* Takes a new CPU from EL1, where it starts, to EL0, for good: with the system registers that the kernel has set. */
void registers_enter_el0(uc_engine *engine);

/* All that a program has in the CPU, from `context` and the twin, and back; but for pc. */
void registers_load(uc_engine *engine, const struct hal_context *context);
void registers_store(uc_engine *engine, struct hal_context *context);

uint64_t registers_pc(uc_engine *engine);

/* The register that an instruction uses as an address: 31 is SP. */
uint64_t registers_address(uc_engine *engine, unsigned number);

/* Writes a general register; 31 is XZR. */
void registers_write(uc_engine *engine, unsigned number, uint64_t value);

#endif
