/*
 * The sixteen exception vectors (Arm ARM D1.3.1.5), each with its name.
 *
 * From EL0: SP_EL1 points at the process's context. The registers go there, and
 * the kernel continues behind its hal_user_run.
 *
 * From EL1: the kernel faulted. Nothing is assumed of SP, which may have run
 * into a guard page or still point at a context: the registers go to a static
 * record and the handler runs on a stack of its own. TPIDRRO_EL0, which is 0
 * for every program, holds x0 for those few instructions.
 */
#include "hal_qemu_virt/assembly.h"
#include "hal_qemu_virt/offsets.h"

/*
 * SAFETY: runs with interrupts masked, on entry from EL0, where SP_EL1 is the context that hal_user_run set. At most 32
 * instructions, the size of a slot; .org fails to assemble beyond that.
 * Audited: 2026-11-22
 */
	.macro	from_el0 name, kind
	.balign	128
	.globl	\name
\name:
	stp	x0, x1, [sp, #0]
	stp	x2, x3, [sp, #16]
	stp	x4, x5, [sp, #32]
	stp	x6, x7, [sp, #48]
	stp	x8, x9, [sp, #64]
	stp	x10, x11, [sp, #80]
	stp	x12, x13, [sp, #96]
	stp	x14, x15, [sp, #112]
	stp	x16, x17, [sp, #128]
	stp	x18, x19, [sp, #144]
	stp	x20, x21, [sp, #160]
	stp	x22, x23, [sp, #176]
	stp	x24, x25, [sp, #192]
	stp	x26, x27, [sp, #208]
	stp	x28, x29, [sp, #224]
	mrs	x9, sp_el0
	mrs	x10, elr_el1
	mrs	x11, spsr_el1
	stp	x30, x9, [sp, #CONTEXT_X30]
	stp	x10, x11, [sp, #CONTEXT_PC]
	mov	x2, #\kind
	b	hal_user_return
	.org	\name + 128
	.endm

/*
 * SAFETY: touches no stack and no register before it is saved.
 * Audited: 2026-11-22
 */
	.macro	from_el1 name
	.balign	128
	.globl	\name
\name:
	msr	tpidrro_el0, x0
	adr	x0, hal_fault_record
	stp	x1, x2, [x0, #FAULT_X0 + 8]
	adr	x1, \name\()_text
	str	x1, [x0, #FAULT_VECTOR]
	b	save_fault
	.org	\name + 128
	.endm

/*
 * SAFETY: VBAR_EL1 points here from the first moment in the kernel's half; aligned to 2 KiB, as VBAR_EL1 demands.
 * Audited: 2026-11-22
 */
	.section .text.vectors, "ax"
	.balign	2048
	.globl	hal_vectors
hal_vectors:
	from_el1 el1t_sync
	from_el1 el1t_irq
	from_el1 el1t_fiq
	from_el1 el1t_serror
	from_el1 el1h_sync
	from_el1 el1h_irq
	from_el1 el1h_fiq
	from_el1 el1h_serror
	from_el0 el0_64_sync, TRAP_SYNC
	from_el0 el0_64_irq, TRAP_IRQ
	from_el0 el0_64_fiq, TRAP_FIQ
	from_el0 el0_64_serror, TRAP_SERROR
	from_el0 el0_32_sync, TRAP_AARCH32
	from_el0 el0_32_irq, TRAP_AARCH32
	from_el0 el0_32_fiq, TRAP_AARCH32
	from_el0 el0_32_serror, TRAP_AARCH32

/*
 * In: x0 the record, x0 of the fault in TPIDRRO_EL0, x1 and x2 saved. Calls hal_fault_handle(record) on the fault stack; if that returns, the
 * fault was foreseen (a user copy), and the record says where to go on.
 *
 * SAFETY: the record and the fault stack have one user at a time: interrupts are masked, and a fault in here ends in
 * a panic that says so. The shadow call stack goes on from where it was, or from its start if x18 is not in it.
 * Audited: 2026-11-22
 */
save_fault:
	stp	x3, x4, [x0, #FAULT_X0 + 24]
	stp	x5, x6, [x0, #FAULT_X0 + 40]
	stp	x7, x8, [x0, #FAULT_X0 + 56]
	stp	x9, x10, [x0, #FAULT_X0 + 72]
	stp	x11, x12, [x0, #FAULT_X0 + 88]
	stp	x13, x14, [x0, #FAULT_X0 + 104]
	stp	x15, x16, [x0, #FAULT_X0 + 120]
	stp	x17, x18, [x0, #FAULT_X0 + 136]
	stp	x19, x20, [x0, #FAULT_X0 + 152]
	stp	x21, x22, [x0, #FAULT_X0 + 168]
	stp	x23, x24, [x0, #FAULT_X0 + 184]
	stp	x25, x26, [x0, #FAULT_X0 + 200]
	stp	x27, x28, [x0, #FAULT_X0 + 216]
	stp	x29, x30, [x0, #FAULT_X0 + 232]
	mrs	x1, tpidrro_el0
	msr	tpidrro_el0, xzr
	mov	x2, sp
	mrs	x3, elr_el1
	mrs	x4, spsr_el1
	mrs	x5, esr_el1
	mrs	x6, far_el1
	str	x1, [x0, #FAULT_X0]
	stp	x2, x3, [x0, #FAULT_SP]
	stp	x4, x5, [x0, #FAULT_PSTATE]
	str	x6, [x0, #FAULT_FAR]
	mov	x19, x0
	mov	x20, x2
	adr	x1, hal_boot_cpu
	msr	tpidr_el1, x1			/* the report needs a canary, even if that is what was lost */
	ldr	x2, [x1, #CPU_HAS_KEYS]
	cbz	x2, 1f
	/* The fault may have come with a process's key in the CPU, just before its ERET. */
	ldr	x2, [x1, #CPU_KERNEL_KEY]
	ldr	x3, [x1, #CPU_KERNEL_KEY + 8]
	msr	s3_0_c2_c1_0, x2		/* APIAKeyLo_EL1 */
	msr	s3_0_c2_c1_1, x3		/* APIAKeyHi_EL1 */
	isb
1:	adr	x1, image_fault_stack_top
	mov	sp, x1
	adr	x1, image_shadow_stack_bottom
	sub	x2, x18, x1
	cmp	x2, #2048			/* half of its page: the other half is left for the handler */
	csel	x18, x18, x1, lo
	mov	x29, #0
	bl	hal_fault_handle

	/* Foreseen: back to the fixup, with every register as it was. */
	ldp	x3, x4, [x19, #FAULT_PC]
	msr	elr_el1, x3
	msr	spsr_el1, x4
	mov	sp, x20
	mov	x0, x19
	ldp	x1, x2, [x0, #FAULT_X0 + 8]
	ldp	x3, x4, [x0, #FAULT_X0 + 24]
	ldp	x5, x6, [x0, #FAULT_X0 + 40]
	ldp	x7, x8, [x0, #FAULT_X0 + 56]
	ldp	x9, x10, [x0, #FAULT_X0 + 72]
	ldp	x11, x12, [x0, #FAULT_X0 + 88]
	ldp	x13, x14, [x0, #FAULT_X0 + 104]
	ldp	x15, x16, [x0, #FAULT_X0 + 120]
	ldp	x17, x18, [x0, #FAULT_X0 + 136]
	ldp	x19, x20, [x0, #FAULT_X0 + 152]
	ldp	x21, x22, [x0, #FAULT_X0 + 168]
	ldp	x23, x24, [x0, #FAULT_X0 + 184]
	ldp	x25, x26, [x0, #FAULT_X0 + 200]
	ldp	x27, x28, [x0, #FAULT_X0 + 216]
	ldp	x29, x30, [x0, #FAULT_X0 + 232]
	ldr	x0, [x0, #FAULT_X0]
	eret

	.section .rodata.vectors, "a"
	.irp	name, el1t_sync, el1t_irq, el1t_fiq, el1t_serror, el1h_sync, el1h_irq, el1h_fiq, el1h_serror
\name\()_text:
	.asciz	"\name"
	.endr

	branch_protection_note
