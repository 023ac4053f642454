/*
 * The words of a sweep, by number. The judge has the same two functions (words.py).
 */
#ifndef TESTS_SWEEP_WORDS_H
#define TESTS_SWEEP_WORDS_H

#include <stdint.h>

/*
 * One word for each encoding of the system instructions (Arm ARM C4.1.66: 0xd5000000 to 0xd53fffff): first those with
 * every L, op0, op1, CRn, CRm and op2, then those with op0 = 0 once more with a register. Rt is XZR where op0 = 0, X1
 * where a register is written, else X0.
 */
uint32_t words_system(uint64_t number);

/*
 * A random word: the number's output of SplitMix64 (Steele, Lea, Flood 2014), its high half. 0 instead of the few words
 * at which QEMU ends.
 */
uint32_t words_random(uint64_t seed, uint64_t number);

#endif
