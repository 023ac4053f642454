#include "core/random/random.h"

#include "lib/memory.h"

#define KEY_SIZE (CHACHA20_KEY_WORDS * sizeof(uint32_t))

/* What a block is made for, in its nonce: so that none of one kind is ever one of the other. */
enum { NONCE_DRAW, NONCE_STIR };

/* What may not stay on the stack. */
struct scratch {
	uint32_t key[CHACHA20_KEY_WORDS];
	uint8_t block[CHACHA20_BLOCK_SIZE];
};

static size_t smaller(size_t left, size_t right)
{
	return left < right ? left : right;
}

/* XOR with what somebody knows leaves the key as hard to guess as it was; XOR with what nobody knows makes it as hard
 * to guess as that. The block then mixes the two, beyond all that can be undone. */
static void stir_chunk(struct random *random, const uint8_t *bytes, size_t size, uint32_t number,
		       const uint32_t nonce[3])
{
	struct scratch scratch = {0};

	k_memcpy(scratch.key, bytes, size);
	for (unsigned i = 0; i < CHACHA20_KEY_WORDS; i++) {
		random->key[i] ^= scratch.key[i];
	}
	chacha20_block(scratch.block, random->key, number, nonce);
	k_memcpy(random->key, scratch.block, KEY_SIZE);
	k_memory_wipe(&scratch, sizeof(scratch));
}

/* The size is in every nonce: bytes and the same bytes with zeros behind them are not the same. */
void random_stir(struct random *random, const void *bytes, size_t size)
{
	const uint32_t nonce[3] = {NONCE_STIR, (uint32_t)(size & UINT32_MAX)};
	const uint8_t *from = bytes;

	for (size_t offset = 0; offset < size; offset += KEY_SIZE) {
		stir_chunk(random, from + offset, smaller(size - offset, KEY_SIZE),
			   (uint32_t)(offset / KEY_SIZE & UINT32_MAX), nonce);
	}
}

/* The first half of the old key's first block is the new key; what follows it is given out. */
void random_bytes(struct random *random, void *bytes, size_t size)
{
	static const uint32_t nonce[3] = {NONCE_DRAW};
	struct scratch old;
	uint8_t *to = bytes;
	size_t given;

	k_memcpy(old.key, random->key, KEY_SIZE);
	chacha20_block(old.block, old.key, 0, nonce);
	k_memcpy(random->key, old.block, KEY_SIZE);
	given = smaller(size, CHACHA20_BLOCK_SIZE - KEY_SIZE);
	k_memcpy(to, old.block + KEY_SIZE, given);
	for (uint32_t counter = 1; given < size; counter++) {
		size_t part = smaller(size - given, CHACHA20_BLOCK_SIZE);

		chacha20_block(old.block, old.key, counter, nonce);
		k_memcpy(to + given, old.block, part);
		given += part;
	}
	k_memory_wipe(&old, sizeof(old));
}

uint64_t random_below(struct random *random, uint64_t bound)
{
	uint64_t word;

	random_bytes(random, &word, sizeof(word));
	return word % bound;
}
