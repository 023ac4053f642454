/*
 * The CPU: what it says it is, what it is told to be, chance and the end.
 */
#define _GNU_SOURCE /* dladdr, in glibc */

#include "hal/cpu.h"

#include <dlfcn.h>
#include <execinfo.h>

#include "hal/user.h"
#include "hal_host/registers.h"
#include "hal_host/runner.h"
#include "hal_host/state.h"
#include "hal_host/twin.h"
#include "hal_inline.h"

/* What the machine's backend would have there: two offsets into the image, and the lock on (Arm ARM D17.3.17). */
#define VECTORS 0x1000
#define CPU_STRUCT 0x20000
#define OSLSR_OSLK 2

void hal_cpu_protect(const struct hal_registers *registers, const struct hal_secrets *secrets)
{
	if (twin.is_protected) {
		twin_abort("protect", "hal_cpu_protect is called once");
	}
	registers_check(twin.options.cpu, registers);
	registers_check_secrets(secrets, registers->has_pac);
	twin.is_protected = true;
	twin.secrets = *secrets;
	twin.registers = *registers;
	twin.registers.vbar = twin.boot.image_address.value + VECTORS;
	twin.registers.tpidr = twin.boot.image_address.value + CPU_STRUCT;
	twin.registers.key_low = registers->has_pac ? secrets->return_key[0] : 0;
	twin.registers.key_high = registers->has_pac ? secrets->return_key[1] : 0;
	twin.registers.oslsr = OSLSR_OSLK;
	twin.mmu.mair = registers->mair;
	twin.mmu.sctlr = registers->sctlr;
	twin.mmu.tcr = registers->tcr;
	hal_fp_access_set(registers->cpacr);
}

void hal_registers_read(struct hal_registers *registers)
{
	*registers = twin.registers;
	registers->sctlr = twin.mmu.sctlr;
	registers->tcr = twin.mmu.tcr;
	registers->mair = twin.mmu.mair;
	registers->ttbr1 = twin.mmu.ttbr1;
}

void hal_id_registers_read(struct hal_id_registers *registers)
{
	*registers = *registers_of(twin.options.cpu);
}

/* Marsaglia's xorshift64: chance that repeats from run to run. */
bool hal_random(uint64_t *value)
{
	if (twin.options.cpu != TWIN_CPU_MAX && twin.options.cpu != TWIN_CPU_MTE) {
		return false;
	}
	twin.random_state ^= twin.random_state << 13;
	twin.random_state ^= twin.random_state >> 7;
	twin.random_state ^= twin.random_state << 17;
	*value = twin.random_state;
	return true;
}

/* The host's own stack: offsets into the executable, which a symbolizer knows. */
size_t hal_backtrace(const struct hal_fault *fault, uint64_t *offsets, size_t max)
{
	const void *caller = __builtin_return_address(0);
	void *frames[HAL_BACKTRACE_MAX + 4];
	size_t frame_count, first, count;
	Dl_info image;

	if (fault != NULL || dladdr(&twin, &image) == 0) {
		return 0;
	}
	/* The newest frames are this function's own, and a sanitizer's. */
	frame_count = (size_t)backtrace(frames, sizeof(frames) / sizeof(frames[0]));
	for (first = 0; first < frame_count && frames[first] != caller; first++) {
	}
	for (count = 0; count < max && first + count < frame_count; count++) {
		offsets[count] = (uintptr_t)frames[first + count] - (uintptr_t)image.dli_fbase;
	}
	return count;
}

void hal_stop(void)
{
	runner_leave(TWIN_STOPPED);
}

void hal_power_off(enum hal_psci_conduit conduit)
{
	if (conduit != twin.options.conduit) {
		twin_abort("conduit", "PSCI is not there: an undefined instruction on the machine");
	}
	runner_leave(TWIN_POWER_OFF);
}
