#include "hal_host/fetch.h"

#include "hal_host/mmu.h"
#include "hal_host/ram.h"
#include "hal_host/syndrome.h"
#include "hal_host/twin.h"

bool fetch_traps(const struct hal_context *context, struct hal_trap *trap, uint32_t *word)
{
	uint64_t physical;
	uint8_t status;

	if (context->pc % 4 != 0) {
		return syndrome_traps(trap, ESR(CLASS_PC_ALIGNMENT, 0), context->pc);
	}
	if (!mmu_translate_user(context->pc, WALKER_EXECUTE, &physical, &status)) {
		return syndrome_traps(trap, ESR(CLASS_INSTRUCTION_ABORT, status), context->pc);
	}
	if (!ram_code_word(physical, word) || *word != ram_read32(physical)) {
		twin_abort("code-sync", "the instruction at 0x%llx was written after the last hal_code_sync",
			   (unsigned long long)context->pc);
	}
	return false;
}
