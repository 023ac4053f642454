/*
 * What a process has in the CPU, and why it stopped having it.
 */
#ifndef HAL_CONTEXT_H
#define HAL_CONTEXT_H

#include <stdbool.h>
#include <stdint.h>

#include "hal/address.h"
#include "lib/compiler.h"

/*
 * The registers of a process at EL0. Owned by the process; a backend loads it
 * on the way to EL0 and stores it on the way back. pstate holds only bits that
 * core's policy lets through (core/cpu/pstate.h). Assembly knows the offsets:
 * hal_qemu_virt/offsets.h asserts them.
 */
struct K_ALIGNED(16) hal_context {
	uint64_t x[31];
	uint64_t sp;
	uint64_t pc;
	uint64_t pstate;
};

/*
 * The FP and SIMD registers of a process that uses them. The kernel itself uses none, so these stay in the CPU while
 * the kernel runs and are stored only when another process gets the CPU.
 */
struct K_ALIGNED(16) hal_fp_state {
	uint64_t v[32][2]; /* V0 to V31, low half first */
	uint64_t fpcr;
	uint64_t fpsr;
};

/*
 * The keys that a process signs with (FEAT_PAuth, Arm ARM D8.8): a low and a high half each. A process has its own, the
 * same for all its life.
 */
struct hal_keys {
	uint64_t instruction_a[2]; /* APIAKey_EL1; the kernel has one of its own, for its return addresses */
	uint64_t instruction_b[2]; /* APIBKey_EL1; the kernel uses neither this nor those below */
	uint64_t data_a[2];	   /* APDAKey_EL1 */
	uint64_t data_b[2];	   /* APDBKey_EL1 */
	uint64_t generic[2];	   /* APGAKey_EL1 */
};

/* An address space as the MMU sees it: the root table and the tag of its translations. */
struct hal_space {
	phys_addr root;
	uint64_t asid; /* at most 16 bits of it */
};

/* Which of the vectors from EL0 was taken (Arm ARM D1.3.1.5, table D1-5). */
enum hal_trap_kind {
	HAL_TRAP_SYNC,
	HAL_TRAP_IRQ,
	HAL_TRAP_FIQ,
	HAL_TRAP_SERROR,
	HAL_TRAP_AARCH32, /* any of the four AArch32 vectors: no program may run in that state */
};

struct hal_trap {
	enum hal_trap_kind kind;
	uint64_t esr; /* ESR_EL1; meaningful for HAL_TRAP_SYNC, SERROR and AARCH32 */
	uint64_t far; /* FAR_EL1; whether it is valid follows from esr */
};

/*
 * The registers at a fault of the kernel itself. Filled by the backend; the
 * return addresses are offsets into the image, newest first.
 */
#define HAL_BACKTRACE_MAX 16

struct hal_fault {
	const char *vector; /* the vector's name, e.g. "el1h_sync" */
	uint64_t x[31];
	uint64_t sp;
	uint64_t pc;
	uint64_t pstate;
	uint64_t esr;
	uint64_t far;
	bool sp_is_valid;	 /* sp lies in a stack of the kernel */
	bool far_is_stack_guard; /* far lies in a guard page of the kernel's stacks */
};

#endif
