/*
 * The HAL functions that are no calls. Two must not be (hal/user.h, hal/cpu.h
 * say why): entering EL0, and switching the CPU's own protections on. The
 * others are a few instructions each, on the path of calls and interrupts.
 */
#ifndef HAL_QEMU_VIRT_HAL_INLINE_H
#define HAL_QEMU_VIRT_HAL_INLINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hal/context.h"
#include "hal/cpu.h"
#include "hal/layout.h"
#include "hal_qemu_virt/gic.h"
#include "hal_qemu_virt/image.h"
#include "hal_qemu_virt/offsets.h"
#include "lib/compiler.h"

/* What one CPU keeps for itself; TPIDR_EL1 points to it. Its first word is the stack canary that the compiler reads. */
struct hal_cpu {
	uint64_t canary;
	uint64_t kernel_sp; /* the loop's registers while a process runs */
	uint64_t kernel_fp;
	uint64_t shadow_sp;
	uint64_t parked_ttbr0;	/* what TTBR0 holds while the kernel runs; 0: the CPU has PAN, and TTBR0 stays */
	uint64_t parked_root;	/* physical address of the table that maps nothing */
	uint64_t has_keys;	/* the CPU signs return addresses (FEAT_PAuth); 0 or 1 */
	uint64_t kernel_key[2]; /* APIAKey_EL1, low half first, while the kernel runs */
	uint64_t user_key[2];	/* and while the process runs that is loaded */
	uint64_t has_mte;	/* the CPU has PSTATE.TCO (FEAT_MTE2); 0 or 1 */
	bool tags_heap;		/* the heap's memory has tags (hal_tags_start) */
};

extern struct hal_cpu hal_boot_cpu;

/* Where the image begins in physical memory; and what to add to a physical address for its place in the linear map. */
extern phys_addr hal_image_base K_SEALED;
extern uint64_t hal_linear_offset K_SEALED;

/* Of an address that nothing maps it makes another one, and the access faults: whether the sum wraps does not matter.
 */
K_ALWAYS_INLINE uint64_t hal_virtual_of(phys_addr address)
{
	/* The image begins at a multiple of 2 MiB. */
	uint64_t image_offset = address.value ^ hal_image_base.value;
	uint64_t linear;

	if (K_LIKELY(image_offset >= KERNEL_IMAGE_MAX)) {
		(void)__builtin_add_overflow(hal_linear_offset, address.value, &linear);
		return linear;
	}
	return (uintptr_t)image_start + image_offset;
}

/*
 * SAFETY: the address is one of the kernel's own mappings of RAM: the image, mapped by boot, or the linear map, where
 * kernel_map_linear mapped it before anybody may ask. An address of neither faults.
 * Audited: 2026-11-22
 */
K_ALWAYS_INLINE void *hal_phys_to_ptr(phys_addr address, K_UNUSED size_t size)
{
	return (void *)hal_virtual_of(address);
}

/* Instructions of FEAT_MTE2, which the Armv8.0 that this is compiled for does not have. */
#define HAL_WITH_TAGS(instruction) ".arch_extension memtag\n\t" instruction "\n\t.arch_extension nomemtag"

/* SAFETY: LDG (Arm ARM C6.2.162) reads the tag of a granule that is mapped, whatever tag the pointer has; only where
 * there are tags. Audited: 2026-11-22 */
K_ALWAYS_INLINE const void *hal_tags_pointer(const void *memory)
{
	if (hal_boot_cpu.tags_heap) {
		__asm__ volatile(HAL_WITH_TAGS("ldg %0, [%0]") : "+r"(memory) : : "memory");
	}
	return memory;
}

void *hal_tags_paint_granules(void *block, size_t size);
K_MUST_USE bool hal_tags_start(void *memory);

K_ALWAYS_INLINE void *hal_tags_paint(void *block, size_t size)
{
	return hal_boot_cpu.tags_heap ? hal_tags_paint_granules(block, size) : block;
}

/* The top byte of an address in the kernel's half is 0xff; tags are bits [59:56] of a pointer. */
K_ALWAYS_INLINE uintptr_t hal_tags_strip(const void *block)
{
	return hal_boot_cpu.tags_heap ? (uintptr_t)block | (uintptr_t)0xff << 56 : (uintptr_t)block;
}

K_ALWAYS_INLINE kernel_addr hal_tags_page(const void *memory)
{
	return (kernel_addr){(uintptr_t)memory};
}

