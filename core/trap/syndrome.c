#include "core/trap/syndrome.h"

#include <stddef.h>

static const struct {
	uint8_t exception_class;
	const char *name;
} class_names[] = {
	{EC_UNKNOWN, "undefined"},
	{EC_WFX, "wait"},
	{EC_FP, "fp"},
	{EC_BTI, "branch-target"},
	{EC_ILLEGAL_STATE, "illegal-state"},
	{EC_SVC64, "svc"},
	{EC_SYSTEM_REGISTER, "system-register"},
	{EC_SVE, "sve"},
	{EC_PAC_FAIL, "pac"},
	{EC_SME, "sme"},
	{EC_INSTRUCTION_ABORT_LOWER, "instruction-abort"},
	{EC_INSTRUCTION_ABORT, "instruction-abort"},
	{EC_PC_ALIGNMENT, "pc-alignment"},
	{EC_DATA_ABORT_LOWER, "data-abort"},
	{EC_DATA_ABORT, "data-abort"},
	{EC_SP_ALIGNMENT, "sp-alignment"},
	{EC_FP_EXCEPTION, "fp-exception"},
	{EC_SERROR, "serror"},
	{EC_BREAKPOINT_LOWER, "breakpoint"},
	{EC_STEP_LOWER, "step"},
	{EC_WATCHPOINT_LOWER, "watchpoint"},
	{EC_BRK64, "brk"},
};

const char *syndrome_class_name(unsigned exception_class)
{
	for (size_t i = 0; i < K_ARRAY_SIZE(class_names); i++) {
		if (class_names[i].exception_class == exception_class) {
			return class_names[i].name;
		}
	}
	return "reserved";
}

enum fault_status syndrome_fault_status(uint64_t esr)
{
	uint64_t code = bits_get(esr, 5, 0);

	switch (code >> 2) {
	case 0:
		return FAULT_ADDRESS_SIZE;
	case 1:
		return FAULT_TRANSLATION;
	case 2:
		return FAULT_ACCESS_FLAG;
	case 3:
		return FAULT_PERMISSION;
	default:
		break;
	}
	switch (code) {
	case 0x10: /* external abort, not on a table walk; 0x14 to 0x17: on a walk, by level */
	case 0x14:
	case 0x15:
	case 0x16:
	case 0x17:
		return FAULT_EXTERNAL;
	case 0x11:
		return FAULT_TAG;
	case 0x21:
		return FAULT_ALIGNMENT;
	default:
		return FAULT_OTHER;
	}
}

bool syndrome_is_write(uint64_t esr)
{
	return bits_get(esr, 6, 6) != 0;
}

bool syndrome_far_is_valid(uint64_t esr)
{
	switch (syndrome_class(esr)) {
	case EC_INSTRUCTION_ABORT_LOWER:
	case EC_INSTRUCTION_ABORT:
	case EC_DATA_ABORT_LOWER:
	case EC_DATA_ABORT:
	case EC_WATCHPOINT_LOWER:
		return bits_get(esr, 10, 10) == 0; /* FnV */
	case EC_PC_ALIGNMENT:
		return true;
	default:
		return false;
	}
}
