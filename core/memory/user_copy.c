#include "core/memory/user_copy.h"

#include "core/log/panic.h"
#include "lib/string.h"

void user_copy_misused(void)
{
	panic("usercopy", "a user range and the kernel's buffer do not fit");
}

k_status user_copy_out(const struct address_space *space, struct user_range destination, const void *source,
		       size_t size)
{
	if (size > destination.size) {
		user_copy_misused();
	}
	if (!hal_copy_to_user(&space->space, (user_addr){destination.start}, source, size)) {
		return K_EFAULT;
	}
	return K_OK;
}

/* A string is read in pieces that end at these addresses, so that none reaches into another page. */
#define STRING_PIECE 64

static size_t piece_at(uint64_t address, size_t most)
{
	size_t piece = STRING_PIECE - address % STRING_PIECE;

	return piece < most ? piece : most;
}

/* Copies pieces until there is a NUL. */
static k_status copy_string(const struct address_space *space, char *buffer, size_t capacity, uint64_t address,
			    size_t *length)
{
	size_t piece;

	for (size_t done = 0; done < capacity; done += piece) {
		struct user_range source;
		k_status status;
		size_t found;

		piece = piece_at(address + done, capacity - done);
		status = user_range_make(address + done, piece, &source);
		if (status == K_OK) {
			status = user_copy_in(space, buffer + done, piece, source);
		}
		if (status != K_OK) {
			return status;
		}
		found = k_strnlen(buffer + done, piece);
		if (found != piece) {
			*length = done + found;
			return K_OK;
		}
	}
	return K_ENAMETOOLONG;
}

k_status user_copy_string(const struct address_space *space, char *buffer, size_t capacity, uint64_t address,
			  size_t *length)
{
	k_status status = copy_string(space, buffer, capacity, address, length);

	if (status != K_OK) {
		k_memset(buffer, 0, capacity);
	}
	return status;
}
