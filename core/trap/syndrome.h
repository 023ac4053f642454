/*
 * ESR_EL1 in words (Arm ARM D17.2.37). Pure.
 */
#ifndef CORE_TRAP_SYNDROME_H
#define CORE_TRAP_SYNDROME_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/bits.h"
#include "lib/compiler.h"

/* Exception classes that the kernel tells apart. */
enum exception_class {
	EC_UNKNOWN = 0x00,
	EC_WFX = 0x01,
	EC_FP = 0x07,
	EC_BTI = 0x0d,
	EC_ILLEGAL_STATE = 0x0e,
	EC_SVC64 = 0x15,
	EC_SYSTEM_REGISTER = 0x18,
	EC_SVE = 0x19,
	EC_PAC_FAIL = 0x1c,
	EC_SME = 0x1d,
	EC_INSTRUCTION_ABORT_LOWER = 0x20,
	EC_INSTRUCTION_ABORT = 0x21,
	EC_PC_ALIGNMENT = 0x22,
	EC_DATA_ABORT_LOWER = 0x24,
	EC_DATA_ABORT = 0x25,
	EC_SP_ALIGNMENT = 0x26,
	EC_FP_EXCEPTION = 0x2c,
	EC_SERROR = 0x2f,
	EC_BREAKPOINT_LOWER = 0x30,
	EC_STEP_LOWER = 0x32,
	EC_WATCHPOINT_LOWER = 0x34,
	EC_BRK64 = 0x3c,
};

/* ESR_EL1 of `svc #0` at EL0 in AArch64 state: the class, IL (a 32-bit instruction), immediate 0. */
#define SYNDROME_SVC_0 ((uint64_t)EC_SVC64 << 26 | K_BIT(25))

/* What an abort's fault status code says, without its level (ISS[5:0], tables D17-7 and D17-9). */
enum fault_status {
	FAULT_ADDRESS_SIZE,
	FAULT_TRANSLATION,
	FAULT_ACCESS_FLAG,
	FAULT_PERMISSION,
	FAULT_EXTERNAL,
	FAULT_ALIGNMENT,
	FAULT_TAG,
	FAULT_OTHER,
};

K_ALWAYS_INLINE unsigned syndrome_class(uint64_t esr)
{
	return (unsigned)bits_get(esr, 31, 26);
}

K_ALWAYS_INLINE uint32_t syndrome_iss(uint64_t esr)
{
	return (uint32_t)bits_get(esr, 24, 0);
}

/* A short name, such as "data-abort"; "reserved" for a class that has none here. */
const char *syndrome_class_name(unsigned exception_class);

enum fault_status syndrome_fault_status(uint64_t esr);

/* Of a data abort: was it a store (ISS.WnR)? */
bool syndrome_is_write(uint64_t esr);

/* Is FAR_EL1 meaningful for this syndrome (ISS.FnV counted)? */
bool syndrome_far_is_valid(uint64_t esr);

#endif
