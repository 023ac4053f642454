#include <panther.h>

int64_t panther_print(const char *text)
{
	size_t size = 0;

	while (text[size] != '\0') {
		size++;
	}
	return panther_write_all(1, text, size);
}
