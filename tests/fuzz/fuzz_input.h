/*
 * What an input is for the fuzzers whose language is their own (format, heap, page_table, trap): bytes, taken one after
 * the other; numbers have the highest byte first.
 */
#ifndef TESTS_FUZZ_FUZZ_INPUT_H
#define TESTS_FUZZ_FUZZ_INPUT_H

#include <stddef.h>
#include <stdint.h>

struct input_bytes {
	const uint8_t *data;
	size_t size;
};

/* Zeros when there are none left. */
static inline uint8_t take(struct input_bytes *input)
{
	if (input->size == 0) {
		return 0;
	}
	input->size--;
	return *input->data++;
}

static inline uint64_t take_bytes(struct input_bytes *input, unsigned count)
{
	uint64_t value = 0;

	for (unsigned i = 0; i < count; i++) {
		value = value << 8 | take(input);
	}
	return value;
}

/* A value near something that matters, or any value at all. */
static inline uint64_t take_near(struct input_bytes *input, const uint64_t *places, size_t count)
{
	uint64_t place = take(input);

	if (place >= count) {
		return take_bytes(input, 8);
	}
	return places[place] + (uint64_t)(int64_t)(int16_t)take_bytes(input, 2);
}

#endif
