/*
 * From the place that the image is linked for to the one it has moved to. Both
 * are mapped, by the same tables; the kernel takes the old one away when it is
 * at the new one (core/start/main.c). Nothing of the old stacks is kept.
 */
#include "hal_qemu_virt/assembly.h"

	.text

/*
 * In: x0 how many bytes higher the same code is. Everything that holds an address of the image is set anew: PC, SP,
 * x18, TPIDR_EL1, VBAR_EL1.
 *
 * SAFETY: called once, at boot, with interrupts masked; never returns, so no frame of the old stacks is used again.
 * A fault before VBAR_EL1 is written is reported from the old place, which is still mapped.
 * Audited: 2026-11-22
 */
	.globl	boot_move
boot_move:
	bti	c
	adr	x1, 1f
	add	x1, x1, x0
	br	x1
1:	bti	j
	adr	x1, hal_boot_cpu
	msr	tpidr_el1, x1
	adr	x1, hal_vectors
	msr	vbar_el1, x1
	isb
	adr	x1, image_stack_top
	mov	sp, x1
	adr	x18, image_shadow_stack_bottom
	mov	x29, #0
	mov	x30, #0
	b	hal_boot_moved

	branch_protection_note