/* TTBR0_EL1 (Arm ARM D17.2.144): the root table, and the ASID at bit 48. */
K_ALWAYS_INLINE uint64_t hal_ttbr0_of(const struct hal_space *space)
{
	return space->root.value | space->asid << 48;
}

/*
 * The frame of the function that calls this stays where it is as long as the function runs, and with it sp, x29 and,
 * between its calls, x18: so they need to be noted once only.
 *
 * SAFETY: stores three registers in the CPU's own struct. Audited: 2026-11-22
 */
K_ALWAYS_INLINE void hal_user_prepare(void)
{
	uint64_t scratch;

	__asm__ volatile(
		/* clang-format off */
		"	mov	%[scratch], sp\n"
		"	stp	%[scratch], x29, [%[cpu], %[kernel_sp]]\n"
		"	str	x18, [%[cpu], %[shadow_sp]]\n"
		/* clang-format on */
		: [scratch] "=&r"(scratch)
		: [cpu] "r"(&hal_boot_cpu), [kernel_sp] "i"(CPU_KERNEL_SP), [shadow_sp] "i"(CPU_SHADOW_SP)
		: "memory");
}

/*
 * While the process runs SP_EL1 points at its context, so that the vector can store its registers at once; it then
 * comes back to hal_user_return. ERET synchronises the context, so the new TTBR0 and key need no ISB (Arm ARM D1.4.4);
 * and it clears the local exclusive monitor, so that no process ends what another began (D1.4.4, and the pseudocode
 * AArch64.ExceptionReturn: ClearExclusiveLocal). TTBR0 is computed here from `space` and kept nowhere.
 *
 * On a CPU that signs return addresses the process's key takes the place of the kernel's just before ERET, and the
 * kernel's comes back before the first function is called or returns. What signs has PAN as well (FEAT_PAuth is of
 * Armv8.3, FEAT_PAN of Armv8.1), so those that park TTBR0 are not asked on the way in. Nor are they for FEAT_MTE2, of
 * Armv8.5: an exception sets PSTATE.TCO, and tags count for nothing until it is cleared (Arm ARM D1.3.1).
 *
 * SAFETY: `context` and `space` are live objects of the kernel, `space->root` the root of valid tables. All registers
 * but sp, x18 and x29 are declared lost; those three are restored as hal_user_prepare noted them. The label makes a
 * second copy of this code a link error. Audited: 2026-11-22
 */
