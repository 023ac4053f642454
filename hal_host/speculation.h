/*
 * What may be cached though nobody used it: from the moment that a space is
 * entered the MMU may cache any of its translations, and so may it always those
 * of the kernel's half. Whoever changes or clears a table has to reckon with that.
 */
#ifndef HAL_HOST_SPECULATION_H
#define HAL_HOST_SPECULATION_H

#include <stdint.h>

#include "hal_host/walker.h"

void speculation_reset(void);

/* Keeps which spaces were entered, and brings that back. */
void speculation_snapshot(void);
void speculation_restore(void);

/* TTBR0 now holds root and ASID. Aborts if the ASID still tags another space. */
void speculation_space_entered(uint64_t root, uint64_t asid);

/* The ASID is being invalidated, and its space is not in TTBR0: from now on nothing of it can be cached, but for what
 * is global. */
void speculation_space_left(uint64_t asid);

/* Visits the spaces that were entered and whose ASID was not invalidated since: the registers with their TTBR0. */
typedef void speculation_visitor(void *owner, const struct walker_registers *registers);
void speculation_visit_spaces(speculation_visitor *visit, void *owner);

/* The descriptor at physical address `where` is about to change. Aborts if that breaks break-before-make; puts into the
 * TLB whatever `before` may have put there. */
void speculation_descriptor_changes(uint64_t where, uint64_t before, uint64_t after);

/* Aborts if a translation, cached or cacheable, leads to the frame or walks through it. */
void speculation_check_unreachable(uint64_t frame);

#endif
