#include "hal/console.h"

#include "hal/layout.h"
#include "hal_qemu_virt/early.h"
#include "hal_qemu_virt/pl011.h"
#include "lib/compiler.h"

/* Boot assembly maps QEMU's UART in the first device slot, for messages before the tree has named one. */
static kernel_addr attached K_SEALED;

void console_start(void)
{
	attached = (kernel_addr){KERNEL_DEVICE_BASE};
}

void hal_console_attach(kernel_addr registers)
{
	attached = registers;
	pl011_set_up(registers);
}

void hal_console_write(const uint8_t *bytes, size_t size)
{
	(void)pl011_write(attached, bytes, size);
}