/* NOLINTNEXTLINE(readability-function-size): one statement of assembly, which cannot be cut. */
K_ALWAYS_INLINE void hal_user_run(struct hal_context *context, const struct hal_space *space, struct hal_trap *trap)
{
	register uint64_t x0 __asm__("x0") = (uint64_t)context;
	register uint64_t x1 __asm__("x1") = hal_ttbr0_of(space);
	register uint64_t kind __asm__("x2");
	register uint64_t esr __asm__("x3");
	register uint64_t far __asm__("x4");

	__asm__ volatile(
		/* clang-format off */
		"	msr	ttbr0_el1, x1\n"
		"	ldr	x9, hal_boot_cpu + %[has_keys]\n"
		"	mov	sp, x0\n"
		"	cbz	x9, 1f\n"
		"	ldr	x10, hal_boot_cpu + %[user_key]\n"
		"	ldr	x11, hal_boot_cpu + %[user_key] + 8\n"
		"	msr	s3_0_c2_c1_0, x10\n"
		"	msr	s3_0_c2_c1_1, x11\n"
		"1:\n"
		"	ldp	x30, x9, [sp, %[x30]]\n"
		"	ldp	x10, x11, [sp, %[pc]]\n"
		"	msr	sp_el0, x9\n"
		"	msr	elr_el1, x10\n"
		"	msr	spsr_el1, x11\n"
		"	ldp	x0, x1, [sp, #0]\n"
		"	ldp	x2, x3, [sp, #16]\n"
		"	ldp	x4, x5, [sp, #32]\n"
		"	ldp	x6, x7, [sp, #48]\n"
		"	ldp	x8, x9, [sp, #64]\n"
		"	ldp	x10, x11, [sp, #80]\n"
		"	ldp	x12, x13, [sp, #96]\n"
		"	ldp	x14, x15, [sp, #112]\n"
		"	ldp	x16, x17, [sp, #128]\n"
		"	ldp	x18, x19, [sp, #144]\n"
		"	ldp	x20, x21, [sp, #160]\n"
		"	ldp	x22, x23, [sp, #176]\n"
		"	ldp	x24, x25, [sp, #192]\n"
		"	ldp	x26, x27, [sp, #208]\n"
		"	ldp	x28, x29, [sp, #224]\n"
		"	eret\n"
		/* CPUs with PAN come by here; some of them have tags, which an exception stops checking, or keys. */
		"2:	ldr	x12, [x9, %[has_mte]]\n"
		"	cbz	x12, 4f\n"
		"	.inst	0xd503409f\n" /* MSR TCO, #0: not in the Armv8.0 that this is assembled for */
		"4:	ldr	x12, [x9, %[has_keys]]\n"
		"	cbz	x12, 3f\n"
		"	ldr	x10, [x9, %[kernel_key]]\n"
		"	ldr	x11, [x9, %[kernel_key] + 8]\n"
		"	msr	s3_0_c2_c1_0, x10\n"
		"	msr	s3_0_c2_c1_1, x11\n"
		"	isb\n"
		"	b	3f\n"
		/* A vector of vectors.S branches to this label: registers stored, kind in x2. */
		"	.globl	hal_user_return\n"
		"hal_user_return:\n"
		"	mrs	x9, tpidr_el1\n"
		"	ldp	x10, x29, [x9, %[kernel_sp]]\n"
		"	ldp	x18, x11, [x9, %[shadow_sp]]\n"
		"	mov	sp, x10\n"
		"	mrs	x3, esr_el1\n"
		"	mrs	x4, far_el1\n"
		"	cbz	x11, 2b\n"
		"	msr	ttbr0_el1, x11\n"
		"	isb\n"
		"3:\n"
		/* clang-format on */
		: "+r"(x0), "+r"(x1), "=r"(kind), "=r"(esr), "=r"(far)
		: [kernel_sp] "i"(CPU_KERNEL_SP), [shadow_sp] "i"(CPU_SHADOW_SP), [x30] "i"(CONTEXT_X30),
		  [pc] "i"(CONTEXT_PC), [has_keys] "i"(CPU_HAS_KEYS), [kernel_key] "i"(CPU_KERNEL_KEY),
		  [user_key] "i"(CPU_USER_KEY), [has_mte] "i"(CPU_HAS_MTE)
		: "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13", "x14", "x15", "x16", "x17", "x19", "x20",
		  "x21", "x22", "x23", "x24", "x25", "x26", "x27", "x28", "x30", "memory", "cc");
	trap->kind = (enum hal_trap_kind)kind;
	trap->esr = esr;
	trap->far = far;
}

/*
 * The copies of user_copy.S: 0, or 1 if a byte could not be reached with EL0's rights in the space that `ttbr0`
 * describes.
 */
K_MUST_USE uint64_t hal_copy_in(void *destination, uint64_t source, size_t size, uint64_t ttbr0);
K_MUST_USE uint64_t hal_copy_out(uint64_t destination, const void *source, size_t size, uint64_t ttbr0);

K_MUST_USE K_ALWAYS_INLINE bool hal_copy_from_user(const struct hal_space *space, void *destination, user_addr source,
						   size_t size)
{
	return hal_copy_in(destination, source.value, size, hal_ttbr0_of(space)) == 0;
}

K_MUST_USE K_ALWAYS_INLINE bool hal_copy_to_user(const struct hal_space *space, user_addr destination,
						 const void *source, size_t size)
{
	return hal_copy_out(destination.value, source, size, hal_ttbr0_of(space)) == 0;
}

/*
 * SAFETY: what a register's value does is the caller's to say.
 * Audited: 2026-11-22
 */
#define HAL_WRITE_REGISTER(name, value) __asm__ volatile("msr " name ", %0" : : "r"((uint64_t)(value)) : "memory")

/*
 * From the table, in its order.
 *
 * SAFETY: the values are core's and keep the MMU on with the same layout; those of features only where they are.
 * Audited: 2026-11-22
 */
/* NOLINTNEXTLINE(readability-function-size): a statement for each row of the table. */
K_ALWAYS_INLINE void hal_registers_write(const struct hal_registers *registers)
{
#define HAL_REGISTER(field, name, assembler, condition, mask)    \
	if (condition) {                                         \
		HAL_WRITE_REGISTER(assembler, registers->field); \
	}
#define HAL_REGISTER_KEPT(field, name, assembler, condition, mask)
#define HAL_PSTATE(name, assembler, condition, bits)                                \
	if (condition) {                                                            \
		HAL_WRITE_REGISTER(assembler, registers->pstate &(uint64_t)(bits)); \
	}
#include "hal/registers.def"
}

