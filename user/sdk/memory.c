/*
 * The functions that a compiler calls without being asked (for struct copies
 * and the like), for programs without a C library.
 */
#include <stddef.h>
#include <stdint.h>

void *memcpy(void *to, const void *from, size_t size);
void *memmove(void *to, const void *from, size_t size);
void *memset(void *to, int byte, size_t size);
int memcmp(const void *left, const void *right, size_t size);

void *memcpy(void *to, const void *from, size_t size)
{
	const uint8_t *source = from;
	uint8_t *target = to;

	for (size_t i = 0; i < size; i++) {
		target[i] = source[i];
	}
	return to;
}

void *memmove(void *to, const void *from, size_t size)
{
	const uint8_t *source = from;
	uint8_t *target = to;

	if ((uintptr_t)to - (uintptr_t)from >= size) {
		return memcpy(to, from, size);
	}
	for (size_t i = size; i > 0; i--) {
		target[i - 1] = source[i - 1];
	}
	return to;
}

void *memset(void *to, int byte, size_t size)
{
	uint8_t *target = to;

	for (size_t i = 0; i < size; i++) {
		target[i] = (uint8_t)byte;
	}
	return to;
}

int memcmp(const void *left, const void *right, size_t size)
{
	const uint8_t *a = left;
	const uint8_t *b = right;

	for (size_t i = 0; i < size; i++) {
		if (a[i] != b[i]) {
			return a[i] - b[i];
		}
	}
	return 0;
}
