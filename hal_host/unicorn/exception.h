/*
 * What an instruction does that a program may not run, or that asks for an exception: the syndrome that the CPU reports
 * (ESR_EL1). Unicorn says only that something happened, so it is told from the instruction.
 */
#ifndef HAL_HOST_UNICORN_EXCEPTION_H
#define HAL_HOST_UNICORN_EXCEPTION_H

#include <stdbool.h>
#include <stdint.h>

#include "hal_host/twin.h"

bool exception_is_svc(uint32_t word);

/* Does it trap before it does anything: WFI or WFE; FP or SIMD while they are off? With the syndrome. */
bool exception_comes_first(uint32_t word, bool fp_is_on, uint64_t *esr);

/* The syndrome of an instruction that the CPU did not run. */
uint64_t exception_of(uint32_t word, enum twin_cpu cpu);

/* Is it MRS of a register that EL0 may read, that is 0, and that Unicorn has not: MDCCSR_EL0, as long as nothing sets
 * MDSCR_EL1.TDCC? */
bool exception_reads_zero(uint32_t word);

/* The register that an instruction names in its lowest bits, as the destination of a load or MRS. */
unsigned exception_target(uint32_t word);

/* A load or store exclusive, of one register or of a pair. */
bool exception_is_exclusive_load(uint32_t word);
bool exception_is_exclusive_store(uint32_t word);

/* The register that a store exclusive tells its status: 31 is XZR. */
unsigned exception_status_register(uint32_t word);

/* The alignment that an access with acquire or release semantics must have, which Unicorn does not look at: in bytes; 1
 * for any other instruction. */
unsigned exception_alignment(uint32_t word, enum twin_cpu cpu);

/* Of an access that must be aligned and was not: its syndrome, the register that holds the address (31: SP), and what
 * is added to it. */
uint64_t exception_of_misaligned(uint32_t word);
unsigned exception_base_register(uint32_t word);
uint64_t exception_offset(uint32_t word);

#endif
