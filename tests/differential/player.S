/*
 * A program of the differential tests at EL0: the instructions that scripts are made of, each at the address that
 * tests/script/script.h publishes, and what leads there and back. Everything else is C (player.c, director.c).
 *
 * The loop asks PROGRAM_NEXT what to do, loads all registers, operands and patterns, and goes to the instruction's point.
 * All that it leaves in them is stored, and judged by PROGRAM_NEXT (play.c); x0 is the result. No register but those of
 * FP and the thread pointer keeps anything from one instruction to the next: it is all in the state page.
 *
 * SAFETY: runs at EL0, where it can harm only the program itself.
 * Audited: 2026-11-22
 */
#include "tests/differential/layout.h"

	.macro	point name
	.balign	16
	.globl	point_\name
point_\name:
	.endm

	.macro	step name, instruction:vararg
	point	\name
	\instruction
	b	done
	.endm

	.section .text.points, "ax"
	step	svc_0, svc #0
	step	svc_1, svc #1
	step	svc_2, svc #2
	step	svc_65535, svc #65535
	step	load_1, ldrb w0, [x0]
	step	load_2, ldrh w0, [x0]
	step	load_4, ldr w0, [x0]
	step	load_8, ldr x0, [x0]
	step	store_1, strb w1, [x0]
	step	store_2, strh w1, [x0]
	step	store_4, str w1, [x0]
	step	store_8, str x1, [x0]
	step	branch, br x0
	step	undefined, udf #0
	point	hash
	ldrb	w4, [x0], #1
	b	hash_rest
	step	fp_set, dup v0.2d, x0
	step	fp_get, umov x0, v0.d[0]
	step	thread_set, msr tpidr_el0, x0
	step	thread_get, mrs x0, tpidr_el0
	step	wait, wfi
	/* SP lies in the state page. That is written to before anything else is done there: should it be gone, this is the
	 * fault. */
	point	probe_state
	str	x16, [sp]
	b	save
	step	line, svc #0
	/* Nothing but this loop, for x0 turns of two instructions: interrupts come. */
	point	spin
	sub	x0, x0, #1
	cbnz	x0, point_spin
	b	done
	point	hash_8
	ldr	x4, [x0], #8
	b	hash_8_rest

/* Words of the state page, whose address is in x16. */
	.macro	registers instruction, first, second, number
	\instruction \first, \second, [x16, #PLAYER_REGISTERS_OFFSET + (\number) * 8]
	.endm

/* V0 to V31, FPCR and FPSR are not among them: a program that uses none is to stay one. */
	.macro	general instruction
	registers \instruction, x2, x3, 2
	registers \instruction, x4, x5, 4
	registers \instruction, x6, x7, 6
	registers \instruction, x8, x9, 8
	registers \instruction, x10, x11, 10
	registers \instruction, x12, x13, 12
	registers \instruction, x14, x15, 14
	registers \instruction, x18, x19, 18
	registers \instruction, x20, x21, 20
	registers \instruction, x22, x23, 22
	registers \instruction, x24, x25, 24
	registers \instruction, x26, x27, 26
	registers \instruction, x28, x29, 28
	.endm

	.altmacro
	.macro	vectors instruction
	.set	number, 0
	.rept	16
	vector_pair \instruction, %number, %(number + 1)
	.set	number, number + 2
	.endr
	.endm

	.macro	vector_pair instruction, first, second
	registers \instruction, q\first, q\second, PLAYER_V + 2 * \first
	.endm

	.section .text.start, "ax"
	.globl	_start
_start:
	mov	x2, sp
	mov	x9, #PLAYER_STATE
	add	sp, x9, #PLAYER_STATE_SIZE
	bl	program_begin
play:
	mov	x0, #PLAYER_STATE
	add	sp, x0, #PLAYER_STATE_SIZE
	ldr	x1, [x0, #PLAYER_SCRIPT_OFFSET]
	bl	PROGRAM_NEXT
	mov	x16, #PLAYER_STATE
	ldr	x0, [x16, #PLAYER_FP_OFFSET]
	tbz	x0, #PLAYER_FP_LOADED_BIT, 1f
	vectors	ldp
	registers ldp, x0, x1, PLAYER_FPCR
	msr	fpcr, x0
	msr	fpsr, x1
1:	registers ldp, x0, x1, PLAYER_SP
	mov	sp, x0
	msr	nzcv, x1
	general	ldp
	registers ldp, x0, x1, 0
	ldr	x17, [x16, #PLAYER_REGISTERS_OFFSET + 17 * 8]
	ldr	x30, [x16, #PLAYER_REGISTERS_OFFSET + 30 * 8]
	ldr	x16, [x16, #PLAYER_REGISTERS_OFFSET + 16 * 8]
	tbnz	x16, #63, 2f		/* one of the two is the point's address, the other no address of a program */
	br	x16
2:	br	x17

/* x0 is the next byte, x1 the end, x2 the hash so far, x3 the FNV prime. */
hash_rest:
	eor	x2, x2, x4
	mul	x2, x2, x3
	cmp	x0, x1
	b.ne	point_hash
	mov	x0, x2
	b	done
/* The same with words. */
hash_8_rest:
	eor	x2, x2, x4
	mul	x2, x2, x3
	cmp	x0, x1
	b.ne	point_hash_8
	mov	x0, x2
done:
	b	point_probe_state
/* x16 is where SP points. */
save:
	mov	x16, #PLAYER_STATE
	registers stp, x0, x1, 0
	general	stp
	str	x17, [x16, #PLAYER_REGISTERS_OFFSET + 17 * 8]
	str	x30, [x16, #PLAYER_REGISTERS_OFFSET + 30 * 8]
	mov	x0, sp
	mrs	x1, nzcv
	registers stp, x0, x1, PLAYER_SP
	mrs	x0, tpidr_el0
	str	x0, [x16, #PLAYER_REGISTERS_OFFSET + PLAYER_THREAD * 8]
	ldr	x0, [x16, #PLAYER_FP_OFFSET]
	tbz	x0, #PLAYER_FP_SAVED_BIT, 3f
	vectors	stp
	mrs	x0, fpcr
	mrs	x1, fpsr
	registers stp, x0, x1, PLAYER_FPCR
3:	ldr	x9, [x16, #PLAYER_SCRIPT_OFFSET]
	b	probe_script

/* Where the other code begins: should that or the script be gone, this is the fault. */
	.section .text.more_points, "ax"
	.globl	probe_script
probe_script:
	ldr	x9, [x9]
	b	play
