/*
 * Only a checked range reaches the copies.
 * Refused: passing 'user_addr'
 */
#include "core/memory/user_copy.h"

k_status range_unchecked(const struct address_space *space, user_addr address, uint8_t *bytes);

k_status range_unchecked(const struct address_space *space, user_addr address, uint8_t *bytes)
{
#ifdef WRONG
	return user_copy_in(space, bytes, 16, address);
#else
	struct user_range range;

	if (user_range_make(address.value, 16, &range) != K_OK) {
		return K_EFAULT;
	}
	return user_copy_in(space, bytes, 16, range);
#endif
}
