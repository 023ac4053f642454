/*
 * Keeping the machine and the kernel, and going back to that. What is small is copied whole; the rest keeps what
 * changes.
 */
#include "hal_host/snapshot.h"

#include <stdbool.h>
#include <string.h>

#include "core/kernel.h"
#include "core/loop.h"
#include "hal/user.h"
#include "hal_host/boot.h"
#include "hal_host/check.h"
#include "hal_host/console.h"
#include "hal_host/ram.h"
#include "hal_host/references.h"
#include "hal_host/runner.h"
#include "hal_host/script.h"
#include "hal_host/speculation.h"
#include "hal_host/state.h"
#include "hal_host/tlb.h"
#include "hal_host/twin.h"
#include "hal_host/undo.h"

/* The kernel is kept by blocks: most of it is free heap, which is all zeros, and looking is cheaper than copying. */
#define BLOCK_SIZE 4096
#define BLOCK_WORDS (BLOCK_SIZE / sizeof(uint64_t))
#define BLOCKS (sizeof(struct kernel) / BLOCK_SIZE)

_Static_assert(sizeof(struct kernel) % BLOCK_SIZE == 0, "the kernel is as aligned as its heap");

static struct {
	bool is_taken;
	bool is_zero[BLOCKS];
	struct twin twin;
	struct kernel kernel;
	struct kernel_facts facts;
} kept;

struct block {
	uint64_t *now, *kept;
};

static struct block block_of(size_t index)
{
	return (struct block){(uint64_t *)&kernel + index * BLOCK_WORDS,
			      (uint64_t *)&kept.kernel + index * BLOCK_WORDS};
}

/* Without sanitizers, whose checks of each word would take longer than all else. */
__attribute__((no_sanitize("address", "memory", "undefined"))) static bool is_zero(const struct block *block)
{
	uint64_t bits = 0;

	for (size_t i = 0; i < BLOCK_WORDS; i++) {
		bits |= block->now[i];
	}
	return bits == 0;
}

static void keep_kernel(void)
{
	kept.kernel = kernel;
	for (size_t i = 0; i < BLOCKS; i++) {
		struct block block = block_of(i);

		kept.is_zero[i] = is_zero(&block);
	}
}

static void restore_kernel(void)
{
	for (size_t i = 0; i < BLOCKS; i++) {
		struct block block = block_of(i);

		if (!kept.is_zero[i] || !is_zero(&block)) {
			memcpy(block.now, block.kept, BLOCK_SIZE);
		}
	}
}

void snapshot_forget(void)
{
	kept.is_taken = false;
	check_forget_kernel_half();
	undo_reset();
}

void twin_snapshot(void)
{
	if (twin.options.initrd != NULL) {
		twin_abort("script", "no snapshots of a machine with an initrd");
	}
	kept.is_taken = true;
	kept.twin = twin;
	kept.facts = kernel_facts;
	keep_kernel();
	boot_window_snapshot();
	console_snapshot();
	script_snapshot();
	speculation_snapshot();
	check_snapshot();
	check_keep_kernel_half();
	tlb_snapshot();
	references_snapshot();
	ram_snapshot();
	undo_start();
}

void twin_restore(void)
{
	runner_check_outside("twin_restore");
	if (!kept.is_taken) {
		twin_abort("script", "there is no snapshot");
	}
	twin = kept.twin;
	restore_kernel();
	kernel_facts = kept.facts;
	boot_window_restore();
	console_restore();
	script_restore();
	speculation_restore();
	check_restore();
	tlb_restore();
	undo_all();
	references_restore();
	ram_restore();
}

/* A turn that had begun at EL0 goes on there. */
static void go_on(void *unused)
{
	struct process *process = kernel.scheduler.current;

	(void)unused;
	hal_user_prepare();
	if (process->state == PROCESS_RUNNING) {
		loop_turn(&kernel.scheduler, process);
	}
	loop_run(&kernel.scheduler);
}

enum twin_end twin_resume(void)
{
	return twin_call(go_on, NULL);
}
