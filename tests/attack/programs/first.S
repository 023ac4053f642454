/*
 * A program's first instructions, which keep every register as they find it
 * (struct first in first.c), and go on to the SDK's start-up code.
 *
 * SAFETY: runs at EL0; what it writes is the program's own.
 * Audited: 2026-11-22
 */
	.altmacro
	.macro	store_fp number
	str	q\number, [x0], #16
	.endm

	.section .text.start, "ax"
	.globl	_start
	.type	_start, %function
_start:
	bti	c
	stp	x0, x1, [sp, #-16]!
	adrp	x0, first
	add	x0, x0, :lo12:first
	stp	x2, x3, [x0, #16]
	stp	x4, x5, [x0, #32]
	stp	x6, x7, [x0, #48]
	stp	x8, x9, [x0, #64]
	stp	x10, x11, [x0, #80]
	stp	x12, x13, [x0, #96]
	stp	x14, x15, [x0, #112]
	stp	x16, x17, [x0, #128]
	stp	x18, x19, [x0, #144]
	stp	x20, x21, [x0, #160]
	stp	x22, x23, [x0, #176]
	stp	x24, x25, [x0, #192]
	stp	x26, x27, [x0, #208]
	stp	x28, x29, [x0, #224]
	ldp	x2, x1, [sp], #16
	stp	x2, x1, [x0]
	mov	x3, sp
	stp	x30, x3, [x0, #240]
	mrs	x3, nzcv
	mrs	x4, tpidr_el0
	stp	x3, x4, [x0, #256]
	mrs	x3, tpidrro_el0
	mrs	x4, fpcr
	stp	x3, x4, [x0, #272]
	mrs	x3, fpsr
	str	x3, [x0, #288]
	add	x0, x0, #304
	.set number, 0
	.rept 32
	store_fp %number
	.set number, number + 1
	.endr
	mov	x0, x2
	bl	program_start
	udf	#0
	.size	_start, . - _start

	.section .note.gnu.property, "a"
	.balign	8
	.long	4, 16, 5
	.asciz	"GNU"
	.long	0xc0000000, 4, 3, 0
