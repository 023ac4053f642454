/*
 * The worst TLB that the architecture allows: whatever may be cached is cached,
 * and stays until the invalidation that the architecture demands. It holds
 * whole translations and table descriptors (walk caches), tagged by ASID.
 *
 * Speculation is part of that: a space that was entered may have any of its
 * translations cached, used or not, from then on.
 */
#ifndef HAL_HOST_TLB_H
#define HAL_HOST_TLB_H

#include <stdbool.h>
#include <stdint.h>

#include "hal_host/walker.h"

void tlb_reset(void);

/* TTBR0 now holds root and ASID: from now on its translations may be cached. */
void tlb_space_entered(uint64_t root, uint16_t asid);

/* Translates for the space in TTBR0 (or the kernel's half): what is cached wins over what the tables say. */
bool tlb_translate(const struct walker_registers *registers, uint64_t address, struct walker_translation *translation,
		   uint8_t *status);

/* The descriptor at physical address `where` is about to change. Aborts if that breaks
 * break-before-make; keeps what it may have put into the TLB. */
void tlb_descriptor_changes(uint64_t where, uint64_t before, uint64_t after);

/* Aborts if a translation, cached or cacheable, leads to the frame or walks through it. */
void tlb_check_unreachable(uint64_t frame);

/* Aborts if anything cached differs from what the tables say now. */
void tlb_check_coherent(void);

void tlb_invalidate_space(uint16_t asid, bool is_live);
void tlb_invalidate_kernel(uint64_t address);

#endif
