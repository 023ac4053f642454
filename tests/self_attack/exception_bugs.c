/*
 * Exceptions that never come, each by its vector, and states in which the kernel never is.
 *
 * SAFETY: nothing here is meant to be safe; each function says what must stop it.
 * Audited: 2026-11-22
 */
#include "core/cpu/registers.h"
#include "core/kernel.h"
#include "core/trap/trap.h"
#include "hal/interrupt.h"
#include "hal/user.h"
#include "hal_qemu_virt/gic.h"
#include "hal_qemu_virt/mmio.h"
#include "lib/bits.h"
#include "lib/format.h"
#include "tests/self_attack/bugs.h"

#define FMOV ".inst 0x1e601000" /* FMOV D0, #2.0 */

static void kbug_fp(bool wrong)
{
	hal_fp_access_set(cpu_registers_cpacr(!wrong));
	__asm__ volatile(FMOV);
	hal_fp_access_set(cpu_registers_cpacr(false));
}

/* With SP_EL0 as the stack pointer a fault has vectors of its own (Arm ARM D1.3.1.5). */
static void kbug_sp_el0(bool wrong)
{
	__asm__ volatile("	msr	spsel, #0\n"
			 "	cbz	%0, 1f\n"
			 "	brk	#1\n"
			 "1:	msr	spsel, #1\n"
			 :
			 : "r"((uint64_t)wrong)
			 : "memory");
}

/* The timer's interrupt is due at once, and stays so. */
static void kbug_make_timer_due(void)
{
	hal_timer_set(0);
	__asm__ volatile("isb\n\twfi" : : : "memory");
}

/* The kernel looks for interrupts and never takes one: with them unmasked, it comes. */
static void kbug_irq(bool wrong)
{
	kbug_make_timer_due();
	if (wrong) {
		__asm__ volatile("msr daifclr, #2\n\tisb" : : : "memory");
	}
}

static void kbug_irq_sp_el0(bool wrong)
{
	kbug_make_timer_due();
	if (wrong) {
		__asm__ volatile("msr spsel, #0\n\tmsr daifclr, #2\n\tisb\n\tmsr spsel, #1" : : : "memory");
	}
}

/* GICC_CTLR.FIQEn, bit 3, of a GICv2 (Arm IHI 0048B 4.4.1): the kernel's group comes as FIQ. */
static void kbug_make_fiq_due(void)
{
	mmio_write32(mmio_register(gic_cpu_interface, 0), 1 | 1 << 3);
	kbug_make_timer_due();
}

static void kbug_fiq(bool wrong)
{
	kbug_make_fiq_due();
	if (wrong) {
		__asm__ volatile("msr daifclr, #1\n\tisb" : : : "memory");
	}
}

static void kbug_fiq_sp_el0(bool wrong)
{
	kbug_make_fiq_due();
	if (wrong) {
		__asm__ volatile("msr spsel, #0\n\tmsr daifclr, #1\n\tisb\n\tmsr spsel, #1" : : : "memory");
	}
}

/* While a program runs, with which nothing is masked. */
static void kbug_fiq_el0(bool wrong)
{
	(void)kbug_enter_program();
	if (wrong) {
		kbug_make_fiq_due();
		kbug_run_programs();
	}
}

/* firmware.S answers with an SError, which stays pending while it is masked. */
static void kbug_raise_serror(bool wrong)
{
	if (wrong) {
		__asm__ volatile("hvc #0" : : : "memory");
	}
}

static void kbug_serror(bool wrong)
{
	kbug_raise_serror(wrong);
	__asm__ volatile("msr daifclr, #4\n\tisb\n\tmsr daifset, #4" : : : "memory");
}

static void kbug_serror_sp_el0(bool wrong)
{
	kbug_raise_serror(wrong);
	__asm__ volatile("	msr	spsel, #0\n"
			 "	msr	daifclr, #4\n"
			 "	isb\n"
			 "	msr	daifset, #4\n"
			 "	msr	spsel, #1\n"
			 :
			 :
			 : "memory");
}

