/*
 * Plays the boot loader for trees that QEMU itself would not take: puts into x0
 * what the runner chose, and jumps to the Image. Entered at EL1 or EL2 with the
 * MMU off. The runner (run_case.py) writes the two words.
 *
 * SAFETY: runs before the kernel does, on a machine of its own, and touches nothing but the words, which no
 * file is loaded over, and 16 bytes where the runner says so; the Image's entry needs no register but x0.
 * Audited: 2026-11-22
 */
	.text
	.globl	_start
_start:
	mov	x6, #0x46010000		/* WORDS in run_case.py */
	ldp	x0, x1, [x6]		/* the tree's address, and what is to be wiped out, or 0 */
	ldr	x5, [x6, #16]		/* where the Image lies */
	cbz	x1, 1f
	stp	xzr, xzr, [x1]
1:	mov	x1, xzr
	br	x5
