#include "hal/console.h"

#include "hal/layout.h"
#include "hal_qemu_virt/backend.h"
#include "hal_qemu_virt/pl011.h"
#include "lib/compiler.h"

/* Boot assembly maps QEMU's UART in the first device slot, for messages before the tree has named one. */
static kernel_addr attached K_SEALED;

void console_start(void)
{
	attached = (kernel_addr){KERNEL_DEVICE_BASE};
}

/* The first access comes before the change: if nothing answers, the report still has a console. */
bool hal_console_attach(kernel_addr registers)
{
	if (!pl011_is_there(registers)) {
		return false;
	}
	pl011_set_up(registers);
	attached = registers;
	return true;
}

void console_drain(void)
{
	(void)pl011_wait(attached, PL011_FR_BUSY, 0);
}

void hal_console_write(const uint8_t *bytes, size_t size)
{
	(void)pl011_write(attached, bytes, size);
}
