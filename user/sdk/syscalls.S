/*
 * The functions panther_NAME of panther.h, one a row of the table. A call's
 * arguments are where a function's are, x0 upward (AAPCS64 section 6.8), so
 * that each is one number and one instruction.
 *
 * SAFETY: runs at EL0; the kernel keeps every register but x0.
 * Audited: 2026-11-22
 */
#define SYSCALL(number, name, since, summary, arguments, errors, result)                                               \
	.globl panther_##name;                                                                                         \
	.type panther_##name, %function;                                                                               \
	.balign 16;                                                                                                    \
	panther_##name: bti c;                                                                                         \
	mov x8, number; \
	svc 0; \
	ret;                                                                                                           \
	.size panther_##name, . - panther_##name;

	.text
#include "abi/syscalls.def"

	.section .note.gnu.property, "a"
	.balign	8
	.long	4, 16, 5
	.asciz	"GNU"
	.long	0xc0000000, 4, 3, 0
