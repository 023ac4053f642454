/*
 * The console: a PL011 UART on the machine, a captured buffer in the twin.
 */
#ifndef HAL_CONSOLE_H
#define HAL_CONSOLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hal/address.h"
#include "lib/compiler.h"

/*
 * Takes the UART whose registers are mapped at `registers` (one device page) as the console, and sets it up:
 * 8 bits, no parity, FIFOs on. Returns false,
 * with nothing changed, if what is there does not identify itself as a PL011. Before this call output goes to the PL011
 * at 0x09000000, where QEMU's virt has it.
 */
K_MUST_USE bool hal_console_attach(kernel_addr registers);

/*
 * Writes `size` bytes. Waits for room a bounded time; bytes that find none are dropped. No byte is
 * translated.
 */
void hal_console_write(const uint8_t *bytes, size_t size);

/* From now on received bytes make the UART's interrupt pending: when some wait, or when the line has gone quiet. */
void hal_console_listen(void);

/*
 * Takes received bytes, at most `capacity`, and withdraws the UART's interrupt; it stays pending if more wait. Returns
 * how many. Adds to `lost` the bytes that the UART had no room for, and those that came in error (parity, framing, a
 * break), which are dropped. Takes a bounded time, whatever the UART says.
 */
size_t hal_console_read(uint8_t *bytes, size_t capacity, uint64_t *lost);

#endif
