#include "core/cpu/registers.h"

#include "core/log/log.h"
#include "core/log/panic.h"
#include "hal/layout.h"
#include "lib/bits.h"
#include "lib/format.h"

/*
 * SCTLR_EL1, Arm ARM D17.2.118: M, C, SA, SA0, ITD, SED, EOS, I, WXN, TSCXT, EIS, nTLSMD and LSMAOE. What is left out
 * matters as much: UMA, UCT, DZE, UCI, nTWI and nTWE are 0, so EL0 may neither mask interrupts, nor maintain caches,
 * nor wait.
 */
#define SCTLR_BASE                                                                                             \
	(K_BIT(0) | K_BIT(2) | K_BIT(3) | K_BIT(4) | K_BIT(7) | K_BIT(8) | K_BIT(11) | K_BIT(12) | SCTLR_WXN | \
	 K_BIT(20) | K_BIT(22) | K_BIT(28) | K_BIT(29))
#define SCTLR_WXN K_BIT(19)  /* what is writable is not executable, whatever its descriptor says */
#define SCTLR_IESB K_BIT(21) /* an implicit error barrier at each exception entry */
#define SCTLR_SPAN K_BIT(23) /* 0: taking an exception to EL1 sets PSTATE.PAN; RES1 without FEAT_PAN */
#define SCTLR_ENIA K_BIT(31) /* key IA signs: return addresses, the kernel's among them */
/* So do IB, DA and DB, which are the programs' alone. */
#define SCTLR_OTHER_KEYS (K_BIT(30) | K_BIT(27) | K_BIT(13))
#define SCTLR_BT0 K_BIT(35) /* PACIASP is a landing pad for BR only, at EL0 */
#define SCTLR_BT1 K_BIT(36) /* the same at EL1 */
/* Tags of memory at EL1: accesses use them (ATA), another one faults at once (TCF = 1), and an exception waits for such
 * faults (ITFSB). EL0 has none: ATA0 and TCF0 are 0. */
#define SCTLR_MTE (K_BIT(43) | K_BIT(40) | K_BIT(37))
#define SCTLR_EPAN K_BIT(57) /* PAN bars every page of EL0's, those that it may only execute too */

/*
 * TCR_EL1, Arm ARM D17.2.131: both halves 39 bits (TxSZ = 25), 4 KiB granules (TG0 = 0, TG1 = 2), table walks inner
 * shareable and write-back, ASIDs from TTBR0 (A1 = 0), no top-byte tags (TBI = 0).
 */
#define TCR_TXSZ ((uint64_t)25)
#define TCR_WALKS ((uint64_t)0x3500) /* SH = 3, ORGN = 1, IRGN = 1, at bit 0 for TTBR0 and at bit 16 for TTBR1 */
#define TCR_BASE (TCR_TXSZ | TCR_WALKS | TCR_TXSZ << 16 | TCR_WALKS << 16 | (uint64_t)2 << 30)
#define TCR_IPS_SHIFT 32
#define TCR_AS K_BIT(36)    /* ASIDs have 16 bits */
#define TCR_E0PD1 K_BIT(56) /* EL0 cannot tell mapped kernel addresses from others by fault or by timing */

/* Pointers to data in the kernel's half have a tag in their top byte (TBI1), addresses of instructions have none
 * (TBID1). TCMA1 is 0: a pointer without a tag is checked as well. */
#define TCR_MTE (K_BIT(38) | K_BIT(52))
/* GCR_EL1 (Arm ARM D17.2.56): tags are drawn by the CPU's own generator (RRND), and never 15, which a pointer without a
 * tag has. */
#define GCR_MTE (K_BIT(16) | K_BIT(15))

#define CPACR_TTA K_BIT(28)	       /* trace registers trap; FPEN, ZEN and SMEN are 0: so do FP, SVE and SME */
#define CPACR_FPEN ((uint64_t)3 << 20) /* FP and SIMD do not trap, at EL0 and EL1 */
#define MDSCR_TDCC K_BIT(12)	       /* the debug communication channel traps; KDE, MDE and SS are 0 */

/* PSTATE while the kernel runs, as in SPSR_EL1 (Arm ARM C5.2.19): D, A, I and F masked, SP_EL1. UAO is 0, or LDTR and
 * STTR would have the kernel's rights; so is SSBS, as exceptions leave it (SCTLR_EL1.DSSBS is 0). */
