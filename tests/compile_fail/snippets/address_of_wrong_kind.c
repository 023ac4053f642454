/*
 * Where a user address is wanted, a physical one is not taken.
 * Refused: passing 'phys_addr'
 */
#include "hal/user.h"

bool address_of_wrong_kind(const struct hal_space *space, phys_addr frame, user_addr page, uint8_t *bytes);

bool address_of_wrong_kind(const struct hal_space *space, phys_addr frame, user_addr page, uint8_t *bytes)
{
	(void)frame;
	(void)page;
#ifdef WRONG
	return hal_copy_from_user(space, bytes, frame, 16);
#else
	return hal_copy_from_user(space, bytes, page, 16);
#endif
}
