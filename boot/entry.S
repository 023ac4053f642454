/*
 * The first instructions: MMU off, one CPU, at whatever exception level the
 * boot loader chose. Comes down to EL1 and hands over to boot_enable_mmu with
 * the device tree's address in x20.
 */
#include "hal_qemu_virt/assembly.h"

/* SCTLR_EL1 with MMU and caches off: only its RES1 bits of Armv8.0 (Arm ARM D17.2.118). */
#define SCTLR_EL1_OFF 0x30d00800
/* The image's tables are made for one 2 MiB block of it (booting.rst asks for no more). */
#define IMAGE_ALIGNMENT 0x200000
/* SPSR to reach EL1h with D, A, I and F masked. */
#define SPSR_EL1H_MASKED 0x3c5

/* HCR_EL2: EL1 is AArch64 (RW), may use PAC (API, APK) and tags (ATA); everything else is off, E2H among it. */
#define HCR_EL2_VALUE ((1 << 31) | (1 << 41) | (1 << 40) | (1 << 56))
/* CPTR_EL2 without E2H: its RES1 bits (D17.2.30). SVE and SME stay trapped, behind CPACR_EL1, which traps them first. */
#define CPTR_EL2_VALUE 0x33ff
/* CNTHCTL_EL2: EL1 may use counter and timer (EL1PCTEN, EL1PCEN). */
#define CNTHCTL_EL2_VALUE 3
/* ICC_SRE_EL2: EL1 may use the GICv3 system registers (SRE, Enable). */
#define ICC_SRE_EL2_VALUE 9

	.section .head.text, "ax"

/*
 * SAFETY: called once, by the boot loader, with x0 as it left it. Touches registers only, and in boot_fail the
 * UART of QEMU's virt machine.
 * Audited: 2026-11-22
 */
	.globl	boot_entry
boot_entry:
	mov	x20, x0
	msr	daifset, #15
	adr	x1, image_header
	tst	x1, #IMAGE_ALIGNMENT - 1
	adr	x2, misplaced_message
	b.ne	boot_fail
	mrs	x1, currentel
	ubfx	x1, x1, #2, #2
	cmp	x1, #3
	adr	x2, el3_message
	b.eq	boot_fail
	cmp	x1, #2
	b.ne	enter_el1

drop_from_el2:
	adr	x1, el2_vectors
	msr	vbar_el2, x1
	isb
	load_constant x1, SCTLR_EL1_OFF
	msr	sctlr_el1, x1
	load_constant x1, HCR_EL2_VALUE
	msr	hcr_el2, x1
	isb					/* CPTR_EL2's layout depends on HCR_EL2.E2H */
	mov	x1, #CPTR_EL2_VALUE
	msr	cptr_el2, x1
	mov	x1, #CNTHCTL_EL2_VALUE
	msr	cnthctl_el2, x1
	msr	cntvoff_el2, xzr
	msr	cntp_ctl_el0, xzr		/* firmware may have left a timer on */
	msr	vttbr_el2, xzr
	msr	hstr_el2, xzr
	mrs	x1, midr_el1
	msr	vpidr_el2, x1
	mrs	x1, mpidr_el1
	msr	vmpidr_el2, x1
	mrs	x1, id_aa64dfr0_el1		/* MDCR_EL2: all counters belong to EL1 (HPMN), no trap */
	ubfx	x2, x1, #8, #4			/* PMUVer: 0 and 15 mean none */
	sub	x2, x2, #1
	mov	x1, #0
	cmp	x2, #13
	b.hi	1f
	mrs	x1, pmcr_el0
	ubfx	x1, x1, #11, #5
1:	msr	mdcr_el2, x1
	mrs	x1, id_aa64pfr0_el1
	ubfx	x1, x1, #24, #4			/* GIC: system registers are there */
	cbz	x1, 2f
	mov	x1, #ICC_SRE_EL2_VALUE
	msr	s3_4_c12_c9_5, x1		/* ICC_SRE_EL2 */
	isb
2:	mov	x1, #SPSR_EL1H_MASKED
	msr	spsr_el2, x1
	adr	x1, enter_el1
	msr	elr_el2, x1
	eret

enter_el1:
	load_constant x1, SCTLR_EL1_OFF
	msr	sctlr_el1, x1
	isb
	msr	spsel, #1
	b	boot_enable_mmu

/* In: x2 a line. Says it, and stops. The MMU is off. */
boot_fail:
	mov	x1, #0x09000000			/* the PL011 of QEMU's virt: there is no device tree to ask yet */
1:	ldrb	w3, [x2], #1
	cbz	w3, 2f
	strb	w3, [x1]
	b	1b
2:	wfi
	b	2b

/* EL3 is the secure world's: there PSCI does not answer, and this kernel is not made for it. */
el3_message:
	.asciz	"BOOTFAIL[el] entered at EL3; start PantherOS at EL1 or EL2 (without secure=on)\n"
misplaced_message:
	.asciz	"BOOTFAIL[image] loaded at an address that is not a multiple of 2 MiB\n"
el2_message:
	.asciz	"BOOTFAIL[el] an exception was taken to EL2: no firmware answers there\n"

/*
 * Nothing lives at EL2 any more. What comes here is a trap during the drop, or a PSCI call by HVC on a machine whose
 * device tree is wrong about the conduit.
 */
	.balign	2048
el2_vectors:
	.rept	16
	.balign	128
	adr	x2, el2_message
	b	boot_fail
	.endr

	branch_protection_note
