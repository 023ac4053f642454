/*
 * Offsets of struct fields, for assembly. offsets.c asserts each against the
 * struct itself.
 */
#ifndef HAL_QEMU_VIRT_OFFSETS_H
#define HAL_QEMU_VIRT_OFFSETS_H

/* struct hal_context */
#define CONTEXT_X0 0
#define CONTEXT_X30 240
#define CONTEXT_SP 248
#define CONTEXT_PC 256
#define CONTEXT_PSTATE 264

/* struct hal_cpu, which TPIDR_EL1 points to */
#define CPU_CANARY 0
#define CPU_KERNEL_SP 8
#define CPU_KERNEL_FP 16
#define CPU_SHADOW_SP 24
#define CPU_PARKED 32
#define CPU_HAS_KEYS 48
#define CPU_KERNEL_KEY 56
#define CPU_USER_KEY 72
#define CPU_HAS_MTE 88

/* struct hal_fault */
#define FAULT_VECTOR 0
#define FAULT_X0 8
#define FAULT_X30 248
#define FAULT_SP 256
#define FAULT_PC 264
#define FAULT_PSTATE 272
#define FAULT_ESR 280
#define FAULT_FAR 288

/* struct hal_fp_state: V0 to V31, 16 bytes each, then both control registers */
#define FP_V0 0
#define FP_FPCR 512

/* enum hal_trap_kind */
#define TRAP_SYNC 0
#define TRAP_IRQ 1
#define TRAP_FIQ 2
#define TRAP_SERROR 3
#define TRAP_AARCH32 4

#endif
