/*
 * Plays firmware at EL2 that stays there: starts the Image at EL1, and answers an HVC with an SError (HCR_EL2.VSE,
 * Arm ARM D17.2.48), which nothing else on QEMU's machine causes. For a GICv2 only.
 *
 * SAFETY: runs before the kernel does, on a machine of its own; what it sets up is what boot/entry.S does, but for AMO
 * and VBAR_EL2.
 * Audited: 2026-11-22
 */
#include "hal_qemu_virt/assembly.h"

#define IMAGE 0x40200000
#define TREE 0x40000000 /* where QEMU puts it for an ELF file */
/* RW, API, APK and ATA as in boot/entry.S; AMO (bit 5): VSE makes an SError. */
#define HCR_EL2_VALUE ((1 << 31) | (1 << 41) | (1 << 40) | (1 << 56) | (1 << 5))
#define HCR_EL2_VSE (1 << 8)
#define CPTR_EL2_VALUE 0x33ff
#define CNTHCTL_EL2_VALUE 3
#define SPSR_EL1H_MASKED 0x3c5

	.text
	.globl	_start
_start:
	adr	x1, vectors
	msr	vbar_el2, x1
	load_constant x1, HCR_EL2_VALUE
	msr	hcr_el2, x1
	isb
	mov	x1, #CPTR_EL2_VALUE
	msr	cptr_el2, x1
	mov	x1, #CNTHCTL_EL2_VALUE
	msr	cnthctl_el2, x1
	msr	cntvoff_el2, xzr
	msr	vttbr_el2, xzr
	msr	hstr_el2, xzr
	mrs	x1, midr_el1
	msr	vpidr_el2, x1
	mrs	x1, mpidr_el1
	msr	vmpidr_el2, x1
	mrs	x1, pmcr_el0			/* MDCR_EL2.HPMN: all counters belong to EL1 */
	ubfx	x1, x1, #11, #5
	msr	mdcr_el2, x1
	mov	x1, #SPSR_EL1H_MASKED
	msr	spsr_el2, x1
	load_constant x1, IMAGE
	msr	elr_el2, x1
	load_constant x0, TREE
	mov	x1, xzr
	eret

	.balign	2048
vectors:
	.rept	8
	.balign	128
	b	.
	.endr
	.balign	128				/* synchronous, from EL1: an HVC */
	msr	tpidr_el2, x0
	mrs	x0, hcr_el2
	orr	x0, x0, #HCR_EL2_VSE
	msr	hcr_el2, x0
	mrs	x0, tpidr_el2
	eret
	.rept	7
	.balign	128
	b	.
	.endr
