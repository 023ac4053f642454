/*
 * The one error type of the kernel. A function that can fail returns a
 * k_status that must be looked at (the type itself says so: ignoring one does
 * not compile), and hands its values out through pointers, which it leaves
 * untouched unless it returns K_OK.
 *
 * The values are the ABI's error numbers (abi/errno.h), so that a system call's
 * status becomes its result by one negation.
 */
#ifndef LIB_STATUS_H
#define LIB_STATUS_H

#include "abi/errno.h"
#include "lib/compiler.h"

typedef enum K_MUST_USE k_status {
	K_OK = 0,
	K_EPERM = PANTHER_EPERM,
	K_ENOENT = PANTHER_ENOENT,
	K_ESRCH = PANTHER_ESRCH,
	K_E2BIG = PANTHER_E2BIG,
	K_ENOEXEC = PANTHER_ENOEXEC,
	K_EBADF = PANTHER_EBADF,
	K_ECHILD = PANTHER_ECHILD,
	K_EAGAIN = PANTHER_EAGAIN,
	K_ENOMEM = PANTHER_ENOMEM,
	K_EACCES = PANTHER_EACCES,
	K_EFAULT = PANTHER_EFAULT,
	K_EINVAL = PANTHER_EINVAL,
	K_ENAMETOOLONG = PANTHER_ENAMETOOLONG,
	K_ENOSYS = PANTHER_ENOSYS,
} k_status;

#endif
