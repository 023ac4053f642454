/*
 * What every assembly file of the image begins and ends with.
 */
#ifndef HAL_QEMU_VIRT_ASSEMBLY_H
#define HAL_QEMU_VIRT_ASSEMBLY_H

/* Assembly, not C. */
/* clang-format off */

/* A function that C calls, and that nothing reaches through a pointer without its landing pad. */
	.macro	function name
	.globl	\name
	.type	\name, %function
	.balign	16
\name:
	bti	c
	.endm

	.macro	end_function name
	.size	\name, . - \name
	.endm

/* Any 64-bit constant, without a literal that would need a relocation. */
	.macro	load_constant register, value
	movz	\register, #(\value) & 0xffff
	movk	\register, #((\value) >> 16) & 0xffff, lsl #16
	movk	\register, #((\value) >> 32) & 0xffff, lsl #32
	movk	\register, #((\value) >> 48) & 0xffff, lsl #48
	.endm

/*
 * Tells the linker that this object keeps to branch target identification and pointer authentication
 * (GNU_PROPERTY_AARCH64_FEATURE_1_AND, ELF for the Arm 64-bit Architecture, section "Program Property").
 */
	.macro	branch_protection_note
	.section .note.gnu.property, "a"
	.balign	8
	.long	4		/* size of "GNU" */
	.long	16		/* size of the property */
	.long	5		/* NT_GNU_PROPERTY_TYPE_0 */
	.asciz	"GNU"
	.long	0xc0000000	/* GNU_PROPERTY_AARCH64_FEATURE_1_AND */
	.long	4
	.long	3		/* BTI and PAC */
	.long	0
	.endm

#endif
