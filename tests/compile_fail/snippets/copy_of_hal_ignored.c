/*
 * The backend's own copies do not hide it either.
 * Refused: ignoring return value of
 */
#include "hal/user.h"

bool copy_of_hal_ignored(const struct hal_space *space, user_addr address, uint8_t *bytes);

bool copy_of_hal_ignored(const struct hal_space *space, user_addr address, uint8_t *bytes)
{
#ifdef WRONG
	hal_copy_from_user(space, bytes, address, 16);
	return true;
#else
	return hal_copy_from_user(space, bytes, address, 16);
#endif
}
