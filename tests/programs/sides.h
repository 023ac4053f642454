/*
 * What the programs `left` and `right` have at the same addresses, and what differs.
 */
#ifndef TESTS_PROGRAMS_SIDES_H
#define TESTS_PROGRAMS_SIDES_H

#include <stdint.h>

/* SIDE, which is another one in each program. These two have a page of code to themselves. */
uint64_t sides_number(void);

/* Comes back in `left`; is BRK in `right`. */
void sides_break(void);

/* All that V0 to V31, FPCR and FPSR hold, in one OR: 0 in a process that has not used them. */
uint64_t sides_fp(void);

#endif
