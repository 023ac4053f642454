/*
 * From physical addresses to the kernel's half of the address space.
 *
 * Builds the first tables with the MMU off: the image section by section with
 * its final rights (W^X from the first mapped instruction), the early UART, and
 * a window on the device tree. An identity map of the image's block, read-only
 * and executable, carries the switch itself and is gone right after it.
 * Runs on registers alone: x20 holds the device tree's address.
 */
#include "hal/layout.h"
#include "hal_qemu_virt/assembly.h"

#define PAGE_SIZE 4096
#define BLOCK_SIZE 0x200000

/* Descriptors, Arm ARM D8.3: valid page (3), block (1) or table (3); AF; inner shareable; attribute index; AP; UXN, PXN. */
#define DESCRIPTOR_TABLE 3
#define ATTRIBUTE_NORMAL ((KERNEL_MAIR_NORMAL << 2) | (3 << 8) | (1 << 10))
#define ATTRIBUTE_DEVICE ((KERNEL_MAIR_DEVICE << 2) | (1 << 10))
#define READ_ONLY (1 << 7)
#define UXN (1 << 54)
#define PXN (1 << 53)
#define GUARDED_SHIFT 50 /* GP: a branch target must be a landing pad */
#define PAGE_EXECUTE (3 | ATTRIBUTE_NORMAL | READ_ONLY | UXN)
#define PAGE_READ (3 | ATTRIBUTE_NORMAL | READ_ONLY | UXN | PXN)
#define PAGE_READ_WRITE (3 | ATTRIBUTE_NORMAL | UXN | PXN)
#define PAGE_DEVICE (3 | ATTRIBUTE_DEVICE | UXN | PXN)
#define BLOCK_EXECUTE (1 | ATTRIBUTE_NORMAL | READ_ONLY | UXN)
#define BLOCK_READ_WRITE (1 | ATTRIBUTE_NORMAL | UXN | PXN)

/* Slots of the tables (hal/layout.h). */
#define ROOT_SLOT_IMAGE 256
#define L2_SLOT_WINDOW 2
#define L3_SLOT_DEVICES 0x180

/* RAM starts here on virt; where to look for the tree if nobody said. QEMU's UART likewise. */
#define VIRT_RAM_BASE 0x40000000
#define VIRT_UART_BASE 0x09000000

/* SCTLR_EL1 as core decides it for a CPU of Armv8.0 (core/cpu/registers.c), until it decides for this one. */
#define SCTLR_BOOT 0x30d8199d
/* TCR_EL1 likewise: 39 bits, 4 KiB, write-back inner-shareable walks, in both halves. */
#define TCR_BOOT 0xb5193519

/* map_pages start, end, attributes: fills x24 (the image's level-3 table) for two symbols of the image. */
	.macro	map_pages start, end, attributes
	adr	x1, \start
	adr	x2, \end
	load_constant x3, \attributes
	bl	map_image_pages
	.endm

	.section .head.text, "ax"

/*
 * SAFETY: runs once, at EL1 with MMU and caches off, on the boot CPU, with interrupts masked. Writes only the tables of the
 * image. Order: what is written here uncached is invalidated before the MMU can read it cached; TLBI, DSB and ISB
 * come before SCTLR_EL1.M.
 * Audited: 2026-11-22
 */
	.globl	boot_enable_mmu
boot_enable_mmu:
	adr	x21, image_header		/* physical base of the image */
	adr	x22, image_boot_root
	adr	x23, image_boot_level2
	adr	x24, image_boot_level3
	adr	x25, image_table_pool		/* two of its pages serve the identity map at first */
	adr	x1, image_tables_start
	add	x2, x25, #2 * PAGE_SIZE
	mov	x26, x1
	mov	x27, x2
	/* No dirty line of the loader's may be written back over what is stored next. */
	bl	invalidate_tables
	mov	x1, x26
	mov	x2, x27
