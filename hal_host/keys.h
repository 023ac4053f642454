/*
 * The keys that programs sign with, on a CPU that has such keys: each program has its own, from its first instruction
 * to its last.
 */
#ifndef HAL_HOST_KEYS_H
#define HAL_HOST_KEYS_H

#include <stdint.h>

/* No program has been entered. */
void keys_reset(void);

/* The program with this root table is about to run. Aborts ("keys") unless the keys in the CPU are chance, no other
 * program's and not the kernel's; and the same as whenever it ran before. */
void keys_check(uint64_t root);

/* The frame is no program's root table any more. */
void keys_forget(uint64_t frame);

#endif
