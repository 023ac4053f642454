#include "tests/support/whole_file.h"

#include <stdio.h>
#include <stdlib.h>

/* More than any archive or script of a test. */
#define FILE_MAX (64UL << 20)

static _Noreturn void fail(const char *path)
{
	perror(path);
	exit(2);
}

char *whole_file_read(const char *path, size_t *size)
{
	FILE *file = fopen(path, "rb");
	long end = file != NULL && fseek(file, 0, SEEK_END) == 0 ? ftell(file) : -1;
	char *bytes = end >= 0 && (size_t)end <= FILE_MAX ? malloc((size_t)end + 1) : NULL;

	if (bytes == NULL || fseek(file, 0, SEEK_SET) != 0 || fread(bytes, 1, (size_t)end, file) != (size_t)end ||
	    fclose(file) != 0) {
		fail(path);
	}
	bytes[end] = '\0';
	*size = (size_t)end;
	return bytes;
}
