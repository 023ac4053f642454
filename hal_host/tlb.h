/*
 * The worst TLB that the architecture allows: what was cached stays, and is
 * served, until the invalidation that the architecture demands. It holds whole
 * translations and table descriptors (walk caches), tagged by ASID. What may be
 * cached without having been used is speculation.h's business.
 */
#ifndef HAL_HOST_TLB_H
#define HAL_HOST_TLB_H

#include <stdbool.h>
#include <stdint.h>

#include "hal_host/walker.h"

void tlb_reset(void);

/* Keeps what is cached, and brings it back. */
void tlb_snapshot(void);
void tlb_restore(void);

/* Translates for the space in TTBR0 (or the kernel's half): what is cached wins over what the tables say, and what the
 * tables say is cached. */
bool tlb_translate(const struct walker_registers *registers, uint64_t address, struct walker_translation *translation,
		   uint8_t *status);

/* Do two descriptors differ in access permissions at most? */
bool tlb_same_but_permissions(uint64_t a, uint64_t b);

/* Aborts if another descriptor of that place is still cached, permissions aside. */
void tlb_check_replaced(uint64_t where, uint64_t descriptor);

/* Aborts if anything cached leads to the frame or walks through it. */
void tlb_check_frame(uint64_t frame);

/* Aborts if anything cached differs from what the tables say now. */
void tlb_check_coherent(void);

void tlb_invalidate_space(uint64_t asid);
void tlb_invalidate_page(uint64_t asid, uint64_t address);
void tlb_invalidate_kernel(uint64_t address);

#endif
