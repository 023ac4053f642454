/*
 * No frame has more than 1 KiB, so that the kernel's stack has a bound.
 * Refused: exceeds limit (1024)
 */
#include <stdint.h>

#include "lib/memory.h"

#ifdef WRONG
#define SIZE 1024
#else
#define SIZE 512
#endif

uint8_t frame_too_large(uint8_t byte);

uint8_t frame_too_large(uint8_t byte)
{
	uint8_t bytes[SIZE];

	k_memset(bytes, byte, sizeof(bytes));
	return bytes[byte];
}
