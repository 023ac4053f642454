/*
 * uint64_t traps_run(uint64_t number, const struct traps_registers *registers): see traps.h.
 */
	.arch	armv9-a+crc+memtag+predres+sme
	.text
	.globl	traps_run
	.type	traps_run, %function
traps_run:
	stp	x29, x30, [sp, #-16]!
	mov	x29, sp
	adrp	x9, slots
	add	x9, x9, :lo12:slots
	add	x9, x9, x0, lsl #5
	mov	x10, x1
	ldp	x0, x1, [x10]
	ldp	x2, x3, [x10, #16]
	ldp	x4, x5, [x10, #32]
	blr	x9
	mov	sp, x29
	ldp	x29, x30, [sp], #16
	ret
	.size	traps_run, . - traps_run

	/* At most seven instructions, behind the way back from the slot before. */
	.macro	slot	text:vararg
	ret
	.p2align 5
	\text
	.endm

	.p2align 5
	.set slots, . + 32
	/* What EL0 could be given. */
	slot	mrs x0, ctr_el0
	slot	mrs x0, dczid_el0
	slot	dc zva, x0
	slot	dc cvac, x0
	slot	dc cvau, x0
	slot	dc civac, x0
	slot	ic ivau, x0
	slot	mrs x0, daif
	slot	msr daif, x4
	/* Not DAIFSet and DAIFClr: QEMU 7.2 swaps op1 and op2 in their syndrome. */
	slot	mrs x0, cntfrq_el0
	slot	mrs x0, cntpct_el0
	slot	mrs x0, cntvct_el0
	slot	mrs x0, cntp_ctl_el0
	slot	msr cntv_cval_el0, x4
	slot	msr cntfrq_el0, x4
	slot	mrs x0, pmcr_el0
	slot	msr pmcntenset_el0, x4
	slot	msr pmswinc_el0, x4
	slot	.inst 0xd53b9c80 /* mrs x0, pmswinc_el0, which can only be written */
	slot	mrs x0, pmovsclr_el0
	slot	msr pmselr_el0, x4
	slot	mrs x0, pmceid0_el0
	slot	.inst 0xd51b9ce4 /* msr pmceid1_el0, x4, which can only be read */
	slot	mrs x0, pmccntr_el0
	slot	msr pmxevtyper_el0, x4
	slot	mrs x0, pmxevcntr_el0
	slot	mrs x0, s3_3_c9_c13_3 /* no register; nor are the next four */
	slot	msr s3_3_c9_c13_7, x4
	slot	mrs x0, s3_3_c9_c14_1
	slot	mrs x0, s3_3_c14_c2_3
	slot	msr s3_3_c14_c3_3, x4
	slot	mrs x0, pmovsset_el0
	slot	mrs x0, pmevcntr0_el0
	slot	mrs x0, pmevcntr5_el0
	slot	mrs x0, pmevcntr6_el0 /* there are six */
	slot	msr pmevtyper5_el0, x4
	slot	msr pmevtyper6_el0, x4
	slot	mrs x0, pmccfiltr_el0
	slot	mrs x0, pmuserenr_el0
	slot	msr pmuserenr_el0, x4
	slot	mrs x0, tpidrro_el0
	slot	msr tpidrro_el0, x4
	slot	mrs x0, mdccsr_el0
	slot	mrs xzr, mdccsr_el0; mov x0, sp; sub x0, x0, x29
	slot	mrs x0, dbgdtrrx_el0
	slot	wfi
	slot	wfe
	slot	yield

	/* What it can't. */
	slot	mrs x0, midr_el1
	slot	mrs x0, id_aa64pfr0_el1
	slot	mrs x0, s3_0_c0_c7_7
	slot	mrs x0, s3_0_c0_c8_0
	slot	mrs x0, s3_1_c0_c7_7
	slot	mrs x0, s3_3_c0_c0_2
	slot	msr s3_3_c0_c0_2, x4
	slot	mrs x0, sctlr_el1
	slot	msr ttbr0_el1, x4
	slot	mrs x0, tpidr_el1
	slot	mrs x0, currentel
	slot	msr spsel, #1
	slot	dc isw, x4
	slot	tlbi vmalle1
	slot	at s1e0r, x0
	slot	eret
	slot	drps
	slot	hvc #0
	slot	smc #0
	slot	hlt #0
	slot	dcps1
	slot	.inst 0xffffffff
	slot	udf #7

	/* Exceptions that are asked for. */
	slot	brk #0x1234
	slot	svc #5

	/* Data aborts. */
	slot	ldr x0, [x4]
	slot	ldrb w0, [x2]
	slot	str x4, [x2]
	slot	str x4, [x1]
	slot	ldr x0, [x5]
	slot	ldr x0, [x3]
	slot	ldr x0, [x3, #-4]!
	slot	str x4, [x3, #-4]!
	slot	ldp x9, x10, [x3, #-8]
	slot	stp x4, x4, [x3, #-8]
	slot	ldr x0, [x0, #253]
	slot	ldtr x0, [x2]
	slot	prfm pldl1keep, [x4]
	slot	add x9, x0, #4; ldxr x0, [x9]
	slot	add x9, x0, #4; ldar x0, [x9]
	slot	add x9, x0, #4; stlr x4, [x9]
	slot	ldxr x9, [x0]; stxr w10, x4, [x0]; mov w0, w10
	slot	ldxr x9, [x1]; stxr w10, x4, [x1]
	/* An exception's return clears the monitor (Arm ARM B2.9.4). Time alone does not. */
	slot	ldxr x9, [x0]; mov x11, x0; mov x8, #3; svc #0; stxr w10, x4, [x11]; mov w0, w10
	slot	ldxp x9, x10, [x0]; mov x11, x0; mov x8, #3; svc #0; stlxp w10, x4, x4, [x11]; mov w0, w10
	slot	mov x11, x0; mov x8, #3; svc #0; ldaxrb w9, [x11]; stlxrb w10, w4, [x11]; mov w0, w10
	slot	ldxr x9, [x0]; fmov d0, #1.0; stxr w10, x4, [x0]; mov w0, w10
	slot	mov x11, x0; ldxr x9, [x11]; mov x8, #3; svc #0; stxr wzr, x3, [x11]; ldr x0, [x11]; sub x0, x0, x9
	slot	ldxr x9, [x1]; mov x8, #3; svc #0; stxr w10, x4, [x1]; mov w0, w10
	slot	ldxr x9, [x0]; mov x10, #40000; 1: sub x10, x10, #1; cbnz x10, 1b; stxr w10, x4, [x0]; mov w0, w10
	slot	ldxr x9, [x0]; clrex; stxr w10, x4, [x0]; mov w0, w10
	slot	.inst 0xf8e00009 /* ldaddal x0, x9, [x0] */
	slot	mov x9, sp; add x10, x0, #8; mov sp, x10; ldr x0, [sp]; mov sp, x9

	/* Misaligned, and they must not be; the ones that not every CPU has, with its own undefined there. */
	slot	add x9, x0, #4; stxr w10, x4, [x9]
	slot	add x9, x0, #8; ldxp x10, x11, [x9]
	slot	add x9, x0, #1; ldarh w10, [x9]
	slot	mov x9, x0; 1: ldxr x10, [x9]; add x9, x9, #4; b 1b
	slot	mov x9, x0; 1: ldar x10, [x9]; add x9, x9, #4; b 1b
	slot	add x9, x0, #4; cas x10, x4, [x9]
	slot	add x9, x0, #2; casl w10, w4, [x9]
	slot	add x9, x0, #8; casp x10, x11, x4, x5, [x9]
	slot	add x9, x0, #8; caspal x10, x11, x4, x5, [x9]
	slot	add x9, x0, #4; ldadd x4, x10, [x9]
	slot	cas x10, x4, [x1] /* aligned, and read-only */
	slot	casp x10, x11, x4, x5, [x2]
	slot	add x9, x0, #4; ldlar x10, [x9]
	slot	add x9, x0, #2; stllr w4, [x9]
	slot	add x9, x0, #4; ldapr x10, [x9]
	slot	ldapur x10, [x0, #4]
	slot	add x9, x0, #4; ldapur x10, [x9, #-4]
	slot	add x9, x0, #4; ldapur x10, [x9, #-5]
	slot	ldapursh w10, [x0, #1]
	slot	ldapursw x10, [x0, #2]
	slot	stlur x4, [x0, #4]
	slot	stlurh w4, [x0, #255]
	slot	stlurb w4, [x0, #255]
	slot	ldapursb w10, [x0, #255]
	slot	ldapursh x10, [x0, #1]
	slot	ldapur w10, [x0, #1]
	slot	stlur w4, [x0, #1]
	slot	add x9, x0, #1; .inst 0x99c00120 /* size and opc as no LDAPUR has them; nor have the next two */
	slot	add x9, x0, #1; .inst 0xd9800120
	slot	add x9, x0, #1; .inst 0xd9c00120

	/* Instruction aborts. */
	slot	br x0
	slot	br x1
	slot	br x2
	slot	br x3
	slot	br x4
	slot	br x5
	slot	add x9, x30, #2; br x9

	/* What a program has in the CPU, over a call. */
	slot	cmp x4, #1; mov x8, #3; svc #0; cset x0, lo
	slot	mov w9, #0xa0000000; msr nzcv, x9; mov x8, #3; svc #0; mrs x0, nzcv
	slot	msr tpidr_el0, x1; mov x8, #3; svc #0; mrs x0, tpidr_el0; sub x0, x0, x1
	slot	mov x9, #0x1234; mov x8, #3; svc #0; mov x0, x9

	/* FP and SIMD. */
	slot	fmov d0, #1.5; fadd d0, d0, d0; fmov x0, d0
	slot	mrs x0, fpcr
	slot	msr fpsr, x2; mrs x0, fpsr
	slot	ldr q0, [x4]
	slot	fmov d9, #2.0; mov x8, #3; svc #0; fmov x0, d9
	slot	movi v0.16b, #0x63; movi v1.16b, #0; .inst 0x4e284820; umov x0, v0.d[0] /* aese v0.16b, v1.16b */

	/* Instructions that not every CPU has. */
	slot	crc32x w0, w4, x3
	slot	.inst 0x04bf57e0 /* rdvl x0, #31 */
	slot	.inst 0x25a0a000 /* an SVE instruction */
	slot	rdsvl x0, #1
	slot	addsvl x0, x0, #-1
	slot	addspl x0, x0, #31
	slot	smstart
	slot	smstop sm
	slot	smstart za
	slot	mrs x0, svcr
	slot	msr svcr, x4
	slot	mrs x0, tpidr2_el0
	slot	msr tpidr2_el0, x4
	slot	.inst 0xc0080000 /* zero {} */
	slot	.inst 0xc0000000 /* mova za0h.b[w12, 0], p0/m, z0.b */
	slot	.inst 0xc0c10000 /* mova za0h.q[w12, 0], p0/m, z0.q */
	slot	.inst 0xc0020000 /* mova z0.b, p0/m, za0h.b[w12, 0] */
	slot	.inst 0xc0c30000 /* mova z0.q, p0/m, za0h.q[w12, 0] */
	slot	.inst 0xc0900000 /* addha za0.s, p0/m, p0/m, z0.s */
	slot	.inst 0xc0d00000 /* addha za0.d, p0/m, p0/m, z0.d */
	slot	.inst 0x80800000 /* fmopa za0.s, p0/m, p0/m, z0.s, z0.s */
	slot	.inst 0x80c00000 /* fmopa za0.d, p0/m, p0/m, z0.d, z0.d */
	slot	.inst 0x81800000 /* bfmopa za0.s, p0/m, p0/m, z0.h, z0.h */
	slot	.inst 0x81a00000 /* fmopa za0.s, p0/m, p0/m, z0.h, z0.h */
	slot	.inst 0xa0800000 /* smopa za0.s, p0/m, p0/m, z0.b, z0.b */
	slot	.inst 0xa0c00000 /* smopa za0.d, p0/m, p0/m, z0.h, z0.h */
	slot	.inst 0xe0000000 /* ld1b {za0h.b[w12, 0]}, p0/z, [x0, x0] */
	slot	.inst 0xe1c00000 /* ld1q {za0h.q[w12, 0]}, p0/z, [x0, x0] */
	slot	.inst 0xe1000000 /* ldr za[w12, 0], [x0] */
	/* One bit more, and it is none. */
	slot	.inst 0xc0080100
	slot	.inst 0xc0000010
	slot	.inst 0x80800004
	slot	.inst 0xe1000010
	slot	dc gva, x0 /* an allocation tag has no memory here */
	slot	cfp rctx, x0
	slot	dvp rctx, x0
	slot	cpp rctx, x0
	slot	hint #25; hint #29; mov x0, #0 /* paciasp, autiasp */
	slot	hint #34 /* bti c */
	slot	.inst 0xd5033bff /* a barrier with an odd operand */
	slot	isb; dsb sy; clrex
	ret
	.p2align 5
slots_end:

	.section .rodata
	.globl	traps_count
	.p2align 3
traps_count:
	.quad	(slots_end - slots) / 32
