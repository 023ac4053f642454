/*
 * uint64_t sides_number(void), void sides_break(void), uint64_t sides_fp(void): see sides.h.
 */
	.altmacro
	.macro gather number
	orr	v0.16b, v0.16b, v\number\().16b
	.endm

	.text
	.globl	sides_fp
	.type	sides_fp, %function
sides_fp:
	.set number, 1
	.rept 31
	gather %number
	.set number, number + 1
	.endr
	umov	x0, v0.d[0]
	umov	x1, v0.d[1]
	mrs	x2, fpcr
	mrs	x3, fpsr
	orr	x0, x0, x1
	orr	x2, x2, x3
	orr	x0, x0, x2
	ret
	.size	sides_fp, . - sides_fp

	.p2align 12
	.globl	sides_number
	.type	sides_number, %function
sides_number:
	mov	x0, #SIDE
	ret
	.size	sides_number, . - sides_number

	.globl	sides_break
	.type	sides_break, %function
sides_break:
	.if SIDE == 1
	nop
	.else
	brk	#SIDE
	.endif
	ret
	.size	sides_break, . - sides_break
	.p2align 12