1:	stp	xzr, xzr, [x1], #16
	stp	xzr, xzr, [x1], #16
	stp	xzr, xzr, [x1], #16
	stp	xzr, xzr, [x1], #16
	cmp	x1, x2
	b.lo	1b

	/* The kernel's half: root, level 2, level 3. */
	orr	x1, x23, #DESCRIPTOR_TABLE
	str	x1, [x22, #ROOT_SLOT_IMAGE * 8]
	orr	x1, x24, #DESCRIPTOR_TABLE
	str	x1, [x23]
	mrs	x28, id_aa64pfr1_el1		/* BT: guarded pages, or a bit that must stay 0 */
	and	x28, x28, #0xf
	cmp	x28, #0
	cset	x28, ne
	lsl	x28, x28, #GUARDED_SHIFT
	map_pages image_start, image_text_end, PAGE_EXECUTE
	mov	x28, #0
	map_pages image_rodata_start, image_rodata_end, PAGE_READ
	map_pages image_data_start, image_data_end, PAGE_READ_WRITE
	map_pages image_stack_bottom, image_stack_top, PAGE_READ_WRITE
	map_pages image_fault_stack_bottom, image_fault_stack_top, PAGE_READ_WRITE
	map_pages image_shadow_stack_bottom, image_shadow_stack_top, PAGE_READ_WRITE
	map_pages image_tables_start, image_tables_end, PAGE_READ_WRITE
	load_constant x1, (VIRT_UART_BASE | PAGE_DEVICE)
	str	x1, [x24, #L3_SLOT_DEVICES * 8]

	/* The window on the device tree: two blocks, but never the one of the image. */
	cbnz	x20, 2f
	mov	x20, #VIRT_RAM_BASE
2:	mov	x19, #0				/* how many bytes of the tree may be looked at */
	tst	x20, #7				/* booting.rst: 8-byte aligned */
	b.ne	4f
	lsr	x1, x20, #48
	cbnz	x1, 4f
	and	x1, x20, #~(BLOCK_SIZE - 1)
	cmp	x1, x21
	b.eq	4f
	load_constant x3, BLOCK_READ_WRITE
	orr	x2, x1, x3
	str	x2, [x23, #L2_SLOT_WINDOW * 8]
	sub	x19, x20, x1
	mov	x2, #BLOCK_SIZE
	sub	x19, x2, x19
	add	x1, x1, x2
	cmp	x1, x21
	b.eq	4f
	orr	x2, x1, x3
	str	x2, [x23, #(L2_SLOT_WINDOW + 1) * 8]
	mov	x19, #BLOCK_SIZE

	/* The identity map: one block, read-only and executable. */
4:	add	x1, x25, #PAGE_SIZE
	orr	x2, x1, #DESCRIPTOR_TABLE
	ubfx	x3, x21, #30, #9
	str	x2, [x25, x3, lsl #3]
	load_constant x2, BLOCK_EXECUTE
	orr	x2, x2, x21
	ubfx	x3, x21, #21, #9
	str	x2, [x1, x3, lsl #3]

	/* Written uncached: drop what a cache may hold of it, so that the walker reads what was written. */
	bl	invalidate_tables
	tlbi	vmalle1
	ic	iallu
	dsb	sy
	isb

	mov	x1, #KERNEL_MAIR
	msr	mair_el1, x1
	load_constant x1, TCR_BOOT
	mrs	x2, id_aa64mmfr0_el1
	and	x3, x2, #0xf			/* PARange, capped at 48 bits, becomes IPS */
	mov	x4, #5
	cmp	x3, x4
	csel	x3, x3, x4, lo
	bfi	x1, x3, #32, #3
	ubfx	x3, x2, #5, #1			/* ASIDBits is 2 (16 bits) or 0 */
	bfi	x1, x3, #36, #1
	msr	tcr_el1, x1
	msr	ttbr0_el1, x25
	msr	ttbr1_el1, x22
	isb
	load_constant x1, SCTLR_BOOT
	msr	sctlr_el1, x1
	isb

	/* The same instruction stream, at its virtual address. */
	load_constant x1, KERNEL_IMAGE_BASE
	adr	x2, boot_high
	sub	x2, x2, x21
	add	x1, x1, x2
	br	x1

/* In: x1, x2 physical start and end (whole pages), x3 attributes, x28 further attributes. Clobbers x1 to x5. */
map_image_pages:
	orr	x3, x3, x28
	sub	x4, x1, x21
	lsr	x4, x4, #12			/* slot in the level-3 table */
6:	cmp	x1, x2
	b.hs	7f
	orr	x5, x1, x3
	str	x5, [x24, x4, lsl #3]
	add	x4, x4, #1
	add	x1, x1, #PAGE_SIZE
	b	6b
7:	ret

/* Drops [x26, x27) from the data caches. Lines are as short as CTR_EL0.DminLine says. Clobbers x3 to x5. */
invalidate_tables:
	dmb	sy
	mrs	x3, ctr_el0
	ubfx	x3, x3, #16, #4
	mov	x4, #4
	lsl	x3, x4, x3
	mov	x5, x26
8:	dc	ivac, x5
	add	x5, x5, x3
	cmp	x5, x27
	b.lo	8b
	dsb	sy
	ret

/*
 * In the kernel's half. Leaves the identity map, sets up what C needs (stack, shadow call stack, canary, zeroed .bss)
 * and calls it.
 *
 * SAFETY: the stacks and .bss are mapped and nobody uses them yet.
 * Audited: 2026-11-22
 */
	.text
boot_high:
	bti	j
	adr	x1, image_parked_root
	load_constant x2, KERNEL_IMAGE_BASE
	sub	x1, x1, x2
	add	x1, x1, x21			/* its physical address */
	msr	ttbr0_el1, x1
	isb
	tlbi	vmalle1
	dsb	nsh
	isb

	adr	x2, hal_boot_cpu		/* where a fault's handler looks for its canary */
	msr	tpidr_el1, x2
	adr	x2, hal_vectors
	msr	vbar_el1, x2
	isb
	adr	x2, image_stack_top
	mov	sp, x2
	adr	x18, image_shadow_stack_bottom
	adr	x2, image_bss_start
	adr	x3, image_bss_end
9:	stp	xzr, xzr, [x2], #16
	stp	xzr, xzr, [x2], #16
	stp	xzr, xzr, [x2], #16
	stp	xzr, xzr, [x2], #16
	cmp	x2, x3
	b.lo	9b

	mrs	x2, tpidr_el1
	mrs	x3, cntvct_el0			/* a canary until the kernel draws one */
	lsl	x3, x3, #8
	str	x3, [x2]
	mrs	x3, id_aa64mmfr1_el1		/* PAN from here on, where there is PAN */
	ubfx	x3, x3, #20, #4
	cbz	x3, 10f
	.inst	0xd500419f			/* MSR PAN, #1: not in the Armv8.0 that this is assembled for */
10:	mov	x0, x21				/* physical base of the image */
	mov	x2, x1				/* physical address of the parked table */
	mov	x1, x20				/* device tree: address */
	mov	x3, x19				/* and how many bytes of it are mapped */
	mov	x29, #0
	mov	x30, #0
	b	hal_boot_main

	branch_protection_note
