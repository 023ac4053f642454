/*
 * Copies in blocks of 32 bytes, which AArch64 loads and stores as register
 * pairs at any alignment (memory is Normal whenever C runs). The rest
 * is one more block that overlaps the last, so there is no loop over bytes.
 */
#include "lib/memory.h"

#include <stdint.h>

#include "lib/compiler.h"

#define BLOCK_SIZE 32

typedef uint32_t K_UNALIGNED word32;
typedef uint64_t K_UNALIGNED word64;

struct K_UNALIGNED pair {
	word64 a, b;
};

struct K_UNALIGNED block {
	word64 a, b, c, d;
};

static inline struct block *block_at(uint8_t *bytes)
{
	return (struct block *)bytes;
}

static inline const struct block *const_block_at(const uint8_t *bytes)
{
	return (const struct block *)bytes;
}

/* Member by member: a struct assignment of this size may become a call of memcpy. */
static inline void block_copy(struct block *to, const struct block *from)
{
	uint64_t a = from->a, b = from->b, c = from->c, d = from->d;

	to->a = a;
	to->b = b;
	to->c = c;
	to->d = d;
}

static inline void pair_copy_ends(uint8_t *to, const uint8_t *from, size_t size)
{
	const struct pair *head = (const struct pair *)from;
	const struct pair *tail = (const struct pair *)(from + (size - sizeof(struct pair)));
	uint64_t a = head->a, b = head->b, c = tail->a, d = tail->b;
	struct pair *to_head = (struct pair *)to;
	struct pair *to_tail = (struct pair *)(to + (size - sizeof(struct pair)));

	to_head->a = a;
	to_head->b = b;
	to_tail->a = c;
	to_tail->b = d;
}

static inline void word64_copy_ends(uint8_t *to, const uint8_t *from, size_t size)
{
	uint64_t head = *(const word64 *)from;
	uint64_t tail = *(const word64 *)(from + (size - sizeof(word64)));

	*(word64 *)to = head;
	*(word64 *)(to + (size - sizeof(word64))) = tail;
}

static inline void word32_copy_ends(uint8_t *to, const uint8_t *from, size_t size)
{
	uint32_t head = *(const word32 *)from;
	uint32_t tail = *(const word32 *)(from + (size - sizeof(word32)));

	*(word32 *)to = head;
	*(word32 *)(to + (size - sizeof(word32))) = tail;
}

/* At most BLOCK_SIZE bytes; all are loaded before one is stored, so any overlap is well. */
static inline void copy_short(uint8_t *to, const uint8_t *from, size_t size)
{
	if (size >= sizeof(struct pair)) {
		pair_copy_ends(to, from, size);
	} else if (size >= sizeof(word64)) {
		word64_copy_ends(to, from, size);
	} else if (size >= sizeof(word32)) {
		word32_copy_ends(to, from, size);
	} else if (size != 0) {
		uint8_t head = from[0], middle = from[size / 2], tail = from[size - 1];

		to[0] = head;
		to[size / 2] = middle;
		to[size - 1] = tail;
	}
}

/* More than BLOCK_SIZE bytes, `to` not above `from` where they overlap. The last block is loaded first: stores may
 * reach it. */
K_NO_BUILTIN static void copy_upward(uint8_t *to, const uint8_t *from, size_t size)
{
	size_t last = size - BLOCK_SIZE;
	struct block tail;

	block_copy(&tail, const_block_at(from + last));
	for (size_t offset = 0; offset < last; offset += BLOCK_SIZE) {
		block_copy(block_at(to + offset), const_block_at(from + offset));
	}
	block_copy(block_at(to + last), &tail);
}

/* The mirror image, for `to` above `from`. */
K_NO_BUILTIN static void copy_downward(uint8_t *to, const uint8_t *from, size_t size)
{
	struct block head;

	block_copy(&head, const_block_at(from));
	for (size_t end = size; end > BLOCK_SIZE; end -= BLOCK_SIZE) {
		block_copy(block_at(to + (end - BLOCK_SIZE)), const_block_at(from + (end - BLOCK_SIZE)));
	}
	block_copy(block_at(to), &head);
}

