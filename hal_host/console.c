/*
 * The console: a buffer that grows. What was written stays readable for the test.
 */
#include "hal/console.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hal_host/console.h"
#include "hal_host/mmu.h"
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

void hal_console_write(const uint8_t *bytes, size_t size)
{
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
