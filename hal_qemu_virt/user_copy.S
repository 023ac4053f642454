/*
 * Copies between the kernel and a program, by LDTR and STTR: loads and stores
 * that have EL0's rights even at EL1, so that a kernel address faults here just
 * as it would in the program (Arm ARM C3.2.5). An instruction that may fault
 * is marked; its fault continues at the routine's fixup, which answers 1.
 */
#include "hal_qemu_virt/assembly.h"
#include "hal_qemu_virt/offsets.h"

/* One row of the fixup table: the marked instruction, and where to go on, both relative to the row. */
	.macro	may_fault instruction:vararg
9999:	\instruction
	.pushsection .fixups, "a"
	.balign	4
	.long	9999b - .
	.long	copy_failed - .
	.popsection
	.endm

/* Makes the user space live on a CPU that parks it (x3: its TTBR0; x5: the parked one, or 0). */
	.macro	unpark
	mrs	x5, tpidr_el1
	ldr	x5, [x5, #CPU_PARKED]
	cbz	x5, 1f
	msr	ttbr0_el1, x3
	isb
1:
	.endm

	.macro	park
	cbz	x5, 1f
	msr	ttbr0_el1, x5
	isb
1:
	.endm

	.text

/*
 * uint64_t hal_copy_in(void *x0, user address x1, size_t x2, TTBR0 x3): 0, or 1 if a byte could not be read.
 *
 * SAFETY: x0 has room for x2 bytes. Clobbers x0 to x12 only. Every path parks again.
 * Audited: 2026-11-22
 */
	function hal_copy_in
	unpark
	cmp	x2, #8
	b.lo	6f
	subs	x2, x2, #64
	b.lo	3f
2:	may_fault ldtr x6, [x1, #0]
	may_fault ldtr x7, [x1, #8]
	may_fault ldtr x8, [x1, #16]
	may_fault ldtr x9, [x1, #24]
	stp	x6, x7, [x0, #0]
	stp	x8, x9, [x0, #16]
	may_fault ldtr x6, [x1, #32]
	may_fault ldtr x7, [x1, #40]
	may_fault ldtr x8, [x1, #48]
	may_fault ldtr x9, [x1, #56]
	stp	x6, x7, [x0, #32]
	stp	x8, x9, [x0, #48]
	add	x1, x1, #64
	add	x0, x0, #64
	subs	x2, x2, #64
	b.hs	2b
3:	adds	x2, x2, #64 - 8
	b.mi	5f
4:	may_fault ldtr x6, [x1]
	str	x6, [x0], #8
	add	x1, x1, #8
	subs	x2, x2, #8
	b.pl	4b
5:	add	x2, x2, #8
6:	cbz	x2, 8f
7:	may_fault ldtrb w6, [x1]
	strb	w6, [x0], #1
	add	x1, x1, #1
	subs	x2, x2, #1
	b.ne	7b
8:	park
	mov	x0, #0
	ret
	end_function hal_copy_in

/*
 * uint64_t hal_copy_out(user address x0, const void *x1, size_t x2, TTBR0 x3): 0, or 1 if a byte could not be written;
 * every byte below that one then is.
 *
 * SAFETY: x1 has x2 bytes. Clobbers x0 to x12 only. Every path parks again.
 * Audited: 2026-11-22
 */
	function hal_copy_out
	unpark
	subs	x2, x2, #8
	b.lo	3f
	tst	x0, #7				/* an unaligned store may write a part before it faults: go by bytes */
	b.ne	3f
2:	ldr	x6, [x1], #8
	may_fault sttr x6, [x0]
	add	x0, x0, #8
	subs	x2, x2, #8
	b.hs	2b
3:	adds	x2, x2, #8
	b.eq	5f
4:	ldrb	w6, [x1], #1
	may_fault sttrb w6, [x0]
	add	x0, x0, #1
	subs	x2, x2, #1
	b.ne	4b
5:	park
	mov	x0, #0
	ret
	end_function hal_copy_out

/* Reached by a fixup only: x5 still says whether to park. */
copy_failed:
	park
	mov	x0, #1
	ret

	branch_protection_note
