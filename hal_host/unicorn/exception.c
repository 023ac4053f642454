#include "hal_host/unicorn/exception.h"

#include <stddef.h>

#include "hal_host/syndrome.h"

#define BITS(word, high, low) ((word) >> (low) & ((1U << ((high) - (low) + 1)) - 1))
#define IS(word, mask, value) (((word) & (mask)) == (value))

/* Exception classes and syndromes (Arm ARM D17.2.37). */
#define CLASS_WFX 0x01
#define CLASS_SYSTEM 0x18
#define CLASS_SVE 0x19
#define CLASS_SME 0x1d
#define CLASS_BRK 0x3c
#define STATUS_MISALIGNED 0x21UL

/* Instructions (C4.1, C6.2). */
#define IS_SVC(word) IS(word, 0xffe0001fU, 0xd4000001U)
#define IS_BRK(word) IS(word, 0xffe0001fU, 0xd4200000U)
#define IS_SYSTEM(word) IS(word, 0xffc00000U, 0xd5000000U)
#define IS_DAIF_IMMEDIATE(word) IS(word, 0xfffff0dfU, 0xd50340dfU) /* DAIFSet, DAIFClr */
#define IS_SVE(word) IS(word, 0x1e000000U, 0x04000000U)
#define IS_EXCLUSIVE(word) IS(word, 0x3f000000U, 0x08000000U)
/* CAS and CASP lie among them, and read first. */
#define IS_CAS(word) (IS(word, 0x3fa07c00U, 0x08a07c00U) || IS(word, 0xbfa07c00U, 0x08207c00U))
#define IS_LDAR_OR_STLR(word) IS(word, 0x3fbffc00U, 0x089ffc00U)
#define IS_LDLAR_OR_STLLR(word) IS(word, 0x3fbffc00U, 0x089f7c00U)
/* LDXR to STLXP: not CASP, which has their place among pairs of bytes and halfwords. */
#define IS_MONITORED(word) (IS(word, 0x3fa00000U, 0x08000000U) || IS(word, 0xbfa00000U, 0x88200000U))
/* LDAPUR and STLUR. Nothing is sign-extended from 64 bits, nor from 32 to 32. */
#define IS_UNSCALED(word)                                                             \
	(IS(word, 0x3f200c00U, 0x19000000U) && !IS(word, 0xc0800000U, 0xc0800000U) && \
	 !IS(word, 0xc0c00000U, 0x80c00000U))
#define IS_LOAD(word) (BITS(word, 22, 22) != 0)
#define IS_UNSCALED_LOAD(word) (BITS(word, 23, 22) != 0)
#define IS_MRS_MDCCSR(word) IS(word, 0xffffffe0U, 0xd5330100U)
#define IMMEDIATE(word) BITS(word, 20, 5)
#define WFI 0xd503207fU
#define WFE 0xd503205fU

/* Data processing has op0 = x111, loads and stores x1x0 with V = 1: in both bits 27 and 26 are set. */
#define IS_FP(word) IS(word, 0x0c000000U, 0x0c000000U)
/* FPCR and FPSR, read and written. */
#define IS_FP_CONTROL(word) IS(word, 0xffdfffc0U, 0xd51b4400U)

/* The operands of a system instruction, bits [20:5]: op0, op1, CRn, CRm, op2 (C5.1.2). */
#define OPERANDS(op0, op1, n, m, op2) ((op0) << 14 | (op1) << 11 | (n) << 7 | (m) << 3 | (op2))
#define COUNTERS 6U /* PMCR_EL0.N of either CPU */
#define READ 1U
#define WRITE 2U

/*
 * What EL0 could use if the kernel let it, and therefore traps with a syndrome of its own; everything else that it may
 * not use is undefined. The controls are zero: SCTLR_EL1.UCT, DZE, UMA, UCI; CNTKCTL_EL1; PMUSERENR_EL0 (D17.2).
 */
