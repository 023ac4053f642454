/*
 * Which PSTATE bits a program may have. Whatever a saved SPSR holds, only these
 * go back: never a mode, never an interrupt mask, never single step.
 */
#ifndef CORE_CPU_PSTATE_H
#define CORE_CPU_PSTATE_H

#include <stdint.h>

#include "core/cpu/features.h"
#include "lib/bits.h"
#include "lib/compiler.h"

/* SPSR_EL1, Arm ARM C5.2.19. All other bits are 0: EL0t, AArch64, interrupts unmasked. */
#define PSTATE_NZCV ((uint64_t)0xf << 28)
#define PSTATE_TCO K_BIT(25)
#define PSTATE_DIT K_BIT(24)
#define PSTATE_SSBS K_BIT(12)
#define PSTATE_BTYPE ((uint64_t)3 << 10)

K_ALWAYS_INLINE uint64_t pstate_user_mask(const struct cpu_features *features)
{
	return PSTATE_NZCV | (features->dit ? PSTATE_DIT : 0) | (features->ssbs ? PSTATE_SSBS : 0) |
	       (features->mte ? PSTATE_TCO : 0) | (features->bti ? PSTATE_BTYPE : 0);
}

#endif
