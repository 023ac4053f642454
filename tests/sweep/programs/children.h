/*
 * Words in children of the kernel that is released: a program that spawns itself once for each word.
 */
#ifndef TESTS_SWEEP_PROGRAMS_CHILDREN_H
#define TESTS_SWEEP_PROGRAMS_CHILDREN_H

#define CHILDREN_WORDS 2048
/* What a child exits with when its word has ended. */
#define CHILDREN_STATUS 42

#ifndef __ASSEMBLER__
#include <stdint.h>

/* Runs a word, with all registers but X1 and X8 pointing into the program's data, and those two all ones. */
_Noreturn void children_play(uint64_t number);
#endif

#endif
