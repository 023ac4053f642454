/*
 * Small programs for the checks: an address space with a page of code, one of data and one of constants.
 */
#ifndef TESTS_CONTRACT_SPACE_H
#define TESTS_CONTRACT_SPACE_H

#include <stddef.h>
#include <stdint.h>

#include "core/memory/address_space.h"
#include "hal/context.h"
#include "lib/compiler.h"

#define CODE_PAGE 0x400000UL
#define DATA_PAGE 0x10000000UL /* a page of its own level-3 table */
#define DATA_PAGE_2 0x10001000UL
#define CONSTANT_PAGE 0x10002000UL
#define UNMAPPED_PAGE 0x10003000UL

/* Makes the space, with `words` as its code, synced. Its other pages are zero. */
void space_make(struct address_space *space, uint64_t asid, const uint32_t *words, size_t count);

/* Takes it down again. */
void space_end(struct address_space *space);

/* The kernel's pointer to a mapped page. */
uint8_t *space_page(const struct address_space *space, uint64_t page);

/* Runs the program until it traps. The one place that enters EL0, as hal/user.h demands. */
K_NOINLINE struct hal_trap space_run(const struct address_space *space, struct hal_context *context);

/* Runs the program from its first instruction with all registers zero: afterwards the space is live. */
struct hal_trap space_start(const struct address_space *space);

#endif
