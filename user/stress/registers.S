/*
 * uint64_t registers_keep(uint64_t seed, uint64_t rounds): see registers.h.
 * Register n is to hold seed + n in both halves, FPSR.IDC and FPSR.QC the seed's
 * low bit, TPIDR_EL0 the seed.
 *
 * SAFETY: uses registers only; d8 to d15, which the caller owns, are stored on
 * the stack and put back.
 * Audited: 2026-11-22
 */
#define FPSR_BITS 0x08000080	/* QC, IDC: Arm ARM C5.2.10 */

	.altmacro
	.macro each what
	.set number, 0
	.rept 32
	\what %number
	.set number, number + 1
	.endr
	.endm

	.macro fill number
	add	x9, x10, #\number
	dup	v\number\().2d, x9
	.endm

	/* x0 counts the registers that are not as they were. */
	.macro judge number
	add	x9, x10, #\number
	umov	x11, v\number\().d[0]
	umov	x12, v\number\().d[1]
	cmp	x11, x9
	ccmp	x12, x9, #0, eq
	cinc	x0, x0, ne
	.endm

	.text
	.globl	registers_keep
	.type	registers_keep, %function
registers_keep:
	bti	c
	stp	d8, d9, [sp, #-64]!
	stp	d10, d11, [sp, #16]
	stp	d12, d13, [sp, #32]
	stp	d14, d15, [sp, #48]
	mov	x10, x0
	mov	x13, x1
	each	fill
	mov	w14, #(FPSR_BITS & 0xffff)
	movk	w14, #(FPSR_BITS >> 16), lsl #16
	tst	x10, #1
	csel	x14, x14, xzr, ne
	msr	fpsr, x14
	mrs	x15, tpidr_el0
	msr	tpidr_el0, x10
1:	cbz	x13, 2f
	mov	x8, #4			/* yield (abi/syscalls.def) */
	svc	#0
	sub	x13, x13, #1
	b	1b
2:	mov	x0, #0
	each	judge
	mrs	x9, fpsr
	cmp	x9, x14
	cinc	x0, x0, ne
	mrs	x9, tpidr_el0
	cmp	x9, x10
	cinc	x0, x0, ne
	msr	tpidr_el0, x15
	ldp	d10, d11, [sp, #16]
	ldp	d12, d13, [sp, #32]
	ldp	d14, d15, [sp, #48]
	ldp	d8, d9, [sp], #64
	ret
	.size	registers_keep, . - registers_keep

	.section .note.gnu.property, "a"
	.balign	8
	.long	4, 16, 5
	.asciz	"GNU"
	.long	0xc0000000, 4, 3, 0
