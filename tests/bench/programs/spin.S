/*
 * Runs for ever: one instruction, so that who is interrupted here is known by
 * its address.
 */
	.text
	.balign	4
	.globl	spin
	.type	spin, %function
spin:
	b	spin
	.size	spin, . - spin
