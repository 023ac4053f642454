#include "hal_host/registers.h"

/*
 * A modelled CPU: its identification registers as QEMU 7.2 shows them at EL1 (cortex-a72; max), and the one safe value
 * of each register that the kernel sets, worked out by hand from the Arm ARM.
 *
 * SCTLR_EL1 (D17.2.118): M, C, SA, SA0, ITD, SED, EOS, I, WXN, TSCXT, EIS, nTLSMD, LSMAOE; SPAN without FEAT_PAN; IESB,
 * EnIA, EnIB, EnDA, EnDB, BT0 and BT1 where they exist. UMA, UCT, DZE, UCI, nTWI, nTWE, E0E and EE are 0. TCR_EL1
 * (D17.2.131): T0SZ = T1SZ = 25, TG0 = 4 KiB (0), TG1 = 4 KiB (2), inner shareable write-back walks, A1 = 0, EPD0 =
 * EPD1 = 0, TBI0 = TBI1 = 0, IPS = the physical size, at most 48 bits (5), AS = 1 where ASIDs have 16 bits, E0PD1 where
 * it exists. MAIR_EL1: the kernel's (hal/layout.h). PSTATE, as in an SPSR (C5.2.19): D, A, I and F, SP_EL1, PAN where
 * it exists; no UAO, no SSBS.
 */
struct model {
	struct hal_id_registers id;
	struct hal_registers registers;
	uint64_t pstate; /* what EL0 may have in PSTATE */
};

#define CPACR_FPEN (3UL << 20)

#define PSTATE_NZCV 0xf0000000UL
#define PSTATE_TCO (1UL << 25)
#define PSTATE_DIT (1UL << 24)
#define PSTATE_SSBS (1UL << 12)
#define PSTATE_BTYPE (3UL << 10)

static const struct model models[] = {
	[TWIN_CPU_A72] =
		{
			.id =
				{
					.pfr0 = 0x0000000000000022,
					.isar0 = 0x0000000000011120,
					.mmfr0 = 0x0000000000001124,
					.dfr0 = 0x0000000010305106,
				},
			.registers =
				{
					.sctlr = 0x0000000030d8199d,
					.tcr = 0x00000014b5193519,
					.cpacr = 0x0000000010000000,
					.mair = 0x00000000000004ff,
					.mdscr = 0x0000000000001000,
					.pstate = 0x00000000000003c1,
					.has_pmu = true,
				},
			.pstate = PSTATE_NZCV,
		},
	[TWIN_CPU_MAX] =
		{
			.id =
				{
					.pfr0 = 0x1201001120110022,
					.pfr1 = 0x0000000001000021,
					.isar0 = 0x1221111110212120,
					.isar1 = 0x0011111101211012,
					.mmfr0 = 0x0000032310201126,
					.mmfr1 = 0x0000011010211122,
					.mmfr2 = 0x1021011010011011,
					.dfr0 = 0x0000000010305609,
				},
			.registers =
				{
					.sctlr = 0x00000018f878399d,
					.tcr = 0x01000015b5193519,
					.cpacr = 0x0000000010000000,
					.mair = 0x00000000000004ff,
					.mdscr = 0x0000000000001000,
					.pstate = 0x00000000004003c1,
					.has_pan = true,
					.has_uao = true,
					.has_ssbs = true,
					.has_pac = true,
					.has_pmu = true,
				},
			.pstate = PSTATE_NZCV | PSTATE_DIT | PSTATE_SSBS | PSTATE_BTYPE,
		},
	/* The same on a machine with tags (`mte=on`): ATA, TCF and ITFSB of SCTLR_EL1; TBI1 and TBID1, not TCMA1, of
	 * TCR_EL1; attribute 2 of MAIR_EL1; RRND and Exclude<15> of GCR_EL1 (D17.2.56); PSTATE.TCO is 0. */
	[TWIN_CPU_MTE] =
		{
			.id =
				{
					.pfr0 = 0x1201001120110022,
					.pfr1 = 0x0000000001000321,
					.isar0 = 0x1221111110212120,
					.isar1 = 0x0011111101211012,
					.mmfr0 = 0x0000032310201126,
					.mmfr1 = 0x0000011010211122,
					.mmfr2 = 0x1021011010011011,
					.dfr0 = 0x0000000010305609,
				},
			.registers =
				{
					.sctlr = 0x00000938f878399d,
					.tcr = 0x01100055b5193519,
					.cpacr = 0x0000000010000000,
					.mair = 0x0000000000f004ff,
					.gcr = 0x0000000000018000,
					.mdscr = 0x0000000000001000,
					.pstate = 0x00000000004003c1,
					.has_pan = true,
					.has_uao = true,
					.has_ssbs = true,
					.has_pac = true,
					.has_pmu = true,
					.has_mte = true,
				},
			.pstate = PSTATE_NZCV | PSTATE_TCO | PSTATE_DIT | PSTATE_SSBS | PSTATE_BTYPE,
		},
	/* ID_AA64MMFR0_EL1.ASIDBits is 0 (D17.2.64), and TCR_EL1.AS with it. */
	[TWIN_CPU_ASID8] =
		{
			.id =
				{
					.pfr0 = 0x0000000000000022,
					.isar0 = 0x0000000000011120,
					.mmfr0 = 0x0000000000001104,
					.dfr0 = 0x0000000010305106,
				},
			.registers =
				{
					.sctlr = 0x0000000030d8199d,
					.tcr = 0x00000004b5193519,
					.cpacr = 0x0000000010000000,
					.mair = 0x00000000000004ff,
					.mdscr = 0x0000000000001000,
					.pstate = 0x00000000000003c1,
					.has_pmu = true,
				},
			.pstate = PSTATE_NZCV,
		},
};

