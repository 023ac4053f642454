/*
 * All mutable state of the kernel, in one struct: a test or a fuzz input
 * starts from a copy of it.
 */
#ifndef CORE_KERNEL_H
#define CORE_KERNEL_H

#include <stdbool.h>
#include <stdint.h>

#include "abi/limits.h"
#include "abi/process.h"
#include "core/console/input.h"
#include "core/cpu/features.h"
#include "core/log/log.h"
#include "core/log/log_limit.h"
#include "core/memory/frames.h"
#include "core/memory/heap.h"
#include "core/memory/kernel_map.h"
#include "core/process/scheduler.h"
#include "core/process/table.h"
#include "core/random/random.h"
#include "core/start/archive.h"
#include "core/start/machine.h"
#include "core/time/clock.h"

/* What boot is trying out: a data abort there is the fault of whoever described the machine, not the kernel's. */
enum boot_probe {
	PROBE_NONE,
	PROBE_TREE, /* the window on the device tree */
	PROBE_UART, /* the registers that the tree calls a PL011 */
	PROBE_GIC,  /* those that it calls a GIC */
};

struct kernel {
	struct log log;
	struct kernel_map map;
	struct frames frames;
	struct heap heap;
	struct random random;
	struct process_table processes;
	struct scheduler scheduler;
	struct input input;
	struct log_limit kill_lines;
	uint64_t spurious_interrupts; /* claimed, and of no device that the kernel listens to */
	enum boot_probe probe;
	bool panicking; /* a report is being printed */
	bool stopping;	/* and even the report of its failure is: nothing more can be said */
	/* What a call has copied in or is about to copy out: judged and used as a copy, never in place. */
	K_ALIGNED(64) uint8_t bounce[PANTHER_WRITE_CHUNK];
	struct panther_spawn_packed request; /* of the spawn call that is being judged */
};

/* What boot finds out and nothing changes later; in pages that become read-only. */
struct kernel_facts {
	struct machine machine;
	struct archive archive;
	struct clock clock;
	bool is_placed;		     /* the image's place was drawn */
	char init[PANTHER_PATH_MAX]; /* which program is the first, from the command line; "": the archive's first */
	struct cpu_features features;
	struct hal_registers registers; /* as the CPU has them while the kernel runs */
	uint64_t pstate_mask;		/* the PSTATE bits that a program may have */
};

extern struct kernel kernel;
extern struct kernel_facts kernel_facts;

#endif
