/*
 * Console input: bytes that came and that nobody has read yet.
 */
#ifndef CORE_CONSOLE_INPUT_H
#define CORE_CONSOLE_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/compiler.h"

#define INPUT_SIZE 1024

struct input {
	bool is_listening; /* the UART's interrupt is on: input can come */
	size_t first;	   /* of the bytes that wait, in `bytes` */
	size_t count;
	uint64_t lost;	    /* bytes that found no room here or in the UART, or came in error */
	uint32_t fruitless; /* interrupts of the UART in a row that brought nothing */
	uint8_t bytes[INPUT_SIZE];
};

/*
 * Takes what the UART has received, a bounded number of bytes. What finds no room is dropped and counted. Returns
 * whether any byte waits now. An interrupt that brings nothing, INPUT_FRUITLESS_MAX times in a row, is stuck: then
 * is_listening becomes false, and the caller masks it.
 */
#define INPUT_FRUITLESS_MAX 16
bool input_receive(struct input *input);

/* Copies the oldest bytes, at most `size`, and returns how many; they still wait. */
size_t input_peek(const struct input *input, uint8_t *bytes, size_t size);

/* Drops the `count` oldest bytes: they have been read. */
void input_consume(struct input *input, size_t count);

#endif
