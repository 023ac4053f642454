/*
 * Error numbers of the system call ABI. A failing call returns the negated
 * number in x0. The values are the POSIX-on-Linux ones, which readers know.
 */
#ifndef ABI_ERRNO_H
#define ABI_ERRNO_H

#define PANTHER_EPERM 1
#define PANTHER_ENOENT 2
#define PANTHER_ESRCH 3
#define PANTHER_E2BIG 7
#define PANTHER_ENOEXEC 8
#define PANTHER_EBADF 9
#define PANTHER_ECHILD 10
#define PANTHER_EAGAIN 11
#define PANTHER_ENOMEM 12
#define PANTHER_EACCES 13
#define PANTHER_EFAULT 14
#define PANTHER_EINVAL 22
#define PANTHER_ENAMETOOLONG 36
#define PANTHER_ENOSYS 38

#endif
