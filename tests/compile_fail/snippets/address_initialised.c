/*
 * Nor does a physical address become one.
 * Refused: initializing 'user_addr'
 */
#include "hal/address.h"

uint64_t address_initialised(phys_addr frame);

uint64_t address_initialised(phys_addr frame)
{
#ifdef WRONG
	user_addr address = frame;
#else
	user_addr address = {frame.value};
#endif

	return address.value;
}
