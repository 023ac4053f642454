#include "user/common/errors.h"

#include <stddef.h>

#include "abi/errno.h"

static const char *const texts[] = {
	[PANTHER_EPERM] = "not permitted",
	[PANTHER_ENOENT] = "no such program",
	[PANTHER_ESRCH] = "no such child",
	[PANTHER_E2BIG] = "too many arguments",
	[PANTHER_ENOEXEC] = "not a program",
	[PANTHER_EBADF] = "bad file descriptor",
	[PANTHER_ECHILD] = "no children",
	[PANTHER_EAGAIN] = "too many processes",
	[PANTHER_ENOMEM] = "not enough memory",
	[PANTHER_EACCES] = "access denied",
	[PANTHER_EFAULT] = "bad address",
	[PANTHER_EINVAL] = "bad argument",
	[PANTHER_ENAMETOOLONG] = "the name is too long",
	[PANTHER_ENOSYS] = "no such system call",
};

const char *error_text(int64_t result)
{
	uint64_t number = -(uint64_t)result;

	if (number >= sizeof(texts) / sizeof(texts[0]) || texts[number] == NULL) {
		return "unknown error";
	}
	return texts[number];
}
