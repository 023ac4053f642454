/*
 * Whether a copy from a program came through must be looked at.
 * Refused: ignoring return value of
 */
#include "core/memory/user_copy.h"

k_status copy_in_ignored(const struct address_space *space, struct user_range range, uint8_t *bytes);

k_status copy_in_ignored(const struct address_space *space, struct user_range range, uint8_t *bytes)
{
#ifdef WRONG
	user_copy_in(space, bytes, 16, range);
	return K_OK;
#else
	return user_copy_in(space, bytes, 16, range);
#endif
}
