/*
 * A fresh machine, and the kernel run on it.
 */
#include "core/kernel.h"
#include "hal_host/boot.h"
#include "hal_host/check.h"
#include "hal_host/console.h"
#include "hal_host/keys.h"
#include "hal_host/process_state.h"
#include "hal_host/ram.h"
#include "hal_host/runner.h"
#include "hal_host/script.h"
#include "hal_host/snapshot.h"
#include "hal_host/speculation.h"
#include "hal_host/state.h"
#include "hal_host/tlb.h"
#include "hal_host/twin.h"

/* Any value but zero starts the generator. */
#define RANDOM_START 0x9e3779b97f4a7c15UL

struct twin twin;

static void check_options(const struct twin_options *options)
{
	if (options->ram_size < TWIN_RAM_SIZE_MIN || options->ram_size > TWIN_RAM_SIZE_MAX ||
	    options->ram_size % 0x200000 != 0) {
		twin_abort("options", "RAM of 0x%llx bytes", (unsigned long long)options->ram_size);
	}
}

void twin_reset(const struct twin_options *options)
{
	static const struct twin_options defaults;

	snapshot_forget();
	twin = (struct twin){
		.options = options == NULL ? defaults : *options,
		.ticks = TWIN_FIRST_TICK,
		.deadline = UINT64_MAX,
		.random_state = RANDOM_START,
		.interrupts.enabled_first = HAL_INTERRUPT_LIMIT,
	};
	if (twin.options.ram_size == 0) {
		twin.options.ram_size = TWIN_RAM_SIZE_DEFAULT;
	}
	if (twin.options.frequency == 0 && !twin.options.has_frequency) {
		twin.options.frequency = TWIN_FREQUENCY_DEFAULT;
	}
	check_options(&twin.options);
	runner_reset();
	process_state_reset();
	console_reset();
	script_reset();
	keys_reset();
	speculation_reset();
	check_reset();
	tlb_reset();
	ram_reset(twin.options.ram_size);
	boot_prepare();
	kernel = (struct kernel){0};
	kernel_facts = (struct kernel_facts){0};
}
