/*
 * What this CPU has, decoded from its identification registers (Arm ARM D17.2).
 * One image runs on every CPU: whatever depends on a feature asks here.
 */
#ifndef CORE_CPU_FEATURES_H
#define CORE_CPU_FEATURES_H

#include <stdbool.h>
#include <stdint.h>

#include "hal/cpu.h"

struct cpu_features {
	unsigned physical_bits; /* size of a physical address, at most 48 */
	bool asid16;		/* ASIDs have 16 bits, else 8 */
	bool pan;		/* FEAT_PAN */
	bool epan;		/* FEAT_PAN3: PAN can also bar pages that EL0 may execute and not read */
	bool uao;		/* FEAT_UAO */
	bool pac_address;	/* FEAT_PAuth, any algorithm, for addresses */
	bool bti;		/* FEAT_BTI */
	bool e0pd;		/* FEAT_E0PD */
	bool rng;		/* FEAT_RNG */
	bool iesb;		/* FEAT_IESB */
	bool dit;		/* FEAT_DIT */
	bool ssbs;		/* FEAT_SSBS */
	bool ssbs2;		/* FEAT_SSBS2: it can be read and written as a register */
	bool mte;		/* FEAT_MTE2 */
	bool pmu;		/* FEAT_PMUv3 */
	bool amu;		/* FEAT_AMUv1 */
};

void cpu_features_decode(struct cpu_features *features, const struct hal_id_registers *registers);

/* Prints what is there, with `verbose`. */
void cpu_features_log(const struct cpu_features *features);

#endif
