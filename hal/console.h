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

#endif
