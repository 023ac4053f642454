/*
 * The steps of user_player.c that C cannot say: each instruction that may fault has a name, so that rows.py can tell
 * where the kernel must report it.
 */
	.macro	entry name
	.globl	\name
	.type	\name, %function
	.balign	16
\name:
	bti	c
	.endm

	.macro	may_fault name
	.globl	\name
\name:
	.endm

	.text

/*
 * void player_svc_N(struct player_registers *registers): loads x0 to x30 and the flags, calls, stores them all again.
 * The frame keeps what C needs, and the pointer; it is found by SP, which is recorded on both sides.
 */
#define FRAME_SIZE 128
#define FRAME_POINTER 96
#define FRAME_X30 104
#define REGISTERS_X30 240
#define REGISTERS_FLAGS 248
#define REGISTERS_SP 256	/* before, and after */

	.macro	call immediate
	entry	player_svc_\immediate
	sub	sp, sp, #FRAME_SIZE
	stp	x19, x20, [sp]
	stp	x21, x22, [sp, #16]
	stp	x23, x24, [sp, #32]
	stp	x25, x26, [sp, #48]
	stp	x27, x28, [sp, #64]
	stp	x29, x30, [sp, #80]
	str	x0, [sp, #FRAME_POINTER]
	mov	x30, x0
	mov	x0, sp
	str	x0, [x30, #REGISTERS_SP]
	ldr	x0, [x30, #REGISTERS_FLAGS]
	msr	nzcv, x0
	ldp	x0, x1, [x30]
	ldp	x2, x3, [x30, #16]
	ldp	x4, x5, [x30, #32]
	ldp	x6, x7, [x30, #48]
	ldp	x8, x9, [x30, #64]
	ldp	x10, x11, [x30, #80]
	ldp	x12, x13, [x30, #96]
	ldp	x14, x15, [x30, #112]
	ldp	x16, x17, [x30, #128]
	ldp	x18, x19, [x30, #144]
	ldp	x20, x21, [x30, #160]
	ldp	x22, x23, [x30, #176]
	ldp	x24, x25, [x30, #192]
	ldp	x26, x27, [x30, #208]
	ldp	x28, x29, [x30, #224]
	ldr	x30, [x30, #REGISTERS_X30]
	svc	#\immediate
may_fault svc_\immediate\()_end
	str	x30, [sp, #FRAME_X30]
	ldr	x30, [sp, #FRAME_POINTER]
	stp	x0, x1, [x30]
	stp	x2, x3, [x30, #16]
	stp	x4, x5, [x30, #32]
	stp	x6, x7, [x30, #48]
	stp	x8, x9, [x30, #64]
	stp	x10, x11, [x30, #80]
	stp	x12, x13, [x30, #96]
	stp	x14, x15, [x30, #112]
	stp	x16, x17, [x30, #128]
	stp	x18, x19, [x30, #144]
	stp	x20, x21, [x30, #160]
	stp	x22, x23, [x30, #176]
	stp	x24, x25, [x30, #192]
	stp	x26, x27, [x30, #208]
	stp	x28, x29, [x30, #224]
	ldr	x0, [sp, #FRAME_X30]
	str	x0, [x30, #REGISTERS_X30]
	mrs	x0, nzcv
	str	x0, [x30, #REGISTERS_FLAGS]
	mov	x0, sp
	str	x0, [x30, #REGISTERS_SP + 8]
	ldp	x19, x20, [sp]
	ldp	x21, x22, [sp, #16]
	ldp	x23, x24, [sp, #32]
	ldp	x25, x26, [sp, #48]
	ldp	x27, x28, [sp, #64]
	ldp	x29, x30, [sp, #80]
	add	sp, sp, #FRAME_SIZE
	ret
	.endm

	call	0
	call	1
	call	2
	call	3
	call	66
	call	65535

	entry	player_load
may_fault load_at
	ldr	x0, [x0]
	ret

	entry	player_load_byte
may_fault load_byte_at
	ldrb	w0, [x0]
	ret

	entry	player_store
may_fault store_at
	str	x1, [x0]
	ret

	entry	player_ldxr
may_fault ldxr_at
	ldxr	x0, [x0]
	ret

	entry	player_ldar
may_fault ldar_at
	ldar	x0, [x0]
	ret

	entry	player_stlr
may_fault stlr_at
	stlr	x1, [x0]
	ret

	entry	player_prefetch
	prfm	pldl1keep, [x0]
	ret

/* uint64_t player_call_sp(uint64_t sp): SP as it is after the call. */
	entry	player_call_sp
	mov	x9, sp
	mov	sp, x0
	mov	x8, #-1
	svc	#0
	mov	x0, sp
	mov	sp, x9
	ret

	entry	player_load_null_sp
	mov	sp, x0
	mov	x0, #0
may_fault load_null_sp_at
	ldr	x0, [x0]
	ret

	entry	player_undefined_sp
	mov	sp, x0
may_fault undefined_sp_at
	udf	#0
	ret

/* A landing pad for any branch, and right behind it none. */
	.globl	landing_pad
	.balign	16
landing_pad:
	bti	jc
	.globl	no_landing_pad
no_landing_pad:
	ret

	entry	player_branch
	br	x0

	entry	player_branch_link
	stp	x29, x30, [sp, #-16]!
	blr	x0
	ldp	x29, x30, [sp], #16
	ret

	entry	player_return
	ret	x0

/* void player_recurse(void *stack): pushes 16 bytes a turn until the stack ends. */
	entry	player_recurse
	mov	sp, x0
1:
may_fault recurse_at
	stp	x29, x30, [sp, #-16]!
	bl	1b

	entry	player_sve
may_fault sve_at
	.inst	0x04bf5020		/* rdvl x0, #1 */
	ret

	entry	player_sme
may_fault sme_at
	.inst	0xd503477f		/* smstart */
	ret

/* The bytes that the row's steps are put into (run_row.py). */
	.section .rodata.script, "a"
	.globl	script
	.type	script, %object
	.balign	16
script:
	.space	SCRIPT_SIZE
	.size	script, . - script

	.section .note.gnu.property, "a"
	.balign	8
	.long	4, 16, 5
	.asciz	"GNU"
	.long	0xc0000000, 4, 3, 0
