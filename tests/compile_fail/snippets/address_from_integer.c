/*
 * An integer becomes a user address by name only.
 * Refused: assigning to 'user_addr'
 */
#include "hal/address.h"

user_addr address_from_integer(uint64_t number);

user_addr address_from_integer(uint64_t number)
{
	user_addr address;

#ifdef WRONG
	address = number;
#else
	address.value = number;
#endif
	return address;
}
