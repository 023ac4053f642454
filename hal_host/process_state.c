#include "hal_host/process_state.h"

#include <string.h>

#include "hal/user.h"
#include "hal_host/ram.h"
#include "hal_host/registers.h"
#include "hal_host/state.h"
#include "hal_host/twin.h"

/* CPACR_EL1.FPEN (Arm ARM D17.2.31). */
#define CPACR_FPEN (3UL << 20)

#define POISON 0xf9

void process_state_reset(void)
{
	memset(&twin.fp, POISON, sizeof(twin.fp));
	memset(&twin.thread_pointer, POISON, sizeof(twin.thread_pointer));
}

void hal_fp_access_set(uint64_t cpacr)
{
	registers_check_cpacr(twin.options.cpu, cpacr);
	twin.registers.cpacr = cpacr;
	twin.fp_is_on = (cpacr & CPACR_FPEN) != 0;
}

static void check_access(void)
{
	if (!twin.fp_is_on) {
		twin_abort("fp-trapped", "the kernel's own access to the FP registers traps");
	}
}

/* The kernel keeps this pointer for as long as the process lives: only here is it seen that it is used again. */
static void ask_again(const struct hal_fp_state *state)
{
	uint64_t address;

	if (ram_address(state, &address)) {
		(void)ram_bytes(address, sizeof(*state));
	}
}

void hal_fp_save(struct hal_fp_state *state)
{
	check_access();
	ask_again(state);
	*state = twin.fp;
}

void hal_fp_load(const struct hal_fp_state *state)
{
	check_access();
	ask_again(state);
	twin.fp = *state;
}

uint64_t hal_thread_pointer(void)
{
	return twin.thread_pointer;
}

void hal_thread_pointer_set(uint64_t value)
{
	twin.thread_pointer = value;
}
