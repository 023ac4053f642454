#include <panther.h>

int64_t panther_write_all(int64_t fd, const void *bytes, size_t size)
{
	const unsigned char *next = bytes;

	while (size > 0) {
		size_t part = size < PANTHER_IO_MAX ? size : PANTHER_IO_MAX;
		int64_t written = panther_write(fd, next, part);

		if (written < 0) {
			return written;
		}
		next += written;
		size -= (size_t)written;
	}
	return 0;
}
