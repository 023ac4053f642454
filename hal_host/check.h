/*
 * The oracles, from the inside: one space, and what the one for changes has not looked at yet.
 */
#ifndef HAL_HOST_CHECK_H
#define HAL_HOST_CHECK_H

#include <stdint.h>

#include "hal_host/walker.h"

/* What twin_check_space checks, of the space in TTBR0: first its tables are noted, then pages are looked at. */
void check_note_tables(const struct walker_registers *registers);
void check_pages(const struct walker_registers *registers, uint64_t address, uint64_t size);

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
