/*
 * Everything that changes while the twin runs, beside RAM and the TLB, in one
 * struct, so that a reset is one assignment.
 */
#ifndef HAL_HOST_STATE_H
#define HAL_HOST_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hal/boot.h"
#include "hal/context.h"
#include "hal/cpu.h"
#include "hal_host/twin.h"
#include "hal_host/walker.h"

#define TWIN_FETCHES_MAX 256

struct fetch {
	uint64_t start, size;
};

struct twin {
	struct twin_options options;
	struct boot_info boot;

	/* The MMU: what its registers hold. */
	struct walker_registers mmu;
	bool linear_base_is_set;
	uint64_t linear_base;

	/* The CPU. */
	bool is_protected; /* hal_cpu_protect was called */
	struct hal_registers registers;
	struct hal_secrets secrets;
	uint64_t ticks;
	uint64_t random_state;

	/* The space that hal_user_run entered last. */
	bool is_live;
	struct hal_space space;

	bool console_is_attached;

	/* User copies. */
	bool copy_will_fault;
	uint64_t copy_fault_at;
	bool changes_after_fetch;
	bool double_fetch_is_allowed;
	struct twin_copy_fault copy_fault;
	struct fetch fetches[TWIN_FETCHES_MAX]; /* user bytes copied in since the last trap */
	size_t fetch_count;
};

extern struct twin twin;

#endif