const struct hal_id_registers *registers_of(enum twin_cpu cpu)
{
	return &models[cpu].id;
}

uint64_t registers_pstate(enum twin_cpu cpu)
{
	return models[cpu].pstate;
}

static void check(const char *name, uint64_t value, uint64_t expected)
{
	if (value != expected) {
		twin_abort("registers", "%s is 0x%llx and must be 0x%llx", name, (unsigned long long)value,
			   (unsigned long long)expected);
	}
}

void registers_check(enum twin_cpu cpu, const struct hal_registers *registers)
{
	const struct hal_registers *expected = &models[cpu].registers;

#define HAL_REGISTER(field, name, assembler, condition, mask) check(name, registers->field, expected->field);
#define HAL_REGISTER_KEPT(field, name, assembler, condition, mask)
#define HAL_PSTATE(name, assembler, condition, bits)
#include "hal/registers.def"
	check("PSTATE", registers->pstate, expected->pstate);
	check("has_pan", registers->has_pan, expected->has_pan);
	check("has_uao", registers->has_uao, expected->has_uao);
	check("has_ssbs", registers->has_ssbs, expected->has_ssbs);
	check("has_pac", registers->has_pac, expected->has_pac);
	check("has_pmu", registers->has_pmu, expected->has_pmu);
	check("has_amu", registers->has_amu, expected->has_amu);
	check("has_mte", registers->has_mte, expected->has_mte);
}

/* Those that all translations depend on, as they stand: nothing changes them after hal_cpu_protect. */
void registers_check_walks(enum twin_cpu cpu, const struct walker_registers *registers)
{
	check("SCTLR_EL1", registers->sctlr, models[cpu].registers.sctlr);
	check("TCR_EL1", registers->tcr, models[cpu].registers.tcr);
	check("MAIR_EL1", registers->mair, models[cpu].registers.mair);
}

/* CPACR_EL1.FPEN (D17.2.31): 0 traps FP and SIMD instructions of EL0 and EL1, 3 traps none; the kernel has none of its
 * own. What else is in the register stays as it was decided. */
void registers_check_cpacr(enum twin_cpu cpu, uint64_t cpacr)
{
	uint64_t off = models[cpu].registers.cpacr;

	check("CPACR_EL1", cpacr, (cpacr & CPACR_FPEN) == 0 ? off : off | CPACR_FPEN);
}

void registers_check_secrets(const struct hal_secrets *secrets, bool has_pac)
{
	if (secrets->canary == 0 || (secrets->canary & 0xff) != 0) {
		twin_abort("secrets", "the canary must be chance, but for a lowest byte of zero");
	}
	if (secrets->tag_seed == 0 || secrets->tag_seed >> 16 != 0) {
		twin_abort("secrets", "the seed of tags must be 16 bits of chance");
	}
	if (has_pac && (secrets->return_key[0] == 0 || secrets->return_key[1] == 0)) {
		twin_abort("secrets", "the key for return addresses must be chance");
	}
}
