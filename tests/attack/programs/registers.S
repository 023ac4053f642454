/*
 * Registers that a neighbour must not see or change: see registers.h.
 *
 * SAFETY: uses registers only; what the caller owns is stored on the stack and
 * put back.
 * Audited: 2026-11-22
 */
#define SYS_YIELD 4		/* abi/syscalls.def */
#define FPSR_BITS 0x08000080	/* QC, IDC: Arm ARM C5.2.10 */
#define FPCR_BITS 0x03c00000	/* AHP is left out; DN, FZ, RMode: Arm ARM C5.2.8 */
#define DIT S3_3_C4_C2_5
#define SSBS S3_3_C4_C2_6
#define TCO S3_3_C4_C2_7
/* Their bits are where PSTATE has them. */
#define DIT_BIT 24
#define SSBS_BIT 12
#define TCO_BIT 25

	.macro	entry name
	.globl	\name
	.type	\name, %function
	.balign	16
\name:
	bti	c
	.endm

	.altmacro
	.macro each what
	.set number, 0
	.rept 32
	\what %number
	.set number, number + 1
	.endr
	.endm

	/* Register n holds seed + n in both halves. */
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

	/* x19 says where to. */
	.macro store_pair number, next
	stp	x\number, x\next, [x19, #(8 * \number)]
	.endm

	.text
	entry	registers_keep_fp
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
	mov	w15, #FPCR_BITS
	csel	x15, x15, xzr, ne
	msr	fpcr, x15
	mov	x7, x2
1:	cbz	x13, 2f
	sub	x13, x13, #1
	cbnz	x7, 1b			/* without calls: the timer takes the CPU away */
	mov	x8, #SYS_YIELD
	svc	#0
	b	1b
2:	mov	x0, #0
	each	judge
	mrs	x9, fpsr
	cmp	x9, x14
	cinc	x0, x0, ne
	mrs	x9, fpcr
	cmp	x9, x15
	cinc	x0, x0, ne
	msr	fpcr, xzr
	ldp	d10, d11, [sp, #16]
	ldp	d12, d13, [sp, #32]
	ldp	d14, d15, [sp, #48]
	ldp	d8, d9, [sp], #64
	ret

/* One round: the value goes in, others run, what comes out is compared. */
	.macro	keep register, bit
	tbz	x13, #\bit, 3f
	and	x9, x10, #(1 << \bit)
	msr	\register, x9
3:
	.endm

	.macro	kept register, bit
	tbz	x13, #\bit, 4f
	mrs	x11, \register
	and	x9, x10, #(1 << \bit)
	cmp	x11, x9
	cinc	x14, x14, ne
4:
	.endm

	entry	registers_keep_flags
	mov	x10, x0
	mov	x12, x1
	mov	x13, x2
	mov	x15, x3
	mov	x14, #0
1:	cbz	x12, 2f
	sub	x12, x12, #1
	keep	DIT, DIT_BIT
	keep	SSBS, SSBS_BIT
	keep	TCO, TCO_BIT
	and	x9, x10, #0xf0000000
	msr	nzcv, x9
	cbnz	x15, 5f
	mov	x8, #SYS_YIELD
	svc	#0
	b	6f
5:	mov	x16, x15		/* without calls, for so long */
7:	sub	x16, x16, #1
	cbnz	x16, 7b
6:	mrs	x11, nzcv
	and	x9, x10, #0xf0000000
	cmp	x11, x9
	cinc	x14, x14, ne
	kept	DIT, DIT_BIT
	kept	SSBS, SSBS_BIT
	kept	TCO, TCO_BIT
	b	1b
2:	mov	x0, x14
	ret

	entry	registers_keep_sp
	mov	x9, sp
	mov	sp, x0
1:	sub	x1, x1, #1
	cbnz	x1, 1b
	mov	x0, sp
	mov	sp, x9
	ret

	entry	registers_set_thread_pointer
	msr	tpidr_el0, x0
	ret

	entry	registers_thread_pointer
	mrs	x0, tpidr_el0
	ret

	/* x19 has what is needed afterwards. All others the caller may lose are zero before, but for arguments. */
	entry	registers_call
	stp	x19, x30, [sp, #-16]!
	mov	x19, x1
	ldp	x8, x9, [x0]
	ldp	x1, x2, [x0, #16]
	ldr	x3, [x0, #32]
	mov	x0, x9
	.irp	number, 4, 5, 6, 7, 9, 10, 11, 12, 13, 14, 15, 16, 17
	mov	x\number, #0
	.endr
	svc	#0
	.irp	number, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28
	store_pair \number, %(\number + 1)
	.endr
	str	x30, [x19, #240]
	ldp	x19, x30, [sp], #16
	ret

	.section .note.gnu.property, "a"
	.balign	8
	.long	4, 16, 5
	.asciz	"GNU"
	.long	0xc0000000, 4, 3, 0
