/*
 * Nor is the stack cut up by other means.
 * Refused: use of function '__builtin_alloca' is discouraged
 */
#include <stddef.h>
#include <stdint.h>

#include "lib/memory.h"

uint8_t alloca_used(size_t size);

uint8_t alloca_used(size_t size)
{
	uint8_t array[16];
#ifdef WRONG
	uint8_t *bytes = __builtin_alloca(size);
#else
	uint8_t *bytes = array;
#endif

	k_memset(array, 0, sizeof(array));
	k_memset(bytes, 1, size);
	return array[0];
}
