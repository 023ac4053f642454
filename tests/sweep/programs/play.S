/*
 * children_play: see children.h. The runner on the host puts the words into children_words.
 */
#include "tests/sweep/programs/children.h"

	.text
	.globl	children_play
	.type	children_play, %function
children_play:
	bti	c
	adr	x30, children_words
	add	x30, x30, x0, lsl #3
	adrp	x0, children_data + 4096
	add	x0, x0, :lo12:children_data + 4096
	mov	sp, x0
	mov	x1, #-1
	mov	x8, #-1			/* no call has this number */
	.irp	register, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29
	mov	x\register, x0
	.endr
	ret

	/* Each word, and the way out. */
	.balign	8
	.globl	children_words
children_words:
	.rept	CHILDREN_WORDS
	udf	#0
	b	ended
	.endr
	.size	children_play, . - children_play

ended:
	mov	x8, #0			/* exit */
	mov	x0, #CHILDREN_STATUS
	svc	#0
	udf	#0

	.bss
	.balign	4096
children_data:
	.skip	8192

	/* BTI and PAC, which these functions do not break. */
	.section .note.gnu.property, "a"
	.balign	8
	.long	4, 16, 5
	.asciz	"GNU"
	.long	0xc0000000, 4, 3, 0
