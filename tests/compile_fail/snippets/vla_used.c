/*
 * No array has a length that is known at run time only.
 * Refused: variable length array used
 */
#include <stddef.h>
#include <stdint.h>

#include "lib/memory.h"

uint8_t vla_used(size_t size);

uint8_t vla_used(size_t size)
{
#ifdef WRONG
	uint8_t bytes[size];
#else
	uint8_t bytes[16];
#endif

	k_memset(bytes, 1, size);
	return bytes[0];
}
