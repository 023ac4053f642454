/*
 * core/cpu/registers.h: what the system registers are set to. The values were worked out by hand from the Arm ARM
 * (D17.2.118 SCTLR_EL1, D17.2.131 TCR_EL1); those of the two CPUs were seen to stick.
 */
#include "core/cpu/registers.h"

#include "core/kernel.h"
#include "hal_host/twin.h"
#include "lib/bits.h"
#include "tests/unit/cmocka_test.h"

static const struct cpu_features a72 = {.physical_bits = 44, .asid16 = true, .pmu = true};
static const struct cpu_features max = {
	.physical_bits = 48,
	.asid16 = true,
	.pan = true,
	.pac_address = true,
	.bti = true,
	.e0pd = true,
	.rng = true,
	.iesb = true,
	.dit = true,
	.ssbs = true,
	.ssbs2 = true,
	.uao = true,
	.pmu = true,
};

static struct hal_registers decide(const struct cpu_features *features)
{
	struct hal_registers registers;

	cpu_registers_decide(&registers, features);
	return registers;
}

/* Does not depend on the CPU: no FP, no traces, no counters, no debug channel for programs. */
static void assert_closed(const struct hal_registers *registers)
{
	assert_int_equal(registers->cpacr, 0x10000000);
	assert_int_equal(registers->cntkctl, 0);
	assert_int_equal(registers->mdscr, 0x1000);
	assert_int_equal(registers->contextidr, 0);
	assert_int_equal(registers->tpidrro, 0);
	assert_int_equal(registers->pmcr, 0);
	assert_int_equal(registers->pmuserenr, 0);
	assert_int_equal(registers->amuserenr, 0);
	assert_int_equal(registers->mair, registers->has_mte ? 0xf004ff : 0x04ff);
	/* Tag 15 is excluded, and the CPU draws. */
	assert_int_equal(registers->gcr, registers->has_mte ? 0x18000 : 0);
	assert_int_equal(registers->tfsr, 0);
	assert_int_equal(registers->tfsre0, 0);
	/* D, A, I and F masked, SP_EL1; UAO and SSBS are 0; PAN is 1 where it is there. */
	assert_int_equal(registers->pstate, registers->has_pan ? 0x4003c1 : 0x3c1);
}

static void cortex_a72(void **state)
{
	struct hal_registers registers = decide(&a72);

	(void)state;
	assert_int_equal(registers.sctlr, 0x30d8199d);
	assert_int_equal(registers.tcr, 0x14b5193519);
	assert_closed(&registers);
	assert_false(registers.has_pan || registers.has_pac || registers.has_amu);
	assert_false(registers.has_uao || registers.has_ssbs);
	assert_true(registers.has_pmu);
}

static void max_of_qemu(void **state)
{
	struct hal_registers registers = decide(&max);

	(void)state;
	assert_int_equal(registers.sctlr, 0x18f878399d);
	assert_int_equal(registers.tcr, 0x01000015b5193519);
	assert_closed(&registers);
	assert_true(registers.has_pan && registers.has_pac && registers.has_pmu);
	assert_true(registers.has_uao && registers.has_ssbs);
	assert_false(registers.has_amu);
}

/* ATA, TCF = 1 (synchronous) and ITFSB; TBI1 and TBID1. */
static void max_of_qemu_with_tags(void **state)
{
	struct cpu_features features = max;
	struct hal_registers registers;

	(void)state;
	features.mte = true;
	registers = decide(&features);
	assert_int_equal(registers.sctlr, 0x938f878399d);
	assert_int_equal(registers.tcr, 0x01100055b5193519);
	assert_closed(&registers);
	assert_true(registers.has_mte);
}

/* Armv8.0 with 40 bits; Armv8.2 with PAN and IESB, without PAC and BTI. */
static void cpus_between(void **state)
{
	const struct cpu_features a53 = {.physical_bits = 40, .asid16 = true};
	const struct cpu_features n1 = {.physical_bits = 48, .asid16 = true, .pan = true, .iesb = true, .ssbs = true};

	(void)state;
	assert_int_equal(decide(&a53).sctlr, 0x30d8199d);
	assert_int_equal(decide(&a53).tcr, 0x12b5193519);
	assert_int_equal(decide(&n1).sctlr, 0x3078199d);
	assert_int_equal(decide(&n1).tcr, 0x15b5193519);
}