#define PSTATE_KERNEL ((uint64_t)0xf << 6 | K_BIT(0))
#define PSTATE_PAN K_BIT(22)

/* TCR_EL1.IPS has the encoding of PARange, capped at 48 bits (0b101). */
static uint64_t tcr_ips(unsigned physical_bits)
{
	switch (physical_bits) {
	case 32:
		return 0;
	case 36:
		return 1;
	case 40:
		return 2;
	case 42:
		return 3;
	case 44:
		return 4;
	default:
		return 5;
	}
}

static uint64_t sctlr(const struct cpu_features *features)
{
	uint64_t value = SCTLR_BASE;

	value |= features->pan ? 0 : SCTLR_SPAN;
	value |= features->iesb ? SCTLR_IESB : 0;
	value |= features->pac_address ? SCTLR_ENIA | SCTLR_OTHER_KEYS : 0;
	value |= features->bti ? SCTLR_BT0 | SCTLR_BT1 : 0;
	value |= features->mte ? SCTLR_MTE : 0;
	value |= features->epan ? SCTLR_EPAN : 0;
	return value;
}

static uint64_t tcr(const struct cpu_features *features)
{
	uint64_t value = TCR_BASE | tcr_ips(features->physical_bits) << TCR_IPS_SHIFT;

	value |= features->asid16 ? TCR_AS : 0;
	value |= features->e0pd ? TCR_E0PD1 : 0;
	value |= features->mte ? TCR_MTE : 0;
	return value;
}

uint64_t cpu_registers_cpacr(bool fp)
{
	return CPACR_TTA | (fp ? CPACR_FPEN : 0);
}

void cpu_registers_decide(struct hal_registers *registers, const struct cpu_features *features)
{
	*registers = (struct hal_registers){
		.sctlr = sctlr(features),
		.tcr = tcr(features),
		.mair = features->mte ? KERNEL_MAIR_WITH_TAGS : KERNEL_MAIR,
		.gcr = features->mte ? GCR_MTE : 0,
		.cpacr = cpu_registers_cpacr(false),
		.mdscr = MDSCR_TDCC,
		.pstate = PSTATE_KERNEL | (features->pan ? PSTATE_PAN : 0),
		.has_pan = features->pan,
		.has_uao = features->uao,
		.has_ssbs = features->ssbs2,
		.has_pac = features->pac_address,
		.has_pmu = features->pmu,
		.has_amu = features->amu,
		.has_mte = features->mte,
	};
}

void cpu_registers_note(struct hal_registers *registers)
{
	struct hal_registers now = *registers;

	hal_registers_read(&now);
#define HAL_REGISTER(field, name, assembler, condition, mask)
#define HAL_REGISTER_KEPT(field, name, assembler, condition, mask) registers->field = now.field;
#define HAL_PSTATE(name, assembler, condition, bits)
#include "hal/registers.def"
}

static void compare(const char *name, uint64_t value, uint64_t right)
{
	if (value != right) {
		panic("sysreg-drift", "%s is 0x%" K_PRIx64 ", not 0x%" K_PRIx64, name, value, right);
	}
}

void cpu_registers_check(const struct hal_registers *right, bool fp)
{
	struct hal_registers expected = *right;
	struct hal_registers now = *right;

	expected.cpacr = cpu_registers_cpacr(fp);
	hal_registers_read(&now);
#define HAL_REGISTER(field, name, assembler, condition, mask) compare(name, now.field, expected.field);
#define HAL_REGISTER_KEPT HAL_REGISTER
#define HAL_PSTATE(name, assembler, condition, bits) \
	compare("PSTATE." name, now.pstate &(bits), expected.pstate &(bits));
#include "hal/registers.def"
}

void cpu_registers_log(const struct hal_registers *registers)
{
	log_verbose("Mitigations: W^X, %sguard pages, UBSan traps, kCFI, shadow call stack, stack canary",
		    (registers->sctlr & SCTLR_WXN) != 0 ? "WXN, " : "");
	log_verbose("Mitigations by CPU: %s, return addresses %s, branch targets %s, kernel addresses %s",
		    registers->has_pan ? "PAN" : "parked TTBR0",
		    (registers->sctlr & SCTLR_ENIA) != 0 ? "signed (keys for each process)" : "unsigned",
		    (registers->sctlr & SCTLR_BT1) != 0 ? "checked" : "unchecked",
		    (registers->tcr & TCR_E0PD1) != 0 ? "hidden (E0PD)" : "fault");
}
