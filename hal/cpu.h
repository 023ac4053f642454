/*
 * The CPU: what it has, how it is locked down, and how it is stopped.
 */
#ifndef HAL_CPU_H
#define HAL_CPU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hal/address.h"
#include "hal/context.h"
#include "lib/compiler.h"

/* Identification registers, raw (Arm ARM D17.2). Core decodes them (core/cpu/features.h). */
struct hal_id_registers {
	uint64_t pfr0;	/* ID_AA64PFR0_EL1 */
	uint64_t pfr1;	/* ID_AA64PFR1_EL1 */
	uint64_t isar0; /* ID_AA64ISAR0_EL1 */
	uint64_t isar1; /* ID_AA64ISAR1_EL1 */
	uint64_t isar2; /* ID_AA64ISAR2_EL1 */
	uint64_t mmfr0; /* ID_AA64MMFR0_EL1 */
	uint64_t mmfr1; /* ID_AA64MMFR1_EL1 */
	uint64_t mmfr2; /* ID_AA64MMFR2_EL1 */
	uint64_t dfr0;	/* ID_AA64DFR0_EL1 */
};

/*
 * The system registers of hal/registers.def: what core has decided on (core/cpu/registers.h), or what the CPU has.
 * Written once, whole, never read back to be changed.
 */
struct hal_registers {
	uint64_t sctlr;
	uint64_t tcr;
	uint64_t mair;
	uint64_t cpacr;
	uint64_t cntkctl;
	uint64_t mdscr;
	uint64_t contextidr;
	uint64_t tpidrro;
	uint64_t pmcr;
	uint64_t pmuserenr;
	uint64_t amuserenr;
	uint64_t gcr;
	uint64_t tfsr;
	uint64_t tfsre0;
	uint64_t pstate; /* while the kernel runs */
	/* The backend's own. */
	uint64_t vbar;
	uint64_t ttbr1;
	uint64_t tpidr;
	uint64_t key_low; /* what the kernel signs return addresses with */
	uint64_t key_high;
	uint64_t oslsr;
	/* What there is. */
	bool has_pan;  /* PSTATE.PAN; else TTBR0 is parked while the kernel runs */
	bool has_uao;  /* PSTATE.UAO */
	bool has_ssbs; /* PSTATE.SSBS, and instructions that reach it */
	bool has_pac;  /* keys that addresses are signed with */
	bool has_pmu;  /* PMUv3: PMCR_EL0 and PMUSERENR_EL0 */
	bool has_amu;  /* AMUSERENR_EL0 */
	bool has_mte;  /* tags of memory, their registers and PSTATE.TCO */
};

/* Secret values for the CPU's own protections: a PAC key pair half each, and the stack canary. */
struct hal_secrets {
	uint64_t return_key[2];
	uint64_t canary;   /* its lowest byte is zero, so that no string copy passes it */
	uint64_t tag_seed; /* what tags of memory are drawn from: 16 bits, not 0 */
};

void hal_id_registers_read(struct hal_id_registers *registers);

/* What the CPU has in those registers now. The has_* fields are the caller's, and stay; a register that is not there
 * is 0. */
void hal_registers_read(struct hal_registers *registers);

/*
 * hal_cpu_protect(registers, secrets): writes the system registers that core decides, PSTATE, the kernel's PAC key and
 * the stack canary. From then on a return address signed before cannot be used, nor a canary laid before be checked: so
 * it is inline, and its only caller is kernel_moved, which never returns. Declared by the backend in hal_inline.h.
 */

/* A hardware random number (FEAT_RNG, RNDR), if the CPU has one and it answers. Returns false without touching
 * `value` otherwise. */
K_MUST_USE bool hal_random(uint64_t *value);

/* uint64_t hal_time_ticks(void): the virtual counter, CNTVCT_EL0, in ticks; starts anywhere, never goes back. May be
 * inline. */

/* Ticks in a second, CNTFRQ_EL0, as the firmware left it: anything. */
uint64_t hal_time_frequency(void);

/*
 * Return addresses on the kernel's stack, newest first, as offsets into the image; at most `max`. Starts from
 * `fault`, or from the caller if it is NULL. Looks only at memory of the kernel's stacks. Returns how many.
 */
size_t hal_backtrace(const struct hal_fault *fault, uint64_t *offsets, size_t max);

/* Stops this CPU for good, with interrupts masked; the machine stays on. */
K_NORETURN void hal_stop(void);

/* How to reach the firmware: the `method` of the device tree's psci node. */
enum hal_psci_conduit { HAL_PSCI_HVC, HAL_PSCI_SMC };

/* Powers the machine off with PSCI SYSTEM_OFF (0x84000008, Arm DEN0022). Stops the CPU if the firmware returns. */
K_NORETURN void hal_power_off(enum hal_psci_conduit conduit);

#include "hal_inline.h"

#endif