static const struct {
	uint32_t first, more; /* the registers or operations from the first one on */
	uint32_t directions;
	bool max_only;
} trapped[] = {
	{OPERANDS(3U, 3U, 0U, 0U, 1U), 0, READ, false},			     /* CTR_EL0 */
	{OPERANDS(3U, 3U, 4U, 2U, 1U), 0, READ | WRITE, false},		     /* DAIF */
	{OPERANDS(1U, 3U, 7U, 3U, 4U), 1, WRITE, true},			     /* CFP RCTX, DVP RCTX */
	{OPERANDS(1U, 3U, 7U, 3U, 7U), 0, WRITE, true},			     /* CPP RCTX */
	{OPERANDS(1U, 3U, 7U, 4U, 1U), 0, WRITE, false},		     /* DC ZVA */
	{OPERANDS(1U, 3U, 7U, 5U, 1U), 0, WRITE, false},		     /* IC IVAU */
	{OPERANDS(1U, 3U, 7U, 10U, 1U), 0, WRITE, false},		     /* DC CVAC */
	{OPERANDS(1U, 3U, 7U, 11U, 1U), 0, WRITE, false},		     /* DC CVAU */
	{OPERANDS(1U, 3U, 7U, 12U, 1U), 0, WRITE, true},		     /* DC CVAP */
	{OPERANDS(1U, 3U, 7U, 13U, 1U), 0, WRITE, true},		     /* DC CVADP */
	{OPERANDS(1U, 3U, 7U, 14U, 1U), 0, WRITE, false},		     /* DC CIVAC */
	{OPERANDS(3U, 3U, 9U, 12U, 0U), 3, READ | WRITE, false},	     /* PMCR_EL0 to PMOVSCLR_EL0 */
	{OPERANDS(3U, 3U, 9U, 12U, 4U), 0, WRITE, false},		     /* PMSWINC_EL0 */
	{OPERANDS(3U, 3U, 9U, 12U, 5U), 0, READ | WRITE, false},	     /* PMSELR_EL0 */
	{OPERANDS(3U, 3U, 9U, 12U, 6U), 1, READ, false},		     /* PMCEID0_EL0, PMCEID1_EL0 */
	{OPERANDS(3U, 3U, 9U, 13U, 0U), 2, READ | WRITE, false},	     /* PMCCNTR_EL0 to PMXEVCNTR_EL0 */
	{OPERANDS(3U, 3U, 9U, 14U, 3U), 0, READ | WRITE, false},	     /* PMOVSSET_EL0 */
	{OPERANDS(3U, 3U, 13U, 0U, 5U), 0, READ | WRITE, true},		     /* TPIDR2_EL0 */
	{OPERANDS(3U, 3U, 13U, 0U, 7U), 0, READ | WRITE, true},		     /* SCXTNUM_EL0 */
	{OPERANDS(3U, 3U, 14U, 0U, 0U), 2, READ, false},		     /* CNTFRQ_EL0, CNTPCT_EL0, CNTVCT_EL0 */
	{OPERANDS(3U, 3U, 14U, 2U, 0U), 2, READ | WRITE, false},	     /* CNTP_TVAL_EL0, _CTL_, _CVAL_ */
	{OPERANDS(3U, 3U, 14U, 3U, 0U), 2, READ | WRITE, false},	     /* CNTV_TVAL_EL0, _CTL_, _CVAL_ */
	{OPERANDS(3U, 3U, 14U, 8U, 0U), COUNTERS - 1, READ | WRITE, false},  /* PMEVCNTR<n>_EL0 */
	{OPERANDS(3U, 3U, 14U, 12U, 0U), COUNTERS - 1, READ | WRITE, false}, /* PMEVTYPER<n>_EL0 */
	{OPERANDS(3U, 3U, 14U, 15U, 7U), 0, READ | WRITE, false},	     /* PMCCFILTR_EL0 */
	/* FEAT_IDST: identification registers, and what is kept free for them. */
	{OPERANDS(3U, 0U, 0U, 0U, 0U), 63, READ, true},
	{OPERANDS(3U, 1U, 0U, 0U, 0U), 63, READ, true},
	{OPERANDS(3U, 3U, 0U, 0U, 0U), 63, READ, true},
};

/* SME: its own encodings, and those that lie elsewhere (C4.1, C5.2, C6.2). */
static const struct {
	uint32_t mask, value;
} sme[] = {
	{0xffffff00U, 0xc0080000U}, /* ZERO */
	{0xff3f0010U, 0xc0000000U}, /* MOVA, to the array */
	{0xffff0010U, 0xc0c10000U}, /* of 128 bits */
	{0xff3f0200U, 0xc0020000U}, /* MOVA, from the array */
	{0xffff0200U, 0xc0c30000U}, /* of 128 bits */
	{0xfffe001cU, 0xc0900000U}, /* ADDHA, ADDVA, of 32 bits */
	{0xfffe0018U, 0xc0d00000U}, /* of 64 bits */
	{0xffe0000cU, 0x80800000U}, /* FMOPA, FMOPS, of 32 bits */
	{0xffe00008U, 0x80c00000U}, /* of 64 bits */
	{0xffe0000cU, 0x81800000U}, /* BFMOPA, BFMOPS */
	{0xffe0000cU, 0x81a00000U}, /* FMOPA, FMOPS, of 16 bits */
	{0xfec0000cU, 0xa0800000U}, /* SMOPA to UMOPS, of 8 bits */
	{0xfec00008U, 0xa0c00000U}, /* of 16 bits */
	{0xff000010U, 0xe0000000U}, /* LD1B to LD1D, ST1B to ST1D */
	{0xffc00010U, 0xe1c00000U}, /* LD1Q, ST1Q */
	{0xffdf9c10U, 0xe1000000U}, /* LDR, STR */
	{0xffa0f800U, 0x04205800U}, /* ADDSVL, ADDSPL */
	{0xfffff800U, 0x04bf5800U}, /* RDSVL */
	{0xfffffeffU, 0xd503427fU}, /* SMSTART, SMSTOP: of SM */
	{0xfffffcffU, 0xd503447fU}, /* of ZA, of both */
	{0xffdfffe0U, 0xd51b4240U}, /* SVCR */
};

