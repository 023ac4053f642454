/*
 * Copies that know how large their objects are. The compiler knows that of a
 * member, an array or a heap block whose allocation it sees: what is copied must
 * fit, or the kernel panics ("fortify") before a byte is written. Where it knows
 * nothing, or sees that all is well, no code is left of this.
 *
 * Included by lib/memory.h and lib/string.h, whose functions these macros shadow.
 */
#ifndef LIB_FORTIFY_H
#define LIB_FORTIFY_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/compiler.h"

/* Bytes from `pointer` to the end of the member that it points into; SIZE_MAX if the compiler does not know. */
#define K_ROOM(pointer) __builtin_dynamic_object_size((pointer), 1)

/* Panics. Not lib's to define: the kernel's is in core/log/panic.c. */
K_NORETURN void k_fortify_failed(void);

/* `size` itself, which both objects have room for. */
K_ALWAYS_INLINE size_t k_fortified(size_t size, size_t room, size_t other_room)
{
	if (!K_LIKELY(size <= room && size <= other_room)) {
		k_fortify_failed();
	}
	return size;
}

#endif
