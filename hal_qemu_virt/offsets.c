#include "hal_qemu_virt/offsets.h"

#include <stddef.h>

#include "hal/context.h"
#include "hal_inline.h"

#define ASSERT_OFFSET(type, field, offset) _Static_assert(offsetof(struct type, field) == (offset), #type "." #field)

ASSERT_OFFSET(hal_context, x, CONTEXT_X0);
ASSERT_OFFSET(hal_context, x[30], CONTEXT_X30);
ASSERT_OFFSET(hal_context, sp, CONTEXT_SP);
ASSERT_OFFSET(hal_context, pc, CONTEXT_PC);
ASSERT_OFFSET(hal_context, pstate, CONTEXT_PSTATE);
_Static_assert(_Alignof(struct hal_context) == 16, "SP_EL1 points at a context, and SCTLR_EL1.SA checks it");

ASSERT_OFFSET(hal_cpu, canary, CPU_CANARY);
ASSERT_OFFSET(hal_cpu, kernel_sp, CPU_KERNEL_SP);
ASSERT_OFFSET(hal_cpu, kernel_fp, CPU_KERNEL_FP);
ASSERT_OFFSET(hal_cpu, shadow_sp, CPU_SHADOW_SP);
ASSERT_OFFSET(hal_cpu, parked_ttbr0, CPU_PARKED);
ASSERT_OFFSET(hal_cpu, has_keys, CPU_HAS_KEYS);
ASSERT_OFFSET(hal_cpu, kernel_key, CPU_KERNEL_KEY);
ASSERT_OFFSET(hal_cpu, user_key, CPU_USER_KEY);
ASSERT_OFFSET(hal_cpu, has_mte, CPU_HAS_MTE);

ASSERT_OFFSET(hal_fault, vector, FAULT_VECTOR);
ASSERT_OFFSET(hal_fault, x, FAULT_X0);
ASSERT_OFFSET(hal_fault, x[30], FAULT_X30);
ASSERT_OFFSET(hal_fault, sp, FAULT_SP);
ASSERT_OFFSET(hal_fault, pc, FAULT_PC);
ASSERT_OFFSET(hal_fault, pstate, FAULT_PSTATE);
ASSERT_OFFSET(hal_fault, esr, FAULT_ESR);
ASSERT_OFFSET(hal_fault, far, FAULT_FAR);

ASSERT_OFFSET(hal_fp_state, v, FP_V0);
ASSERT_OFFSET(hal_fp_state, fpcr, FP_FPCR);
ASSERT_OFFSET(hal_fp_state, fpsr, FP_FPCR + 8);
_Static_assert(sizeof(((struct hal_fp_state *)0)->v) == FP_FPCR, "registers of 16 bytes, side by side");

_Static_assert(HAL_TRAP_SYNC == TRAP_SYNC && HAL_TRAP_IRQ == TRAP_IRQ && HAL_TRAP_FIQ == TRAP_FIQ &&
		       HAL_TRAP_SERROR == TRAP_SERROR && HAL_TRAP_AARCH32 == TRAP_AARCH32,
	       "the vectors number the kinds");
