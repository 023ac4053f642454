#include "hal/console.h"

#include "hal_qemu_virt/backend.h"
#include "hal_qemu_virt/pl011.h"
#include "lib/compiler.h"

static kernel_addr attached K_SEALED;

/* What had been received before the UART was set up, and is not read yet. */
static uint8_t early[PL011_RECEIVE_MAX];
static size_t early_first;
static size_t early_end;

/* A write has waited in vain: nobody waits again before there has been room. */
static bool is_stuck;

void console_start(kernel_addr registers)
{
	attached = registers;
	is_stuck = false;
}

/* The first access comes before the change: if nothing answers, the report still has a console. */
bool hal_console_attach(kernel_addr registers)
{
	if (!pl011_is_there(registers)) {
		return false;
	}
	early_first = 0;
	early_end = pl011_set_up(registers, early);
	attached = registers;
	return true;
}

void console_drain(void)
{
	(void)pl011_wait(attached, PL011_FR_BUSY, 0);
}

K_NOINLINE static void write_waiting(const uint8_t *bytes, size_t size)
{
	if (!is_stuck || (pl011_flags(attached) & PL011_FR_TXFF) == 0) {
		is_stuck = pl011_write(attached, bytes, size) != 0;
	}
}

/* Where there is room, as there is in an emulator at all times, this is a function without a frame: hence the jump. */
void hal_console_write(const uint8_t *bytes, size_t size)
{
	size_t left = pl011_write_now(attached, bytes, size);

	if (left != size) {
		is_stuck = false;
	}
	if (left != 0) {
		K_ATTRIBUTE(musttail) return write_waiting(bytes + (size - left), left);
	}
}

void hal_console_listen(void)
{
	pl011_listen(attached);
}

size_t hal_console_read(uint8_t *bytes, size_t capacity, uint64_t *lost)
{
	size_t count = 0;

	while (early_first < early_end && count < capacity) {
		bytes[count++] = early[early_first++];
	}
	return count + pl011_read(attached, bytes + count, capacity - count, lost);
}
