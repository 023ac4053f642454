#include "hal_host/unicorn/exception.h"

#include <stddef.h>

#include "hal_host/syndrome.h"

#define BITS(word, high, low) ((word) >> (low) & ((1U << ((high) - (low) + 1)) - 1))
#define IS(word, mask, value) (((word) & (mask)) == (value))

/* Exception classes and syndromes (Arm ARM D17.2.37). */
#define CLASS_WFX 0x01
#define CLASS_SYSTEM 0x18
#define CLASS_SVE 0x19
#define CLASS_BRK 0x3c
#define STATUS_MISALIGNED 0x21UL

/* Instructions (C4.1, C6.2). */
#define IS_SVC(word) IS(word, 0xffe0001fU, 0xd4000001U)
#define IS_BRK(word) IS(word, 0xffe0001fU, 0xd4200000U)
#define IS_SYSTEM(word) IS(word, 0xffc00000U, 0xd5000000U)
#define IS_SVE(word) IS(word, 0x1e000000U, 0x04000000U)
#define IS_EXCLUSIVE(word) IS(word, 0x3f000000U, 0x08000000U)
#define IS_LDAR_OR_STLR(word) IS(word, 0x3fbffc00U, 0x089ffc00U)
#define IS_LOAD(word) (BITS(word, 22, 22) != 0)
#define IMMEDIATE(word) BITS(word, 20, 5)
#define WFI 0xd503207fU
#define WFE 0xd503205fU

/* Data processing has op0 = x111, loads and stores x1x0 with V = 1: in both bits 27 and 26 are set. */
#define IS_FP(word) IS(word, 0x0c000000U, 0x0c000000U)
/* FPCR and FPSR, read and written. */
#define IS_FP_CONTROL(word) IS(word, 0xffdfffc0U, 0xd51b4400U)

/* The operands of a system instruction, bits [20:5]: op0, op1, CRn, CRm, op2 (C5.1.2). */
#define OPERANDS(op0, op1, n, m, op2) ((op0) << 14 | (op1) << 11 | (n) << 7 | (m) << 3 | (op2))
#define ONE 0xffffU
#define ANY_OP2 OPERANDS(3U, 7U, 15U, 15U, 0U)
#define ANY_CRM OPERANDS(3U, 7U, 15U, 0U, 7U)
#define READ 1U
#define WRITE 2U

/*
 * What EL0 could use if the kernel let it, and therefore traps with a syndrome of its own; everything else that it may
 * not use is undefined. The controls are zero: SCTLR_EL1.UCT, DZE, UMA, UCI; CNTKCTL_EL1; PMUSERENR_EL0 (D17.2).
 */
static const struct {
	uint32_t mask, operands, directions;
	bool max_only;
} trapped[] = {
	{ONE, OPERANDS(3U, 3U, 0U, 0U, 1U), READ, false},	       /* CTR_EL0 */
	{ONE, OPERANDS(3U, 3U, 4U, 2U, 1U), READ | WRITE, false},      /* DAIF */
	{ANY_CRM, OPERANDS(0U, 3U, 4U, 0U, 6U), WRITE, false},	       /* DAIFSet */
	{ANY_CRM, OPERANDS(0U, 3U, 4U, 0U, 7U), WRITE, false},	       /* DAIFClr */
	{ONE, OPERANDS(1U, 3U, 7U, 4U, 1U), WRITE, false},	       /* DC ZVA */
	{ONE, OPERANDS(1U, 3U, 7U, 5U, 1U), WRITE, false},	       /* IC IVAU */
	{ONE, OPERANDS(1U, 3U, 7U, 10U, 1U), WRITE, false},	       /* DC CVAC */
	{ONE, OPERANDS(1U, 3U, 7U, 11U, 1U), WRITE, false},	       /* DC CVAU */
	{ONE, OPERANDS(1U, 3U, 7U, 12U, 1U), WRITE, true},	       /* DC CVAP */
	{ONE, OPERANDS(1U, 3U, 7U, 13U, 1U), WRITE, true},	       /* DC CVADP */
	{ONE, OPERANDS(1U, 3U, 7U, 14U, 1U), WRITE, false},	       /* DC CIVAC */
	{ONE, OPERANDS(3U, 3U, 9U, 14U, 3U), READ | WRITE, false},     /* PMOVSSET_EL0 */
	{ANY_OP2, OPERANDS(3U, 3U, 9U, 12U, 0U), READ | WRITE, false}, /* PMCR_EL0 to PMCEID1_EL0 */
	{ANY_OP2, OPERANDS(3U, 3U, 9U, 13U, 0U), READ | WRITE, false}, /* PMCCNTR_EL0 to PMXEVCNTR_EL0 */
	{ONE, OPERANDS(3U, 3U, 13U, 0U, 7U), READ | WRITE, true},      /* SCXTNUM_EL0 */
	{ONE, OPERANDS(3U, 3U, 14U, 0U, 0U), READ, false},	       /* CNTFRQ_EL0 */
	{ONE, OPERANDS(3U, 3U, 14U, 0U, 1U), READ, false},	       /* CNTPCT_EL0 */
	{ONE, OPERANDS(3U, 3U, 14U, 0U, 2U), READ, false},	       /* CNTVCT_EL0 */
	{ANY_OP2, OPERANDS(3U, 3U, 14U, 2U, 0U), READ | WRITE, false}, /* CNTP_TVAL_EL0, _CTL_, _CVAL_ */
	{ANY_OP2, OPERANDS(3U, 3U, 14U, 3U, 0U), READ | WRITE, false}, /* CNTV_TVAL_EL0, _CTL_, _CVAL_ */
	{0xffc0U, OPERANDS(3U, 3U, 14U, 8U, 0U), READ | WRITE, false}, /* PMEVCNTR<n>_EL0 to PMCCFILTR_EL0 */
	{0xffc0U, OPERANDS(3U, 0U, 0U, 0U, 0U), READ, true},	       /* FEAT_IDST: identification registers */
};

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
		if (IS(BITS(word, 20, 5), trapped[i].mask, trapped[i].operands) &&
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

uint64_t exception_of(uint32_t word, enum twin_cpu cpu)
{
	if (IS_SVC(word)) {
		return ESR(CLASS_SVC64, IMMEDIATE(word));
	}
	if (IS_BRK(word)) {
		return ESR(CLASS_BRK, IMMEDIATE(word));
	}
	if (IS_SYSTEM(word) && is_trapped(word, cpu)) {
		return system_syndrome(word);
	}
	return cpu == TWIN_CPU_MAX && IS_SVE(word) ? ESR(CLASS_SVE, 0) : ESR(CLASS_UNKNOWN, 0);
}

unsigned exception_alignment(uint32_t word)
{
	return IS_LDAR_OR_STLR(word) ? 1U << BITS(word, 31, 30) : 1;
}

uint64_t exception_of_misaligned(uint32_t word)
{
	uint64_t write = IS_EXCLUSIVE(word) && !IS_LOAD(word) ? SYNDROME_WRITE : 0;

	return ESR(CLASS_DATA_ABORT, STATUS_MISALIGNED | write);
}

unsigned exception_base_register(uint32_t word)
{
	return BITS(word, 9, 5);
}
