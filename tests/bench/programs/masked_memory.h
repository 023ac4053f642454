/*
 * The part of masked.c that is about memory.
 */
#ifndef BENCH_MASKED_MEMORY_H
#define BENCH_MASKED_MEMORY_H

/* Makes the calls that deal with as much memory as they can; says whether all did so. */
int use_memory(void);

/* Faults. */
void fall(void);

#endif
