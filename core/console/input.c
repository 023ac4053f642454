#include "core/console/input.h"

#include "hal/console.h"
#include "lib/memory.h"

/* What is taken at a time: twice what a PL011 holds at most (Arm DDI 0183G, 2.4: 32 bytes). */
#define CHUNK_SIZE 64

/* Bytes of one turn of the ring: from `index`, as far as it goes up to the ring's end. */
static size_t up_to_end(size_t index, size_t count)
{
	size_t room = INPUT_SIZE - index;

	return count < room ? count : room;
}

static void append(struct input *input, const uint8_t *bytes, size_t count)
{
	size_t free = INPUT_SIZE - input->count;
	size_t taken = count < free ? count : free;
	size_t end = (input->first + input->count) % INPUT_SIZE;
	size_t part = up_to_end(end, taken);

	k_memcpy(input->bytes + end, bytes, part);
	k_memcpy(input->bytes, bytes + part, taken - part);
	input->count += taken;
	input->lost += count - taken;
}

/* Bytes that came in error are not nothing: only an interrupt without any is fruitless. */
static void judge_interrupt(struct input *input, bool brought_something)
{
	if (brought_something) {
		input->fruitless = 0;
	} else if (++input->fruitless == INPUT_FRUITLESS_MAX) {
		input->is_listening = false;
	}
}

bool input_receive(struct input *input)
{
	uint8_t bytes[CHUNK_SIZE];
	uint64_t lost = 0;
	size_t count = hal_console_read(bytes, sizeof(bytes), &lost);

	append(input, bytes, count);
	input->lost += lost;
	judge_interrupt(input, count != 0 || lost != 0);
	return input->count != 0;
}

size_t input_peek(const struct input *input, uint8_t *bytes, size_t size)
{
	size_t count = size < input->count ? size : input->count;
	size_t part = up_to_end(input->first, count);

	k_memcpy(bytes, input->bytes + input->first, part);
	k_memcpy(bytes + part, input->bytes, count - part);
	return count;
}

void input_consume(struct input *input, size_t count)
{
	input->first = (input->first + count) % INPUT_SIZE;
	input->count -= count;
}