/* TCR_EL1.IPS has the encoding of PARange. */
static void tcr_has_the_physical_size(void **state)
{
	static const unsigned sizes[] = {32, 36, 40, 42, 44, 48};

	(void)state;
	for (uint64_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		const struct cpu_features features = {.physical_bits = sizes[i]};

		assert_int_equal(decide(&features).tcr, 0xb5193519 | i << 32);
	}
}

/* Every combination of the features that a register value may depend on. */
#define COMBINATIONS 8192

static struct cpu_features combination(unsigned number)
{
	return (struct cpu_features){
		.physical_bits = 48,
		.asid16 = (number & 1) != 0,
		.pan = (number & 2) != 0,
		.pac_address = (number & 4) != 0,
		.bti = (number & 8) != 0,
		.e0pd = (number & 16) != 0,
		.iesb = (number & 32) != 0,
		.ssbs = (number & 64) != 0,
		.mte = (number & 128) != 0,
		.pmu = (number & 256) != 0,
		.amu = (number & 512) != 0,
		.uao = (number & 1024) != 0,
		.ssbs2 = (number & 2048) != 0,
		.epan = (number & 4096) != 0,
	};
}

static uint64_t expected_sctlr(const struct cpu_features *features)
{
	uint64_t value = 0x3058199d;

	value |= features->pan ? 0 : 0x800000;	/* SPAN, bit 23 */
	value |= features->iesb ? 0x200000 : 0; /* IESB, bit 21 */
	/* EnIA, EnIB, EnDA and EnDB: bits 31, 30, 27 and 13 */
	value |= features->pac_address ? 0xc8002000 : 0;
	value |= features->bti ? 0x1800000000 : 0;	 /* BT0 and BT1, bits 35 and 36 */
	value |= features->mte ? 0x92000000000 : 0;	 /* ITFSB, TCF = 1 and ATA, bits 37, 40 and 43 */
	value |= features->epan ? 0x200000000000000 : 0; /* EPAN, bit 57 */
	return value;
}

static void each_feature_adds_its_bits_and_no_others(void **state)
{
	(void)state;
	for (unsigned number = 0; number < COMBINATIONS; number++) {
		const struct cpu_features features = combination(number);
		struct hal_registers registers = decide(&features);

		assert_int_equal(registers.sctlr, expected_sctlr(&features));
		assert_int_equal(registers.tcr, 0x5b5193519 | (features.asid16 ? (uint64_t)1 << 36 : 0) |
							(features.mte ? (uint64_t)0x4001 << 38 : 0) |
							(features.e0pd ? (uint64_t)1 << 56 : 0));
		assert_closed(&registers);
		assert_int_equal(registers.has_pan, features.pan);
		assert_int_equal(registers.has_pac, features.pac_address);
		assert_int_equal(registers.has_uao, features.uao);
		assert_int_equal(registers.has_ssbs, features.ssbs2);
		assert_int_equal(registers.has_pmu, features.pmu);
		assert_int_equal(registers.has_amu, features.amu);
		assert_int_equal(registers.has_mte, features.mte);
	}
}

/* Bits that stay 0 whatever the CPU has: each would open something to programs. */
static void no_feature_opens_a_door(void **state)
{
	static const unsigned sctlr_doors[] = {
		9,	/* UMA: programs may mask interrupts */
		14,	/* DZE: programs may zero cache lines */
		15,	/* UCT: programs may read the cache type */
		16,	/* nTWI: programs may wait for an interrupt */
		18,	/* nTWE: programs may wait for an event */
		24,	/* E0E: programs' data is big-endian */
		25,	/* EE: the kernel's is */
		26,	/* UCI: programs may maintain caches */
		38,	/* TCF0: programs' tags are checked */
		39, 42, /* ATA0: programs may use memory tags */
		44,	/* DSSBS */
		60,	/* EnTP2: programs have TPIDR2_EL0 */
	};
	static const unsigned tcr_doors[] = {
		7,  /* EPD0: no walks for programs */
		22, /* A1: the ASID is TTBR1's */
		23, /* EPD1: no walks for the kernel */
		37, /* TBI0: programs' addresses have tags */
		57, /* TCMA0: programs' pointers with tag 0 are not checked */
		58, /* TCMA1: the kernel's without a tag are not */
		55, /* E0PD0: programs do not reach their own half */
	};

	(void)state;
	for (unsigned number = 0; number < COMBINATIONS; number++) {
		const struct cpu_features features = combination(number);
		struct hal_registers registers = decide(&features);

		for (size_t i = 0; i < sizeof(sctlr_doors) / sizeof(sctlr_doors[0]); i++) {
			assert_int_equal(registers.sctlr & K_BIT(sctlr_doors[i]), 0);
		}
		for (size_t i = 0; i < sizeof(tcr_doors) / sizeof(tcr_doors[0]); i++) {
			assert_int_equal(registers.tcr & K_BIT(tcr_doors[i]), 0);
		}
	}
}

