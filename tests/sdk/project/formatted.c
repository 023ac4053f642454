/*
 * A program with a C library: what it prints is still in a buffer when it calls
 * exit.
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* More memory than there is. A compiler knows malloc, and may take it to succeed, and to leave errno alone. */
static int refuses_too_much(void)
{
	void *volatile too_much = malloc((size_t)1 << 40);

	errno = 0;
	return too_much == NULL && sbrk((ptrdiff_t)1 << 40) == (void *)-1 && errno == ENOMEM;
}

static int moves_the_break(void)
{
	char *before = sbrk(100000);
	char *after = sbrk(0);

	before[99999] = 1;
	return after - before == 100000 && sbrk(-100000) == after && sbrk(0) == before;
}

/* What printf needs of a compiler's run-time library for some numbers. */
unsigned __int128 __lshrti3(unsigned __int128 value, int shift);
unsigned __int128 __ashlti3(unsigned __int128 value, int shift);

static int shifts_as_it_should(void)
{
	unsigned __int128 value = (unsigned __int128)0x0123456789abcdef << 64 | 0xfedcba9876543210;

	for (int shift = 0; shift < 128; shift++) {
		if (__lshrti3(value, shift) != value >> shift || __ashlti3(value, shift) != value << shift) {
			return 0;
		}
	}
	return 1;
}

int main(int argc, char **argv)
{
	char *copy = argc == 3 ? strdup(argv[2]) : NULL;

	if (copy == NULL || !refuses_too_much() || !moves_the_break() || !shifts_as_it_should()) {
		return 1;
	}
	printf("%s %#x %.3f %5d|", copy, 42, sqrt(1764.0) / 16, -42);
	printf(" no newline yet");
	puts("");
	printf("%s", "the end of ");
	free(copy);
	exit(42);
}
