/*
 * And so must whether a copy to a program did.
 * Refused: ignoring return value of
 */
#include "core/memory/user_copy.h"

k_status copy_out_ignored(const struct address_space *space, struct user_range range, const uint8_t *bytes);

k_status copy_out_ignored(const struct address_space *space, struct user_range range, const uint8_t *bytes)
{
#ifdef WRONG
	user_copy_out(space, range, bytes, 16);
	return K_OK;
#else
	return user_copy_out(space, range, bytes, 16);
#endif
}
