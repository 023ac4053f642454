#include "core/random/chacha20.h"

#include "lib/compiler.h"
#include "lib/memory.h"

#define STATE_WORDS 16
#define DOUBLE_ROUNDS 10

/* Where the words of the state are (RFC 8439, section 2.3). */
enum { STATE_KEY = 4, STATE_COUNTER = 12, STATE_NONCE = 13 };

K_ALWAYS_INLINE uint32_t rotate_left(uint32_t word, unsigned bits)
{
	return word << bits | word >> (32 - bits);
}

/* Section 2.1. */
K_ALWAYS_INLINE void quarter_round(uint32_t *a, uint32_t *b, uint32_t *c, uint32_t *d)
{
	*a += *b;
	*d = rotate_left(*d ^ *a, 16);
	*c += *d;
	*b = rotate_left(*b ^ *c, 12);
	*a += *b;
	*d = rotate_left(*d ^ *a, 8);
	*c += *d;
	*b = rotate_left(*b ^ *c, 7);
}

/* The columns, then the diagonals (section 2.3). */
K_ALWAYS_INLINE void double_round(uint32_t x[STATE_WORDS])
{
	quarter_round(&x[0], &x[4], &x[8], &x[12]);
	quarter_round(&x[1], &x[5], &x[9], &x[13]);
	quarter_round(&x[2], &x[6], &x[10], &x[14]);
	quarter_round(&x[3], &x[7], &x[11], &x[15]);
	quarter_round(&x[0], &x[5], &x[10], &x[15]);
	quarter_round(&x[1], &x[6], &x[11], &x[12]);
	quarter_round(&x[2], &x[7], &x[8], &x[13]);
	quarter_round(&x[3], &x[4], &x[9], &x[14]);
}

/* A function of its own, in which nothing but the sixteen words is alive: they stay in registers, and no copy of them
 * is left on the stack. */
K_NOINLINE static void permute(uint32_t state[STATE_WORDS])
{
	uint32_t x[STATE_WORDS];

	for (unsigned i = 0; i < STATE_WORDS; i++) {
		x[i] = state[i];
	}
	for (unsigned i = 0; i < DOUBLE_ROUNDS; i++) {
		double_round(x);
	}
	for (unsigned i = 0; i < STATE_WORDS; i++) {
		state[i] = x[i];
	}
}

void chacha20_block(uint8_t block[CHACHA20_BLOCK_SIZE], const uint32_t key[CHACHA20_KEY_WORDS], uint32_t counter,
		    const uint32_t nonce[3])
{
	struct {
		uint32_t input[STATE_WORDS];
		uint32_t mixed[STATE_WORDS];
	} state = {.input = {0x61707865, 0x3320646e, 0x79622d32, 0x6b206574, [STATE_COUNTER] = counter}};

	k_memcpy(&state.input[STATE_KEY], key, CHACHA20_KEY_WORDS * sizeof(uint32_t));
	k_memcpy(&state.input[STATE_NONCE], nonce, 3 * sizeof(uint32_t));
	k_memcpy(state.mixed, state.input, sizeof(state.input));
	permute(state.mixed);
	for (unsigned i = 0; i < STATE_WORDS; i++) {
		state.mixed[i] += state.input[i];
	}
	/* The words in little-endian order, as lib/endian.h says that they are in memory. */
	k_memcpy(block, state.mixed, CHACHA20_BLOCK_SIZE);
	k_memory_wipe(&state, sizeof(state));
}