/* FPEN, bits [21:20], and nothing else: SVE, SME and the trace registers trap whoever runs. */
static void fp_is_the_only_thing_that_is_switched(void **state)
{
	const struct hal_registers registers = decide(&a72);

	(void)state;
	assert_int_equal(cpu_registers_cpacr(false), registers.cpacr);
	assert_int_equal(cpu_registers_cpacr(false), 0x10000000);
	assert_int_equal(cpu_registers_cpacr(true), 0x10300000);
}

static const char *logged(const struct cpu_features *features, bool verbose)
{
	struct hal_registers registers = decide(features);

	twin_reset(NULL);
	kernel.log.verbose = verbose;
	cpu_registers_log(&registers);
	return twin_console();
}

#define EVERYWHERE                                                                                        \
	"[BOOT] Mitigations: W^X, WXN, guard pages, UBSan traps, kCFI, shadow call stack, stack canary\n" \
	"[BOOT] Mitigations by CPU: "

/* What is said is what is in the registers, not what is meant to be. */
static void what_is_off_is_not_listed(void **state)
{
	const struct hal_registers off = {.has_pac = true};

	(void)state;
	twin_reset(NULL);
	kernel.log.verbose = true;
	cpu_registers_log(&off);
	assert_string_equal(twin_console(),
			    "[BOOT] Mitigations: W^X, guard pages, UBSan traps, kCFI, shadow call stack, stack canary\n"
			    "[BOOT] Mitigations by CPU: parked TTBR0, return addresses unsigned, branch targets "
			    "unchecked, kernel addresses fault\n");
}

static void mitigations_are_listed_with_verbose(void **state)
{
	const struct cpu_features pan = {.pan = true};
	const struct cpu_features pac = {.pac_address = true};
	const struct cpu_features bti = {.bti = true};
	const struct cpu_features e0pd = {.e0pd = true};

	(void)state;
	assert_string_equal(logged(&a72, false), "");
	assert_string_equal(logged(&a72, true), EVERYWHERE "parked TTBR0, return addresses unsigned, "
							   "branch targets unchecked, kernel addresses fault\n");
	assert_string_equal(logged(&pan, true), EVERYWHERE "PAN, return addresses unsigned, "
							   "branch targets unchecked, kernel addresses fault\n");
	assert_string_equal(logged(&pac, true),
			    EVERYWHERE "parked TTBR0, return addresses signed (keys for each "
				       "process), branch targets unchecked, kernel addresses fault\n");
	assert_string_equal(logged(&bti, true), EVERYWHERE "parked TTBR0, return addresses unsigned, "
							   "branch targets checked, kernel addresses fault\n");
	assert_string_equal(logged(&e0pd, true),
			    EVERYWHERE "parked TTBR0, return addresses unsigned, "
				       "branch targets unchecked, kernel addresses hidden (E0PD)\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cortex_a72),
		cmocka_unit_test(max_of_qemu),
		cmocka_unit_test(max_of_qemu_with_tags),
		cmocka_unit_test(cpus_between),
		cmocka_unit_test(tcr_has_the_physical_size),
		cmocka_unit_test(each_feature_adds_its_bits_and_no_others),
		cmocka_unit_test(no_feature_opens_a_door),
		cmocka_unit_test(fp_is_the_only_thing_that_is_switched),
		cmocka_unit_test(mitigations_are_listed_with_verbose),
		cmocka_unit_test(what_is_off_is_not_listed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
