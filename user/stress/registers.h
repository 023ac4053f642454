#ifndef USER_STRESS_REGISTERS_H
#define USER_STRESS_REGISTERS_H

#include <stdint.h>

/* Fills all SIMD registers, FPSR and TPIDR_EL0 with values made from `seed`, yields `rounds` times, and returns how
 * many of them then hold something else. */
uint64_t registers_keep(uint64_t seed, uint64_t rounds);

#endif
