/*
 * What the CPU's registers hold once boot is over; and what becomes of a kernel in which one of them has changed.
 *
 * SAFETY: the rows of the matrix name features' registers only where the CPU has them.
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
		kbug_missed("%s is 0x%" K_PRIx64 ", not 0x%" K_PRIx64, name, value, right);
	}
}

#define EXPECT(name, right) kbug_expect(name, READ(name), right)

static void kbug_expect_fixed(void)
{
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

/* The program's keys, but for the one in whose place the kernel has its own. */
static void kbug_expect_keys(void)
{
	const struct hal_keys *keys = &kernel.scheduler.current->more->keys;

	EXPECT("s3_0_c2_c1_0", hal_boot_cpu.kernel_key[0]); /* APIAKeyLo_EL1 */
	EXPECT("s3_0_c2_c1_1", hal_boot_cpu.kernel_key[1]);
	kbug_expect("user_key", hal_boot_cpu.user_key[0], keys->instruction_a[0]);
	kbug_expect("user_key", hal_boot_cpu.user_key[1], keys->instruction_a[1]);
	EXPECT("s3_0_c2_c1_2", keys->instruction_b[0]); /* APIBKeyLo_EL1 */
	EXPECT("s3_0_c2_c1_3", keys->instruction_b[1]);
	EXPECT("s3_0_c2_c2_0", keys->data_a[0]); /* APDAKeyLo_EL1 */
	EXPECT("s3_0_c2_c2_1", keys->data_a[1]);
	EXPECT("s3_0_c2_c2_2", keys->data_b[0]); /* APDBKeyLo_EL1 */
	EXPECT("s3_0_c2_c2_3", keys->data_b[1]);
	EXPECT("s3_0_c2_c3_0", keys->generic[0]); /* APGAKeyLo_EL1 */
	EXPECT("s3_0_c2_c3_1", keys->generic[1]);
}

/* The check that comes before each return to EL0: after boot, and after an exception. */
static void kbug_compare_all(bool wrong)
{
	struct hal_registers decided;

	if (!wrong) {
		return;
	}
	cpu_registers_decide(&decided, &kernel_facts.features);
	cpu_registers_note(&decided);
	kbug_expect_fixed();
	cpu_registers_check(&decided, false);
	(void)kbug_enter_program();
	cpu_registers_check(&decided, false);
	if (decided.has_pac) {
		kbug_expect_keys();
	}
}

/* A gadget has turned these bits of a register over: the next return to EL0 finds it. */
#define KBUG_DRIFT(name, assembler, bits)                                                                              \
	static void kbug_drift_##name(bool wrong)                                                                      \
	{                                                                                                              \
		(void)kbug_enter_program();                                                                            \
		if (wrong) {                                                                                           \
			__asm__ volatile("msr " assembler ", %0\n\tisb" : : "r"(READ(assembler) ^ (bits)) : "memory"); \
			kbug_run_programs();                                                                           \
		}                                                                                                      \
	}

KBUG_DRIFT(wxn, "sctlr_el1", K_BIT(19))
KBUG_DRIFT(uci, "sctlr_el1", K_BIT(26))
KBUG_DRIFT(span, "sctlr_el1", K_BIT(23))
KBUG_DRIFT(tbi0, "tcr_el1", K_BIT(37))
KBUG_DRIFT(mair, "mair_el1", (uint64_t)0xff << 56)
KBUG_DRIFT(fpen, "cpacr_el1", (uint64_t)3 << 20)
KBUG_DRIFT(counter, "cntkctl_el1", K_BIT(1))
KBUG_DRIFT(tdcc, "mdscr_el1", K_BIT(12))
KBUG_DRIFT(pmu, "pmuserenr_el0", K_BIT(0))
KBUG_DRIFT(cycles, "pmcr_el0", K_BIT(0))
KBUG_DRIFT(context, "contextidr_el1", K_BIT(0))
KBUG_DRIFT(thread, "tpidrro_el0", K_BIT(0))
KBUG_DRIFT(vectors, "vbar_el1", K_BIT(11))
KBUG_DRIFT(tables, "ttbr1_el1", K_BIT(48))
KBUG_DRIFT(debug_mask, "daif", K_BIT(9))
KBUG_DRIFT(pan, "s3_0_c4_c2_3", K_BIT(22))
KBUG_DRIFT(uao, "s3_0_c4_c2_4", K_BIT(23))

/* OSLSR_EL1 is changed by OSLAR_EL1. */
static void kbug_drift_lock(bool wrong)
{
	(void)kbug_enter_program();
	if (wrong) {
		__asm__ volatile("msr oslar_el1, xzr\n\tisb" : : : "memory");
		kbug_run_programs();
	}
}

/* secrets_test.py compares those of two boots. */
static void kbug_secrets(bool wrong)
{
	uint64_t key[2] = {0};

	if (!wrong) {
		return;
	}
	if (kernel_facts.features.pac_address) {
		key[0] = READ("s3_0_c2_c1_0"); /* APIAKeyLo_EL1 */
		key[1] = READ("s3_0_c2_c1_1"); /* APIAKeyHi_EL1 */
	}
	panic("secrets", "canary=0x%" K_PRIx64 " key=0x%" K_PRIx64 ",0x%" K_PRIx64, hal_boot_cpu.canary, key[0],
	      key[1]);
}

static const struct bug list[] = {
	{"registers", kbug_compare_all, "all as decided"},
	{"secrets", kbug_secrets, NULL},
	{"drift-wxn", kbug_drift_wxn, NULL},
	{"drift-uci", kbug_drift_uci, NULL},
	{"drift-span", kbug_drift_span, NULL},
	{"drift-tbi0", kbug_drift_tbi0, NULL},
	{"drift-mair", kbug_drift_mair, NULL},
	{"drift-fpen", kbug_drift_fpen, NULL},
	{"drift-counter", kbug_drift_counter, NULL},
	{"drift-tdcc", kbug_drift_tdcc, NULL},
	{"drift-pmu", kbug_drift_pmu, NULL},
	{"drift-cycles", kbug_drift_cycles, NULL},
	{"drift-context", kbug_drift_context, NULL},
	{"drift-thread", kbug_drift_thread, NULL},
	{"drift-vectors", kbug_drift_vectors, NULL},
	{"drift-tables", kbug_drift_tables, NULL},
	{"drift-debug-mask", kbug_drift_debug_mask, NULL},
	{"drift-pan", kbug_drift_pan, NULL},
	{"drift-uao", kbug_drift_uao, NULL},
	{"drift-lock", kbug_drift_lock, NULL},
};

const struct bugs kbug_registers = {list, K_ARRAY_SIZE(list)};
