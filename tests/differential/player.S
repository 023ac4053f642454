/*
 * A program of the differential tests at EL0: the instructions that scripts are made of, each at the address that
 * tests/script/script.h publishes, and what leads there and back. Everything else is C (player.c, director.c).
 *
 * The loop asks PROGRAM_NEXT what to do, loads the operands and goes to the instruction's point. Whatever that leaves in
 * x0 is the result. No register keeps anything from one to the next: it is all in the state page.
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
	/* The result goes to the state page before anything else is done there: should it be gone, this is the fault. */
	point	probe_state
	str	x0, [x9]
	ldr	x9, [x9, #PLAYER_SCRIPT_OFFSET]
	b	point_probe_script
	point	probe_script
	ldr	x9, [x9]
	b	play
	step	line, svc #0

	.section .text.start, "ax"
	.globl	_start
_start:
	mov	x2, sp
	mov	x9, #PLAYER_STATE
	add	sp, x9, #PLAYER_STATE_SIZE
	bl	program_begin
play:
	mov	x0, #PLAYER_STATE
	ldr	x1, [x0, #PLAYER_SCRIPT_OFFSET]
	bl	PROGRAM_NEXT
	mov	x0, #PLAYER_STATE
	ldr	x16, [x0, #PLAYER_POINT_OFFSET]
	ldr	x8, [x0, #PLAYER_NUMBER_OFFSET]
	ldp	x4, x5, [x0, #PLAYER_OPERANDS_OFFSET + 32]
	ldp	x2, x3, [x0, #PLAYER_OPERANDS_OFFSET + 16]
	ldp	x0, x1, [x0, #PLAYER_OPERANDS_OFFSET]
	br	x16

/* x0 is the next byte, x1 the end, x2 the hash so far, x3 the FNV prime. */
hash_rest:
	eor	x2, x2, x4
	mul	x2, x2, x3
	cmp	x0, x1
	b.ne	point_hash
	mov	x0, x2
done:
	mov	x9, #PLAYER_STATE
	b	point_probe_state
