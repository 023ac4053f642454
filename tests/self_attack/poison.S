/*
 * The kernel's loop is the real one here: before each return to EL0 it compares the CPU's registers, and the linker puts
 * this in front of the comparison (--wrap). It comes back with all of the kernel's stack that is not in use, down to the
 * guard, full of a pattern: what the kernel finds there at the next trap is nobody's value.
 *
 * SAFETY: writes only from the stack's bottom to sp, where nothing is in use once this has no frame any more;
 * interrupts are masked. Audited: 2026-11-23
 */
#include "hal_qemu_virt/assembly.h"

#define POISON 0x5ad5 /* four times in a word */

	.text
	function __wrap_cpu_registers_check
	stp	x29, x30, [sp, #-16]!
	mov	x29, sp
	bl	__real_cpu_registers_check
	bl	kbug_before_el0
	ldp	x29, x30, [sp], #16
	adr	x9, image_stack_bottom
	mov	x10, #POISON
	orr	x10, x10, x10, lsl #16
	orr	x10, x10, x10, lsl #32
	mov	x11, sp
1:	stp	x10, x10, [x9], #16
	cmp	x9, x11
	b.lo	1b
	ret
	end_function __wrap_cpu_registers_check

	branch_protection_note