K_NO_BUILTIN void *(k_memcpy)(void *restrict destination, const void *restrict source, size_t size)
{
	if (size <= BLOCK_SIZE) {
		copy_short(destination, source, size);
	} else {
		copy_upward(destination, source, size);
	}
	return destination;
}

K_NO_BUILTIN void *(k_memmove)(void *destination, const void *source, size_t size)
{
	if (size <= BLOCK_SIZE) {
		copy_short(destination, source, size);
	} else if ((uintptr_t)destination <= (uintptr_t)source) {
		copy_upward(destination, source, size);
	} else {
		copy_downward(destination, source, size);
	}
	return destination;
}

static inline void pair_fill(uint8_t *to, uint64_t pattern)
{
	struct pair *pair = (struct pair *)to;

	pair->a = pattern;
	pair->b = pattern;
}

/* Less than BLOCK_SIZE bytes. Every byte of `pattern` is the same. */
static inline void fill_short(uint8_t *to, uint64_t pattern, size_t size)
{
	if (size >= sizeof(struct pair)) {
		pair_fill(to, pattern);
		pair_fill(to + (size - sizeof(struct pair)), pattern);
	} else if (size >= sizeof(word64)) {
		*(word64 *)to = pattern;
		*(word64 *)(to + (size - sizeof(word64))) = pattern;
	} else if (size >= sizeof(word32)) {
		*(word32 *)to = (uint32_t)pattern;
		*(word32 *)(to + (size - sizeof(word32))) = (uint32_t)pattern;
	} else if (size != 0) {
		to[0] = (uint8_t)pattern;
		to[size / 2] = (uint8_t)pattern;
		to[size - 1] = (uint8_t)pattern;
	}
}

K_NO_BUILTIN static void fill_blocks(uint8_t *to, uint64_t pattern, size_t size)
{
	size_t last = size - BLOCK_SIZE;
	const struct block filled = {pattern, pattern, pattern, pattern};

	for (size_t offset = 0; offset < last; offset += BLOCK_SIZE) {
		block_copy(block_at(to + offset), &filled);
	}
	block_copy(block_at(to + last), &filled);
}

K_NO_BUILTIN void *(k_memset)(void *destination, int byte, size_t size)
{
	uint64_t pattern = (uint64_t)(uint8_t)byte * 0x0101010101010101;

	if (size < BLOCK_SIZE) {
		fill_short(destination, pattern, size);
	} else {
		fill_blocks(destination, pattern, size);
	}
	return destination;
}

K_NO_BUILTIN int(k_memcmp)(const void *left, const void *right, size_t size)
{
	const uint8_t *a = left;
	const uint8_t *b = right;
	size_t index = 0;

	while (size - index >= sizeof(word64) && *(const word64 *)(a + index) == *(const word64 *)(b + index)) {
		index += sizeof(word64);
	}
	while (index < size && a[index] == b[index]) {
		index++;
	}
	return index == size ? 0 : a[index] - b[index];
}

static inline uint64_t block_bits(const struct block *block)
{
	return block->a | block->b | block->c | block->d;
}

bool k_memory_is_zero(const void *memory, size_t size)
{
	const uint8_t *bytes = memory;
	size_t last = size - BLOCK_SIZE;
	uint64_t bits = block_bits(const_block_at(bytes + last));

	for (size_t offset = 0; offset < last; offset += BLOCK_SIZE) {
		bits |= block_bits(const_block_at(bytes + offset));
	}
	return bits == 0;
}

/* A caller's optimiser may drop stores that it sees to be dead; of this function it sees nothing. */
K_OPAQUE void k_memory_wipe(void *destination, size_t size)
{
	k_memset(destination, 0, size);
}
