/*
 * How a program's traps look: ESR_EL1 and FAR_EL1.
 */
#ifndef HAL_HOST_SYNDROME_H
#define HAL_HOST_SYNDROME_H

#include <stdbool.h>
#include <stdint.h>

#include "hal/context.h"

/* ESR_EL1 (Arm ARM D17.2.37): exception class, IL for a 32-bit instruction, syndrome. */
#define ESR(class, syndrome) ((uint64_t)(class) << 26 | 1UL << 25 | (syndrome))
#define CLASS_UNKNOWN 0x00
#define CLASS_FP_ACCESS 0x07
#define CLASS_SVC64 0x15
#define CLASS_INSTRUCTION_ABORT 0x20
#define CLASS_PC_ALIGNMENT 0x22
#define CLASS_DATA_ABORT 0x24
#define SYNDROME_WRITE (1UL << 6)		  /* WnR */
#define SYNDROME_ALWAYS (1UL << 24 | 0xeUL << 20) /* CV, COND: an instruction of AArch64 has no condition */

/* Registers that are UNKNOWN after an exception that does not set them: something that shows when it is used. */
#define ESR_UNKNOWN 0xe5a5e5a5e5a5e5a5UL
#define FAR_UNKNOWN 0xfa5efa5efa5efa5eUL

/* A synchronous exception. Returns true. */
static inline bool syndrome_traps(struct hal_trap *trap, uint64_t esr, uint64_t far)
{
	*trap = (struct hal_trap){.kind = HAL_TRAP_SYNC, .esr = esr, .far = far};
	return true;
}

#endif
