/*
 * All mutable state of the kernel, in one struct: a test or a fuzz input
 * starts from a copy of it.
 */
#ifndef CORE_KERNEL_H
#define CORE_KERNEL_H

#include <stdbool.h>
#include <stdint.h>

#include "abi/limits.h"
#include "core/cpu/features.h"
#include "core/log/log.h"
#include "core/memory/frames.h"
#include "core/memory/heap.h"
#include "core/memory/kernel_map.h"
#include "core/process/scheduler.h"
#include "core/start/machine.h"

struct kernel {
	struct log log;
	struct kernel_map map;
	struct frames frames;
	struct heap heap;
	struct scheduler scheduler;
	bool reading_tree; /* a fault on the boot window now is the boot loader's fault */
	bool panicking;
	/* Bytes on their way from a program to the console: judged and used as a copy, never in place. */
	K_ALIGNED(64) uint8_t bounce[PANTHER_WRITE_CHUNK];
};

/* What boot finds out and nothing changes later; in pages that become read-only. */
struct kernel_facts {
	struct machine machine;
	struct cpu_features features;
	uint64_t pstate_mask; /* the PSTATE bits that a program may have */
};

extern struct kernel kernel;
extern struct kernel_facts kernel_facts;

#endif
