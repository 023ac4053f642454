/*
 * Instructions that the host chooses (instructions.h): the table is code, so it lies among it.
 *
 * SAFETY: runs at EL0, where it can harm only the program itself.
 * Audited: 2026-11-22
 */
	.text
	.globl	attempt_run
	.type	attempt_run, %function
	.balign	16
attempt_run:
	bti	c
	stp	x29, x30, [sp, #-16]!
	mov	x9, x0
	mov	x10, x1
	ldp	x0, x1, [x10]
	ldp	x2, x3, [x10, #16]
	blr	x9
	ldp	x29, x30, [sp], #16
	ret

	.globl	attempts
	.type	attempts, %object
	.balign	16
attempts:
	.space	ATTEMPTS_SIZE
	.size	attempts, . - attempts

	.section .note.gnu.property, "a"
	.balign	8
	.long	4, 16, 5
	.asciz	"GNU"
	.long	0xc0000000, 4, 3, 0