static bool is_sme(uint32_t word)
{
	for (size_t i = 0; i < sizeof(sme) / sizeof(sme[0]); i++) {
		if (IS(word, sme[i].mask, sme[i].value)) {
			return true;
		}
	}
	return false;
}

/* ISS of a trapped system instruction: op0, op2, op1, CRn, Rt, CRm, direction. */
static uint64_t system_syndrome(uint32_t word)
{
	return ESR(CLASS_SYSTEM, BITS(word, 20, 19) << 20 | BITS(word, 7, 5) << 17 | BITS(word, 18, 16) << 14 |
					 BITS(word, 15, 12) << 10 | BITS(word, 4, 0) << 5 | BITS(word, 11, 8) << 1 |
					 BITS(word, 21, 21));
}

static bool is_trapped(uint32_t word, enum twin_cpu cpu)
{
	uint32_t direction = BITS(word, 21, 21) != 0 ? READ : WRITE;

	for (size_t i = 0; i < sizeof(trapped) / sizeof(trapped[0]); i++) {
		if (BITS(word, 20, 5) - trapped[i].first <= trapped[i].more &&
		    (trapped[i].directions & direction) != 0 && (cpu == TWIN_CPU_MAX || !trapped[i].max_only)) {
			return true;
		}
	}
	return false;
}

bool exception_is_svc(uint32_t word)
{
	return IS_SVC(word);
}

bool exception_comes_first(uint32_t word, bool fp_is_on, uint64_t *esr)
{
	if (word == WFI || word == WFE) {
		*esr = ESR(CLASS_WFX, SYNDROME_ALWAYS | (word == WFE ? 1U : 0U));
		return true;
	}
	*esr = ESR(CLASS_FP_ACCESS, SYNDROME_ALWAYS);
	return !fp_is_on && (IS_FP(word) || IS_FP_CONTROL(word));
}

/* What EL0 may not use on a CPU that has it: CPACR_EL1.SMEN, ZEN are zero. */
static uint64_t of_extension(uint32_t word)
{
	if (is_sme(word)) {
		return ESR(CLASS_SME, 0);
	}
	return IS_SVE(word) ? ESR(CLASS_SVE, 0) : ESR(CLASS_UNKNOWN, 0);
}

uint64_t exception_of(uint32_t word, enum twin_cpu cpu)
{
	if (IS_SVC(word)) {
		return ESR(CLASS_SVC64, IMMEDIATE(word));
	}
	if (IS_BRK(word)) {
		return ESR(CLASS_BRK, IMMEDIATE(word));
	}
	if (IS_DAIF_IMMEDIATE(word) || (IS_SYSTEM(word) && is_trapped(word, cpu))) {
		return system_syndrome(word);
	}
	return cpu == TWIN_CPU_MAX ? of_extension(word) : ESR(CLASS_UNKNOWN, 0);
}

bool exception_reads_zero(uint32_t word)
{
	return IS_MRS_MDCCSR(word);
}

bool exception_is_exclusive_load(uint32_t word)
{
	return IS_MONITORED(word) && IS_LOAD(word);
}

bool exception_is_exclusive_store(uint32_t word)
{
	return IS_MONITORED(word) && !IS_LOAD(word);
}

unsigned exception_status_register(uint32_t word)
{
	return BITS(word, 20, 16);
}

unsigned exception_alignment(uint32_t word, enum twin_cpu cpu)
{
	bool is_ordered =
		IS_LDAR_OR_STLR(word) || (cpu == TWIN_CPU_MAX && (IS_LDLAR_OR_STLLR(word) || IS_UNSCALED(word)));

	return is_ordered ? 1U << BITS(word, 31, 30) : 1;
}

uint64_t exception_of_misaligned(uint32_t word)
{
	bool is_store = (IS_EXCLUSIVE(word) && !IS_LOAD(word) && !IS_CAS(word)) ||
			(IS_UNSCALED(word) && !IS_UNSCALED_LOAD(word));

	return ESR(CLASS_DATA_ABORT, STATUS_MISALIGNED | (is_store ? SYNDROME_WRITE : 0));
}

/* The offset of LDAPUR and STLUR has nine bits, of which the highest is the sign. */
uint64_t exception_offset(uint32_t word)
{
	uint64_t offset = BITS(word, 20, 12);

	return IS_UNSCALED(word) ? (offset ^ 0x100U) - 0x100U : 0;
}

unsigned exception_base_register(uint32_t word)
{
	return BITS(word, 9, 5);
}

unsigned exception_target(uint32_t word)
{
	return BITS(word, 4, 0);
}
