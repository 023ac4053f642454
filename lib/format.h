/*
 * Formatted text into a bounded buffer. A subset of C's printf, checked by the
 * compiler's own format warnings:
 *
 *   %% %c %s %.*s   %d %i %u %x %X with nothing, l, ll or z (so PRIx64 too); flags 0 # - and a width
 *
 * There is no %n and no %p: no address is printed by accident.
 */
#ifndef LIB_FORMAT_H
#define LIB_FORMAT_H

#include <stdarg.h>
#include <stddef.h>

#include "lib/compiler.h"

/* A uint64_t in decimal or hexadecimal, as in "0x%" K_PRIx64: what <inttypes.h> calls PRIu64, without a libc. */
#define K_PRIu64 __UINT64_FMTu__
#define K_PRIx64 __UINT64_FMTx__

/*
 * Writes at most capacity - 1 characters and a NUL (capacity > 0). Returns how many characters were written, the NUL
 * not counted; text that does not fit is cut. An unknown conversion is printed as it stands, and so is all text after
 * it: no further argument is looked at. A NULL %s prints "(null)".
 */
K_PRINTF(3, 4) size_t k_format(char *buffer, size_t capacity, const char *format, ...);
K_PRINTF(3, 0) size_t k_format_list(char *buffer, size_t capacity, const char *format, va_list list);

#endif
