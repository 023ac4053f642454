/*
 * void waits_run(void): runs WFI, which traps at EL0, waits_count times.
 * int waits_store(uint64_t *word): a store exclusive 98304 instructions after its load. Returns its status.
 */
	.set COUNT, 1000

	.text
	.globl	waits_run
	.type	waits_run, %function
waits_run:
	.rept COUNT
	wfi
	.endr
	ret
	.size	waits_run, . - waits_run

	.globl	waits_store
	.type	waits_store, %function
waits_store:
	ldxr	x1, [x0]
	mov	x2, #0xc000
1:	sub	x2, x2, #1
	cbnz	x2, 1b
	stxr	w3, x1, [x0]
	mov	w0, w3
	ret
	.size	waits_store, . - waits_store

	.section .rodata
	.globl	waits_count
	.p2align 3
waits_count:
	.quad	COUNT
