/*
 * Registers that a neighbour must not see or change.
 */
#ifndef TESTS_ATTACK_PROGRAMS_REGISTERS_H
#define TESTS_ATTACK_PROGRAMS_REGISTERS_H

#include <stdint.h>

/*
 * Puts a pattern of the seed's into V0 to V31, FPSR and FPCR, lets others run, and returns how many of them are not as
 * they were. `rounds` yields, or, if `spins`, as many turns of an empty loop.
 */
uint64_t registers_keep_fp(uint64_t seed, uint64_t rounds, uint64_t spins);

/*
 * The same for NZCV, and for DIT, SSBS and TCO as far as their bits are in `also`: `pattern` has all of them where
 * PSTATE has them. `spins` turns of an empty loop in a round, or, if that is 0, one yield.
 */
uint64_t registers_keep_flags(uint64_t pattern, uint64_t rounds, uint64_t also, uint64_t spins);

/* Makes the call whose number and first four arguments `call` has; `after` has x0 to x30 as they come back. */
void registers_call(const uint64_t call[5], uint64_t after[31]);

/* An empty loop of so many turns with this in SP: what is there afterwards. */
uint64_t registers_keep_sp(uint64_t pointer, uint64_t spins);

void registers_set_thread_pointer(uint64_t value);
uint64_t registers_thread_pointer(void);

#endif
