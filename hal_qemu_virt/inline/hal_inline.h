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
#include "hal_qemu_virt/offsets.h"
#include "lib/compiler.h"

/* What one CPU keeps for itself; TPIDR_EL1 points to it. Its first word is the stack canary that the compiler reads. */
struct hal_cpu {
	uint64_t canary;
	uint64_t kernel_sp; /* the loop's registers while a process runs */
	uint64_t kernel_fp;
	uint64_t shadow_sp;
	uint64_t parked_ttbr0; /* what TTBR0 holds while the kernel runs; 0: the CPU has PAN, and TTBR0 stays */
	uint64_t parked_root;  /* physical address of the table that maps nothing */
};

extern struct hal_cpu hal_boot_cpu;

/* Where the image and the linear map begin in physical memory. */
extern phys_addr hal_image_base K_SEALED;
extern phys_addr hal_linear_base K_SEALED;

K_ALWAYS_INLINE uint64_t hal_virtual_of(phys_addr address)
{
	if (address.value >= hal_image_base.value && address.value - hal_image_base.value < KERNEL_IMAGE_MAX) {
		return KERNEL_IMAGE_BASE + (address.value - hal_image_base.value);
	}
	return KERNEL_LINEAR_BASE + (address.value - hal_linear_base.value);
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
 * comes back to hal_user_return. ERET synchronises the context, so the new TTBR0 needs no ISB (Arm ARM D1.4.4).
 * TTBR0 is computed here from `space` and kept nowhere.
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
		"	mov	sp, x0\n"
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
		/* A vector of vectors.S branches to this label: registers stored, kind in x2. */
		"	.globl	hal_user_return\n"
		"hal_user_return:\n"
		"	mrs	x9, tpidr_el1\n"
		"	ldp	x10, x29, [x9, %[kernel_sp]]\n"
		"	ldp	x18, x11, [x9, %[shadow_sp]]\n"
		"	mov	sp, x10\n"
		"	mrs	x3, esr_el1\n"
		"	mrs	x4, far_el1\n"
		"	cbz	x11, 1f\n"
		"	msr	ttbr0_el1, x11\n"
		"	isb\n"
		"1:\n"
		/* clang-format on */
		: "+r"(x0), "+r"(x1), "=r"(kind), "=r"(esr), "=r"(far)
		: [kernel_sp] "i"(CPU_KERNEL_SP), [shadow_sp] "i"(CPU_SHADOW_SP), [x30] "i"(CONTEXT_X30),
		  [pc] "i"(CONTEXT_PC)
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
 * SAFETY: the values are core's and keep the MMU on with the same layout; key and canary change here, which is why
 * the caller never returns. An ISB makes each group visible before anything relies on it.
 * Audited: 2026-11-22
 */
K_ALWAYS_INLINE void hal_cpu_protect(const struct hal_registers *registers, const struct hal_secrets *secrets)
{
	HAL_WRITE_REGISTER("cpacr_el1", registers->cpacr);
	HAL_WRITE_REGISTER("cntkctl_el1", registers->cntkctl);
	HAL_WRITE_REGISTER("cntv_ctl_el0", 0); /* firmware may have left a timer on */
	HAL_WRITE_REGISTER("mdscr_el1", registers->mdscr);
	HAL_WRITE_REGISTER("oslar_el1", 1);
	HAL_WRITE_REGISTER("contextidr_el1", 0);
	HAL_WRITE_REGISTER("tpidr_el0", 0);
	HAL_WRITE_REGISTER("tpidrro_el0", 0);
	if (registers->has_pmu) {
		HAL_WRITE_REGISTER("pmcr_el0", 0);
		HAL_WRITE_REGISTER("pmuserenr_el0", registers->pmuserenr);
	}
	if (registers->has_amu) {
		HAL_WRITE_REGISTER("s3_3_c13_c2_3", 0); /* AMUSERENR_EL0 */
	}
	if (registers->has_pac) {
		HAL_WRITE_REGISTER("s3_0_c2_c1_0", secrets->return_key[0]); /* APIAKeyLo_EL1 */
		HAL_WRITE_REGISTER("s3_0_c2_c1_1", secrets->return_key[1]); /* APIAKeyHi_EL1 */
	}
	hal_boot_cpu.parked_ttbr0 = registers->has_pan ? 0 : hal_boot_cpu.parked_root;
	hal_boot_cpu.canary = secrets->canary;
	HAL_WRITE_REGISTER("tcr_el1", registers->tcr);
	__asm__ volatile("isb\n\ttlbi vmalle1\n\tdsb nsh\n\tisb" : : : "memory");
	HAL_WRITE_REGISTER("sctlr_el1", registers->sctlr);
	__asm__ volatile("isb" : : : "memory");
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
