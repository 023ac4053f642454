/*
 * POSIX files, as far as there are any: descriptors 0, 1 and 2 are the console,
 * and there is no file system.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <panther.h>

static int64_t result_of(int64_t result)
{
	if (result < 0) {
		errno = (int)-result;
		return -1;
	}
	return result;
}

/* A terminal's return key sends a carriage return. What is typed is shown, as nobody else does it. */
ssize_t read(int fd, void *buf, size_t size)
{
	int64_t count = panther_read(fd, buf, size < PANTHER_IO_MAX ? size : PANTHER_IO_MAX);
	char *bytes = buf;

	for (int64_t i = 0; i < count; i++) {
		bytes[i] = bytes[i] == '\r' ? '\n' : bytes[i];
	}
	if (count > 0) {
		(void)panther_write_all(1, buf, (size_t)count);
	}
	return result_of(count);
}

ssize_t write(int fd, const void *buf, size_t size)
{
	return result_of(panther_write(fd, buf, size < PANTHER_IO_MAX ? size : PANTHER_IO_MAX));
}

static int fail(int error)
{
	errno = error;
	return -1;
}

int open(const char *path, int flags, ...)
{
	(void)path;
	(void)flags;
	return fail(ENOENT);
}

int unlink(const char *path)
{
	(void)path;
	return fail(ENOENT);
}

int stat(const char *restrict path, struct stat *restrict status)
{
	(void)path;
	(void)status;
	return fail(ENOENT);
}

int fstat(int fd, struct stat *status)
{
	if (fd < 0 || fd > 2) {
		return fail(EBADF);
	}
	*status = (struct stat){.st_mode = S_IFCHR};
	return 0;
}

int isatty(int fd)
{
	return fd >= 0 && fd <= 2 ? 1 : fail(EBADF);
}

off_t lseek(int fd, off_t offset, int from)
{
	(void)offset;
	(void)from;
	return fail(fd >= 0 && fd <= 2 ? ESPIPE : EBADF);
}

int close(int fd)
{
	return fd >= 0 && fd <= 2 ? 0 : fail(EBADF);
}
