/*
 * Console input as a stream of bytes: what was typed comes out of the calls of read, in that order, each byte once,
 * whoever reads.
 */
#include <string.h>

#include "core/kernel.h"
#include "hal_host/state.h"
#include "tests/fuzz/syscall_bytes.h"

/* More than can wait. */
#define STREAM_SIZE (2 * INPUT_SIZE)

static struct {
	uint64_t typed; /* bytes that the UART had room for */
	uint64_t read;
	uint64_t lost;	   /* all others, and those that came in error */
	bool is_uncertain; /* more bytes waited than the kernel keeps: which of them it dropped is its own affair */
	uint8_t bytes[STREAM_SIZE];
} stream;

void stream_begin(void)
{
	memset(&stream, 0, offsetof(typeof(stream), bytes));
}

static size_t room_for(size_t count)
{
	size_t room = TWIN_UART_ROOM - twin.uart.count;

	return count < room ? count : room;
}

void stream_type(const uint8_t *bytes, size_t count)
{
	size_t taken = room_for(count);

	for (size_t i = 0; i < taken; i++) {
		stream.bytes[stream.typed++ % STREAM_SIZE] = bytes[i];
	}
	stream.lost += count - taken;
	stream.is_uncertain = stream.is_uncertain || stream.typed - stream.read > INPUT_SIZE;
	twin_console_type(bytes, count);
}

void stream_noise(size_t count)
{
	stream.lost += count;
	twin_console_noise(count);
}

void stream_judge_read(const struct model_process *model, const struct twin_store *store, const uint8_t *bytes)
{
	for (size_t i = 0; !stream.is_uncertain && i < store->written; i++) {
		if (stream.read + i == stream.typed || bytes[i] != stream.bytes[(stream.read + i) % STREAM_SIZE]) {
			model_fail(model, "another byte was read than was typed, at", i);
		}
	}
	/* Input is consumed when it has arrived. */
	if (store->written == store->size) {
		stream.read += store->size;
	}
}

/* Of what is in the UART, the bytes that came in error (UARTDR, Arm DDI 0183G 3.3.1: bits 11:8). */
static uint64_t noise_waiting(void)
{
	uint64_t count = 0;

	for (size_t i = 0; i < twin.uart.count; i++) {
		count += twin.uart.fifo[i] > UINT8_MAX;
	}
	return count;
}

void stream_check(const struct model_process *model)
{
	uint64_t waiting = kernel.input.count + twin.uart.count - noise_waiting();

	if (!stream.is_uncertain && stream.typed - stream.read != waiting) {
		model_fail(model, "input was lost, or is there twice", waiting);
	}
}

uint64_t stream_lost(void)
{
	return stream.is_uncertain ? kernel.input.lost : stream.lost - noise_waiting() - twin.uart.overrun;
}
