/*
 * The kernel's random numbers: ChaCha20 with fast key erasure (Bernstein 2017).
 * Every draw replaces the key first, so that what was given out cannot be found
 * out later, not even by who reads the state.
 */
#ifndef CORE_RANDOM_RANDOM_H
#define CORE_RANDOM_RANDOM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/random/chacha20.h"

/* All zeros is a generator that nothing has been stirred into yet. */
struct random {
	uint32_t key[CHACHA20_KEY_WORDS];
	bool is_seeded; /* enough secret bytes went in: fit for keys. Set by whoever knows that. */
};

/* Mixes bytes into the state: it is at least as hard to guess afterwards as before. Says nothing about is_seeded. */
void random_stir(struct random *random, const void *bytes, size_t size);

/* Fills `bytes`. Works without a seed, too: then it differs from boot to boot only as far as what was stirred in. */
void random_bytes(struct random *random, void *bytes, size_t size);

/* A number below `bound` (1 or more), each as likely as any other but for a bias of bound / 2^64. */
uint64_t random_below(struct random *random, uint64_t bound);

#endif
