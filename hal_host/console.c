/*
 * The console: a buffer that grows, and what was written stays readable for the test; and the receiving half of a
 * PL011.
 */
#include "hal/console.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hal_host/console.h"
#include "hal_host/mmu.h"
#include "hal_host/sanitizer.h"
#include "hal_host/state.h"
#include "hal_host/twin.h"

static struct {
	char *text;
	size_t size;
	size_t capacity; /* one byte more than `size` can become */
} buffer;

static void make_room(size_t size)
{
	size_t capacity = buffer.capacity == 0 ? 4096 : buffer.capacity;
	char *text;

	while (capacity - buffer.size <= size) {
		capacity *= 2;
	}
	if (capacity == buffer.capacity) {
		return;
	}
	text = realloc(buffer.text, capacity);
	if (text == NULL) {
		abort();
	}
	buffer.text = text;
	buffer.capacity = capacity;
}

void console_reset(void)
{
	make_room(0);
	buffer.size = 0;
	buffer.text[0] = '\0';
}

/* What was written stays as it is: the size is enough. */
static size_t kept_size;

void console_snapshot(void)
{
	kept_size = buffer.size;
}

void console_restore(void)
{
	buffer.size = kept_size;
	buffer.text[buffer.size] = '\0';
}

void hal_console_write(const uint8_t *bytes, size_t size)
{
	sanitizer_expect_known(bytes, size);
	make_room(size);
	if (size != 0) {
		memcpy(buffer.text + buffer.size, bytes, size);
	}
	buffer.size += size;
	buffer.text[buffer.size] = '\0';
	if (twin.options.echo) {
		fwrite(bytes, 1, size, stdout);
		fflush(stdout);
	}
}

const char *twin_console(void)
{
	return buffer.text == NULL ? "" : buffer.text;
}

size_t twin_console_size(void)
{
	return buffer.size;
}

bool hal_console_attach(kernel_addr registers)
{
	mmu_check_device(registers.value, TWIN_UART_BASE);
	twin.console_is_attached = true;
	return true;
}

/* UARTDR.FE (Arm DDI 0183 3.3.1): the byte came in error. */
#define ERROR 0x100U

static void receive(uint16_t entry)
{
	struct uart *uart = &twin.uart;

	if (uart->count == TWIN_UART_ROOM) {
		uart->overrun++;
	} else {
		uart->fifo[uart->count++] = entry;
	}
	uart->is_pending = true;
}

void twin_console_type(const void *bytes, size_t size)
{
	const uint8_t *typed = bytes;

	for (size_t i = 0; i < size; i++) {
		receive(typed[i]);
	}
}

void twin_console_noise(size_t count)
{
	for (size_t i = 0; i < count; i++) {
		receive(ERROR | '~');
	}
}

void hal_console_listen(void)
{
	twin.uart.is_listening = true;
}

/* The interrupt is withdrawn even if bytes are left: then the next byte brings it back. */
size_t hal_console_read(uint8_t *bytes, size_t capacity, uint64_t *lost)
{
	struct uart *uart = &twin.uart;
	size_t taken = 0;
	size_t read = 0;

	for (; read < uart->count && taken < capacity; read++) {
		if ((uart->fifo[read] & ERROR) != 0) {
			*lost += 1;
		} else {
			bytes[taken++] = (uint8_t)uart->fifo[read];
		}
	}
	uart->count -= read;
	memmove(uart->fifo, uart->fifo + read, uart->count * sizeof(uart->fifo[0]));
	*lost += uart->overrun;
	uart->overrun = 0;
	uart->is_pending = false;
	return taken;
}
