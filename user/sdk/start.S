/*
 * Where a program starts: the kernel has set sp and pc, and every other
 * register to zero. Calls main and exits with what it returns.
 *
 * SAFETY: runs at EL0, where it can harm only the program itself.
 * Audited: 2026-11-22
 */
	.section .text.start, "ax"
	.globl	_start
	.type	_start, %function
_start:
	bti	c
	bl	main
	mov	x8, #0			/* exit (abi/syscalls.def) */
	svc	#0
	udf	#0			/* exit does not return */
	.size	_start, . - _start

	.section .note.gnu.property, "a"
	.balign	8
	.long	4, 16, 5
	.asciz	"GNU"
	.long	0xc0000000, 4, 3, 0
