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
#include "hal/interrupt.h"
#include "hal_host/twin.h"
#include "hal_host/walker.h"

#define TWIN_COPIES_MAX 16
#define TWIN_EVENTS_MAX 64

/* User bytes that the kernel copied, one way, since the live space was entered. */
struct copies {
	size_t count;
	struct {
		uint64_t start, size;
	} ranges[TWIN_COPIES_MAX];
};

/* What happens when the counter reaches `tick`. */
struct event {
	uint64_t tick;
	twin_event *function;
	void *owner;
};

struct interrupts {
	bool is_attached;
	bool is_active; /* one was claimed and not yet completed: `active` */
	uint32_t active;
	bool is_spurious;	  /* the next trap or wait comes of nothing */
	bool next_claim_is_empty; /* that has happened */
	uint32_t vain_claims;	  /* in a row, with neither a wait nor a program in between */
	uint32_t enabled_first;	  /* the lowest that was ever enabled */
	uint32_t enabled_limit;	  /* above all that were ever enabled */
	bool is_enabled[HAL_INTERRUPT_LIMIT];
	bool is_raised[HAL_INTERRUPT_LIMIT]; /* by a test */
};

/* The receiving half of the UART. */
struct uart {
	bool is_listening;
	bool is_pending;	       /* its interrupt, listening or not */
	uint16_t fifo[TWIN_UART_ROOM]; /* as in UARTDR: bits above the byte say what is wrong with it */
	size_t count;
	uint64_t overrun;
};

struct twin {
	struct twin_options options;
	struct boot_info boot;

	/* The MMU: what its registers hold. */
	struct walker_registers mmu;
	bool linear_base_is_set;
	uint64_t linear_base;

	/* The CPU. */
	bool is_protected;		/* hal_cpu_protect was called */
	struct hal_registers registers; /* of sctlr, tcr, mair and ttbr1 it is `mmu` that counts */
	struct hal_secrets secrets;
	uint64_t random_state;

	/* What the kernel leaves in the CPU for the program that ran last. */
	bool fp_is_on;
	struct hal_fp_state fp;
	uint64_t thread_pointer;
	struct hal_keys keys; /* zeros: none were ever loaded */

	/* Time, and what it brings. */
	uint64_t ticks;
	uint64_t deadline; /* of the timer; UINT64_MAX: none */
	uint64_t step_ticks;
	struct event events[TWIN_EVENTS_MAX]; /* in the order in which they were asked for */
	size_t event_count;
	struct interrupts interrupts;

	/* What runs programs; NULL: their drivers' steps are played. */
	twin_engine *engine;
	/* How often something that an engine may have cached was invalidated: a translation, or an instruction. */
	uint64_t invalidations;

	/* The space that was entered last. */
	bool is_live;
	struct hal_space space;

	bool console_is_attached;
	struct uart uart;

	/* User copies. */
	bool copy_will_fault;
	uint64_t copy_fault_at;
	bool changes_after_fetch;
	struct twin_copy_fault copy_fault;
	struct copies fetches, stores;
	twin_store_watcher *store_watcher; /* NULL: nobody watches */
	void *store_watcher_owner;
};

extern struct twin twin;

#endif