/* It may be a store of the kernel's own that comes back while a program runs. */
static void kbug_serror_el0(bool wrong)
{
	(void)kbug_enter_program();
	if (wrong) {
		kbug_raise_serror(wrong);
		kbug_run_programs();
	}
}

/* ERET with this SPSR_EL1, to the next instruction. */
static void kbug_return_to(uint64_t spsr)
{
	__asm__ volatile("	adr	x9, 1f\n"
			 "	msr	elr_el1, x9\n"
			 "	msr	spsr_el1, %0\n"
			 "	eret\n"
			 "1:	nop\n"
			 :
			 : "r"(spsr)
			 : "x9", "memory", "cc");
}

#define SPSR_MASKED ((uint64_t)0x3c0) /* D, A, I and F */
#define SPSR_PAN (kernel_facts.features.pan ? K_BIT(22) : 0)

/* EL1h, and EL2h, to which EL1 cannot return: PSTATE.IL is set (Arm ARM D1.3.4). */
static void kbug_illegal_return(bool wrong)
{
	kbug_return_to(SPSR_MASKED | SPSR_PAN | (wrong ? 9 : 5));
}

#define SPSR_AARCH32 K_BIT(4)

static uint64_t kbug_raised; /* bits that a program gets though it may not */

/* The last that the kernel calls before a program runs: its PSTATE has been masked (the linker's --wrap). */
void kbug_check(const struct hal_registers *right, bool fp) __asm__("__wrap_cpu_registers_check");
void kbug_real_check(const struct hal_registers *right, bool fp) __asm__("__real_cpu_registers_check");

void kbug_check(const struct hal_registers *right, bool fp)
{
	kbug_real_check(right, fp);
	kernel.scheduler.current->context.pstate |= kbug_raised;
}

/* A program in AArch32, where no PSTATE that is masked leads: it is killed at its first exception. */
static void kbug_aarch32(bool wrong)
{
	(void)kbug_enter_program();
	if (wrong) {
		kbug_raised = SPSR_AARCH32;
		kbug_run_programs();
	}
}

/* NZCV, TCO, DIT, SSBS and BTYPE: what any CPU's programs may have (Arm ARM C5.2.19). */
#define SPSR_OF_PROGRAMS ((uint64_t)0xf3001c00)

/* That PSTATE is stored as a program's, which runs on until it traps. */
static void kbug_expect_masked(const struct hal_context *start, uint64_t pstate)
{
	struct hal_context *context = &kernel.scheduler.current->context;

	*context = *start;
	context->pstate = pstate;
	kbug_enter_again();
	if ((context->pstate & ~SPSR_OF_PROGRAMS) != 0) {
		kbug_missed("a program has PSTATE 0x%" K_PRIx64, context->pstate);
	}
}

/* A program's stored PSTATE has each bit alone, then every bit: another level, AArch32, SS, IL, masks. */
static void kbug_corrupt_pstate(bool wrong)
{
	static struct hal_context start;

	(void)kbug_enter_program();
	start = kernel.scheduler.current->context;
	for (unsigned bit = 0; wrong && bit < 64; bit++) {
		kbug_expect_masked(&start, K_BIT(bit));
	}
	kbug_expect_masked(&start, wrong ? UINT64_MAX : 0);
}

static const struct bug list[] = {
	{"fp", kbug_fp, NULL},
	{"sp-el0", kbug_sp_el0, NULL},
	{"irq", kbug_irq, NULL},
	{"irq-sp-el0", kbug_irq_sp_el0, NULL},
	{"fiq", kbug_fiq, NULL},
	{"fiq-sp-el0", kbug_fiq_sp_el0, NULL},
	{"fiq-el0", kbug_fiq_el0, NULL},
	{"illegal-return", kbug_illegal_return, NULL},
	{"serror", kbug_serror, NULL},
	{"serror-sp-el0", kbug_serror_sp_el0, NULL},
	{"serror-el0", kbug_serror_el0, NULL},
	{"aarch32", kbug_aarch32, NULL},
	{"corrupt-pstate", kbug_corrupt_pstate, "masked"},
};

const struct bugs kbug_exceptions = {list, K_ARRAY_SIZE(list)};
