/*
 * The calls about a process's memory: map, unmap and protect.
 */
#include "abi/limits.h"
#include "core/memory/address_space.h"
#include "core/syscall/handlers.h"
#include "lib/bits.h"

#define ACCESS_ALL (PANTHER_READ | PANTHER_WRITE | PANTHER_EXECUTE)

static k_status pages_make(uint64_t address, uint64_t length, struct user_range *pages)
{
	if (!is_aligned(address | length, PANTHER_PAGE_SIZE) || length == 0 || length > PANTHER_MAP_MAX ||
	    user_range_make(address, length, pages) != K_OK) {
		return K_EINVAL;
	}
	return K_OK;
}

static k_status decode_access(uint64_t access, enum page_access *decoded)
{
	if ((access & ~(uint64_t)ACCESS_ALL) != 0 || (access & PANTHER_READ) == 0) {
		return K_EINVAL;
	}
	if ((access & PANTHER_WRITE) != 0 && (access & PANTHER_EXECUTE) != 0) {
		return K_EACCES;
	}
	*decoded = (access & PANTHER_WRITE) != 0     ? PAGE_USER_READ_WRITE
		   : (access & PANTHER_EXECUTE) != 0 ? PAGE_USER_EXECUTE
						     : PAGE_USER_READ;
	return K_OK;
}

static k_status judge(uint64_t address, uint64_t length, uint64_t access, struct user_range *pages,
		      enum page_access *decoded)
{
	k_status status = pages_make(address, length, pages);

	return status == K_OK ? decode_access(access, decoded) : status;
}

k_status sys_map(struct process *process, uint64_t *result)
{
	const struct map_arguments in = map_arguments(process);
	struct user_range pages;
	enum page_access access;
	k_status status = judge(in.address, in.length, in.access, &pages, &access);

	if (status == K_OK && in.address == 0) {
		status = address_space_choose(&process->space, pages.size, &pages.start);
	}
	if (status == K_OK) {
		*result = pages.start;
		status = address_space_map_pages(&process->space, pages, access);
	}
	return status;
}

k_status sys_unmap(struct process *process, uint64_t *result)
{
	const struct unmap_arguments in = unmap_arguments(process);
	struct user_range pages;
	k_status status = pages_make(in.address, in.length, &pages);

	*result = 0;
	return status == K_OK ? address_space_unmap_pages(&process->space, pages) : status;
}

k_status sys_protect(struct process *process, uint64_t *result)
{
	const struct protect_arguments in = protect_arguments(process);
	struct user_range pages;
	enum page_access access;
	k_status status = judge(in.address, in.length, in.access, &pages, &access);

	*result = 0;
	return status == K_OK ? address_space_protect_pages(&process->space, pages, access) : status;
}
