/*
 * The oracles, from the inside: one space, and what the one for changes has not looked at yet.
 */
#ifndef HAL_HOST_CHECK_H
#define HAL_HOST_CHECK_H

#include <stdint.h>

#include "hal/context.h"
#include "hal_host/walker.h"

/* What twin_check_space checks, of the space in TTBR0: first its tables are noted (returns how many it has), then pages
 * are looked at. */
uint64_t check_note_tables(const struct walker_registers *registers);
void check_pages(const struct walker_registers *registers, uint64_t address, uint64_t size);

/* twin_check_space, which shows each page to `visit` as well. Returns how many tables the space has. */
uint64_t check_space(const struct hal_space *space, walker_visitor *visit, void *owner);

/* The kernel's half is kept with the machine, once it was looked at; there is no kept machine any more. */
void check_keep_kernel_half(void);
void check_forget_kernel_half(void);

/* A fresh machine: nothing was looked at. */
void check_reset(void);

/* Keeps whether anything is left to look at, and brings that back. */
void check_snapshot(void);
void check_restore(void);

/* The descriptor at physical address `where` was changed. */
void check_descriptor_changed(uint64_t where);

/* A space is entered that was none of those that may be cached. */
void check_space_entered(uint64_t root);

#endif
