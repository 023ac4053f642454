/*
 * The ChaCha20 block function (RFC 8439, section 2.3).
 */
#ifndef CORE_RANDOM_CHACHA20_H
#define CORE_RANDOM_CHACHA20_H

#include <stdint.h>

#define CHACHA20_KEY_WORDS 8
#define CHACHA20_BLOCK_SIZE 64

/* One block of key stream: 64 bytes for a key, a block counter and a nonce of three words. */
void chacha20_block(uint8_t block[CHACHA20_BLOCK_SIZE], const uint32_t key[CHACHA20_KEY_WORDS], uint32_t counter,
		    const uint32_t nonce[3]);

#endif
