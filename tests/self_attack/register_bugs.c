/*
 * No bugs: panics that tell what the CPU's registers hold once boot is over.
 *
 * SAFETY: reads system registers; those of a feature only where the CPU has it.
 * Audited: 2026-11-22
 */
#include "core/cpu/registers.h"
#include "core/kernel.h"
#include "core/log/panic.h"
#include "hal/layout.h"
#include "hal/user.h"
#include "lib/bits.h"
#include "lib/format.h"
#include "tests/self_attack/bugs.h"

extern const uint8_t hal_vectors[];

#define READ(name)                                                    \
	__extension__({                                               \
		uint64_t read_value;                                  \
		__asm__ volatile("mrs %0, " name : "=r"(read_value)); \
		read_value;                                           \
	})

static void kbug_expect(const char *name, uint64_t value, uint64_t right)
{
	if (value != right) {
		panic("missed", "%s is 0x%" K_PRIx64 ", not 0x%" K_PRIx64, name, value, right);
	}
}

#define EXPECT(name, right) kbug_expect(name, READ(name), right)

static void kbug_expect_decided(const struct hal_registers *decided)
{
	EXPECT("sctlr_el1", decided->sctlr);
	EXPECT("tcr_el1", decided->tcr);
	EXPECT("cpacr_el1", decided->cpacr);
	EXPECT("cntkctl_el1", decided->cntkctl);
	EXPECT("mdscr_el1", decided->mdscr);
	if (decided->has_pmu) {
		EXPECT("pmuserenr_el0", decided->pmuserenr);
		kbug_expect("pmcr_el0.E", READ("pmcr_el0") & 1, 0);
	}
	if (decided->has_amu) {
		kbug_expect("amuserenr_el0", READ("s3_3_c13_c2_3"), 0);
	}
}

static void kbug_expect_fixed(void)
{
	EXPECT("mair_el1", KERNEL_MAIR);
	EXPECT("vbar_el1", (uintptr_t)hal_vectors);
	EXPECT("tpidr_el1", (uintptr_t)&hal_boot_cpu);
	EXPECT("contextidr_el1", 0);
	EXPECT("tpidrro_el0", 0);
	EXPECT("tpidr_el0", 0);
	/* On, and not due: the timer is set anew each turn. */
	EXPECT("cntv_ctl_el0", 1);
	EXPECT("cntv_cval_el0", UINT64_MAX);
	EXPECT("ttbr0_el1", hal_boot_cpu.parked_root);
	kbug_expect("oslsr_el1.OSLK", READ("oslsr_el1") & K_BIT(1), K_BIT(1));
}

/* D, A, I and F masked, and PAN (PSTATE bit 22): after boot, and after an exception. */
static void kbug_expect_pstate(const struct hal_registers *decided)
{
	EXPECT("daif", 0xf << 6);
	EXPECT("spsel", 1);
	if (decided->has_pan) {
		kbug_expect("pan", READ("s3_0_c4_c2_3"), K_BIT(22));
	}
}

static void kbug_registers(void)
{
	struct hal_registers decided;

	cpu_registers_decide(&decided, &kernel_facts.features);
	kbug_expect_decided(&decided);
	kbug_expect_fixed();
	kbug_expect_pstate(&decided);
	(void)kbug_enter_program();
	kbug_expect_decided(&decided);
	kbug_expect_pstate(&decided);
	panic("registers", "all as decided");
}

/* secrets_test.py compares those of two boots. */
static void kbug_secrets(void)
{
	uint64_t key[2] = {0};

	if (kernel_facts.features.pac_address) {
		key[0] = READ("s3_0_c2_c1_0"); /* APIAKeyLo_EL1 */
		key[1] = READ("s3_0_c2_c1_1"); /* APIAKeyHi_EL1 */
	}
	panic("secrets", "canary=0x%" K_PRIx64 " key=0x%" K_PRIx64 ",0x%" K_PRIx64, hal_boot_cpu.canary, key[0],
	      key[1]);
}

static const struct bug list[] = {
	{"registers", kbug_registers},
	{"secrets", kbug_secrets},
};

const struct bugs register_bugs = {list, K_ARRAY_SIZE(list)};
