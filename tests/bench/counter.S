/*
 * A machine of its own that executes a number of instructions known beforehand, to check the counter with:
 * straight code, a loop, device stores, an exception that returns and a fault. exec_trace_test.py has the sum.
 */
#define PL011_DATA 0x09000000
#define NOTHING_THERE 0x100000000000 /* beyond the 44 bits that the CPU's physical addresses have */
#define EC_SVC64 0x15
#define PSCI_SYSTEM_OFF 0x84000008

	.section .text, "ax"
	.global _start
_start:					/* 2: straight code */
	adr	x0, vectors
	msr	vbar_el1, x0

	mov	x1, #1000		/* 1 + 1000 * 2: a loop */
1:	sub	x1, x1, #1
	cbnz	x1, 1b

	mov	x2, #PL011_DATA		/* 3 + 5 * 3: device stores */
	mov	w3, #'.'
	mov	x1, #5
2:	str	w3, [x2]
	sub	x1, x1, #1
	cbnz	x1, 2b

	svc	#0			/* 1 + 5: an exception, and its handler */

	mov	x4, #NOTHING_THERE	/* 2 + 8: a fault, and its handler */
	ldr	x5, [x4]

	movz	w0, #(PSCI_SYSTEM_OFF & 0xffff)	/* 3: the end */
	movk	w0, #(PSCI_SYSTEM_OFF >> 16), lsl #16
	hvc	#0

	.balign	2048
vectors:
	.org	vectors + 0x200		/* current EL, SP_ELx, synchronous (Arm ARM D1.3.1.5) */
	mrs	x6, esr_el1
	lsr	x6, x6, #26
	sub	x6, x6, #EC_SVC64
	cbnz	x6, 3f
	eret				/* 5 for the SVC: its return address is behind it */
3:	mrs	x6, elr_el1
	add	x6, x6, #4
	msr	elr_el1, x6
	eret				/* 8 for the fault: its return address is the load */