/* SAFETY: the registers exist where there are keys (has_pac); what was signed before cannot be used any more, and
 * nobody does. Audited: 2026-11-22 */
K_ALWAYS_INLINE void hal_kernel_key_set(const uint64_t key[2])
{
	hal_boot_cpu.has_keys = 1;
	hal_boot_cpu.kernel_key[0] = key[0];
	hal_boot_cpu.kernel_key[1] = key[1];
	HAL_WRITE_REGISTER("s3_0_c2_c1_0", key[0]); /* APIAKeyLo_EL1 */
	HAL_WRITE_REGISTER("s3_0_c2_c1_1", key[1]); /* APIAKeyHi_EL1 */
}

/*
 * SAFETY: the debug registers are locked, a timer that firmware may have left on goes off. Key and canary change here,
 * which is why the caller never returns. An ISB makes each group visible before anything relies on it; no translation
 * is kept that was made under another TCR_EL1.
 * Audited: 2026-11-22
 */
K_ALWAYS_INLINE void hal_cpu_protect(const struct hal_registers *registers, const struct hal_secrets *secrets)
{
	HAL_WRITE_REGISTER("cntv_ctl_el0", 0);
	HAL_WRITE_REGISTER("oslar_el1", 1);
	HAL_WRITE_REGISTER("tpidr_el0", 0);
	if (registers->has_pac) {
		hal_kernel_key_set(secrets->return_key);
	}
	if (registers->has_mte) {
		hal_boot_cpu.has_mte = 1;
		HAL_WRITE_REGISTER("s3_0_c1_c0_5", secrets->tag_seed << 8); /* RGSR_EL1.SEED */
	}
	hal_boot_cpu.parked_ttbr0 = registers->has_pan ? 0 : hal_boot_cpu.parked_root;
	hal_boot_cpu.canary = secrets->canary;
	__asm__ volatile("isb" : : : "memory");
	hal_registers_write(registers);
	__asm__ volatile("isb\n\ttlbi vmalle1\n\tdsb nsh\n\tisb" : : : "memory");
}

/*
 * The read may be done early (Arm ARM D11.2.2), but not before the last context synchronisation event: the kernel's
 * entry, or the end of its wait for an interrupt. That is as early as anybody may have asked.
 *
 * SAFETY: reads one register. Audited: 2026-11-22
 */
K_ALWAYS_INLINE uint64_t hal_time_ticks(void)
{
	uint64_t ticks;

	__asm__ volatile("mrs %0, cntvct_el0" : "=r"(ticks) : : "memory");
	return ticks;
}

/*
 * The timer is always on (hal_interrupts_attach): it never reaches UINT64_MAX. Nobody notices when the value takes
 * effect but the interrupt controller: hal_interrupt_complete waits for that, and ERET and the wait for an interrupt
 * do.
 *
 * SAFETY: the virtual timer is the kernel's own; its interrupt is masked while the kernel runs.
 * Audited: 2026-11-22
 */
K_ALWAYS_INLINE void hal_timer_set(uint64_t deadline)
{
	HAL_WRITE_REGISTER("cntv_cval_el0", deadline);
}

K_ALWAYS_INLINE uint32_t hal_interrupt_claim(void)
{
	return gic_claim();
}

/*
 * The ISB: the timer has withdrawn its interrupt before that is completed (Arm ARM D11.2.4), or it would come again.
 *
 * SAFETY: orders, and changes nothing. Audited: 2026-11-22
 */
K_ALWAYS_INLINE void hal_interrupt_complete(uint32_t number)
{
	__asm__ volatile("isb" : : : "memory");
	gic_complete(number);
}

/* SAFETY: reads a register that programs own. Audited: 2026-11-22 */
K_ALWAYS_INLINE uint64_t hal_thread_pointer(void)
{
	uint64_t value;

	__asm__ volatile("mrs %0, tpidr_el0" : "=r"(value) : : "memory");
	return value;
}

/* SAFETY: the kernel does not use it; ERET makes it effective for the program. Audited: 2026-11-22 */
K_ALWAYS_INLINE void hal_thread_pointer_set(uint64_t value)
{
	HAL_WRITE_REGISTER("tpidr_el0", value);
}

#endif
