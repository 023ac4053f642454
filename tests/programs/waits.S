/*
 * void waits_run(void): runs WFI, which traps at EL0, waits_count times.
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

	.section .rodata
	.globl	waits_count
	.p2align 3
waits_count:
	.quad	COUNT
