/*
 * An address that a program passed is no pointer.
 * Refused: indirection requires pointer operand ('user_addr'
 */
#include "hal/address.h"

uint64_t address_dereferenced(user_addr address);

uint64_t address_dereferenced(user_addr address)
{
#ifdef WRONG
	return *address;
#else
	return address.value;
#endif
}
