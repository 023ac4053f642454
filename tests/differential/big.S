/*
 * "big" of tests/script/script.h: a program that needs SCRIPT_BIG_PAGES pages of memory, and exits.
 *
 * SAFETY: runs at EL0, where it can harm only the program itself.
 * Audited: 2026-11-22
 */
	.text
	.globl	_start
_start:
	mov	x8, #0
	mov	x0, #0
	svc	#0

	.bss
	.space	80 * 4096
