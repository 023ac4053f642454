/*
 * Where a program starts: the kernel has set sp, pc, x0 (argc) and x1 (argv),
 * and every other register to zero.
 *
 * SAFETY: runs at EL0, where it can harm only the program itself.
 * Audited: 2026-11-22
 */
	.section .text.start, "ax"
	.globl	_start
	.type	_start, %function
_start:
	bti	c
	bl	program_start		/* does not return */
	udf	#0
	.size	_start, . - _start

	.section .note.gnu.property, "a"
	.balign	8
	.long	4, 16, 5
	.asciz	"GNU"
	.long	0xc0000000, 4, 3, 0
