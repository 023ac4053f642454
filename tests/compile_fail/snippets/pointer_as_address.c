/*
 * A pointer of the kernel is no address of a program.
 * Refused: initializing 'uint64_t'
 */
#include "hal/address.h"

uint64_t pointer_as_address(const uint8_t *bytes);

uint64_t pointer_as_address(const uint8_t *bytes)
{
#ifdef WRONG
	user_addr address = {bytes};
#else
	user_addr address = {bytes[0]};
#endif

	return address.value;
}
