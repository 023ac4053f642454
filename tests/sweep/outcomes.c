#include "tests/sweep/outcomes.h"

#include <stddef.h>

#include "core/log/log.h"
#include "core/trap/syndrome.h"
#include "lib/format.h"

/* Characters of a line, and how many the longest outcome has: "~[12345678]". */
#define LINE_MAX 200
#define OUTCOME_MAX 11

#define ESR_IL K_BIT(25) /* an instruction of 32 bits */
/* CV = 1, COND = 0b1110: of an instruction that has no condition (Arm ARM D17.2.37). */
#define ISS_NO_CONDITION 0x1e00000

static char line[LINE_MAX + OUTCOME_MAX + 1];
static size_t length;

void outcomes_flush(void)
{
	if (length != 0) {
		line[length] = '\0';
		log_line("sweep: %s", line);
		length = 0;
	}
}

static void print_character(char character)
{
	line[length++] = character;
}

static char class_character(unsigned exception_class)
{
	static const char characters[] = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ@_";

	return characters[exception_class];
}

/* ISS of EC 0x18 (Arm ARM D17.2.37): Op0, Op2, Op1, CRn, Rt, CRm, Direction. */
static uint32_t system_iss(uint32_t word)
{
	uint32_t op0 = word >> 19 & 3;
	uint32_t op1 = word >> 16 & 7;
	uint32_t crn = word >> 12 & 15;
	uint32_t crm = word >> 8 & 15;
	uint32_t op2 = word >> 5 & 7;

	return op0 << 20 | op2 << 17 | op1 << 14 | crn << 10 | (word & 31) << 5 | crm << 1 | (word >> 21 & 1);
}

/* Has the class no syndrome but one that follows from the word, and is it that? What an abort says is not looked at. */
static bool is_plain(uint32_t word, uint64_t esr)
{
	uint32_t iss;

	switch (syndrome_class(esr)) {
	case EC_UNKNOWN:
	case EC_SVE:
	case EC_SME:
		iss = 0;
		break;
	case EC_WFX:
	case EC_FP:
		iss = ISS_NO_CONDITION;
		break;
	case EC_SVC64:
	case EC_BRK64:
		iss = word >> 5 & 0xffff;
		break;
	case EC_SYSTEM_REGISTER:
		iss = system_iss(word);
		break;
	default:
		return true;
	}
	return esr == ((uint64_t)syndrome_class(esr) << 26 | ESR_IL | iss);
}

static bool is_end(const struct el0_outcome *outcome)
{
	const uint64_t mark = SYNDROME_SVC_0 | EL0_MARK(EL0_PLACE + 1);

	return outcome->trap.esr == mark && outcome->pc == EL0_CODE_PAGE + (EL0_PLACE + 2) * sizeof(uint32_t);
}

static void print_trap(uint32_t word, const struct el0_outcome *outcome)
{
	uint64_t esr = outcome->trap.esr;

	if (is_end(outcome)) {
		print_character('.');
	} else if (is_plain(word, esr)) {
		print_character(class_character(syndrome_class(esr)));
	} else {
		length += k_format(line + length, sizeof(line) - length, "[%" K_PRIx64 "]", esr);
	}
}

void outcomes_print(uint32_t word, const struct el0_outcome *outcome)
{
	if (length > LINE_MAX - OUTCOME_MAX) {
		outcomes_flush();
	}
	if (outcome->had_fp_trap) {
		print_character('~');
	}
	if (outcome->is_endless) {
		print_character('*');
	} else if (outcome->has_changed || outcome->trap.kind != HAL_TRAP_SYNC) {
		print_character('!');
	} else {
		print_trap(word, outcome);
	}
}
