/*
 * The two ways in which the kernel gives up. A program can reach neither.
 */
#ifndef CORE_LOG_PANIC_H
#define CORE_LOG_PANIC_H

#include "hal/context.h"
#include "lib/compiler.h"

/*
 * The kernel is broken. Prints the reason first ("KPANIC[tag] ..."), then the registers if there was a fault, then
 * a backtrace as image offsets, and stops. A panic within a panic prints KPANIC[nested] once and stops.
 */
K_NORETURN K_PRINTF(2, 3) void panic(const char *tag, const char *format, ...);
K_NORETURN K_PRINTF(3, 4) void panic_fault(const struct hal_fault *fault, const char *tag, const char *format, ...);

/* The machine or what it was given does not allow a boot: "BOOTFAIL[tag] ...", and a stop. */
K_NORETURN K_PRINTF(2, 3) void boot_fail(const char *tag, const char *format, ...);

#endif
