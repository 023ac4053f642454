#include "lib/string.h"

#include "lib/memory.h"

size_t k_strnlen(const char *text, size_t limit)
{
	size_t length = 0;

	while (length < limit && text[length] != '\0') {
		length++;
	}
	return length;
}

bool k_str_equal(const char *left, const char *right)
{
	size_t index = 0;

	while (left[index] != '\0' && left[index] == right[index]) {
		index++;
	}
	return left[index] == right[index];
}

bool k_str_starts_with(const char *text, const char *prefix)
{
	size_t index = 0;

	while (prefix[index] != '\0' && text[index] == prefix[index]) {
		index++;
	}
	return prefix[index] == '\0';
}

bool(k_str_copy)(char *destination, size_t capacity, const char *text, size_t length)
{
	size_t room = capacity - 1;
	size_t copied = length < room ? length : room;

	k_memcpy(destination, text, copied);
	destination[copied] = '\0';
	return copied == length;
}

bool k_parse_u64(const char *text, size_t length, uint64_t *value)
{
	uint64_t number = 0;

	for (size_t index = 0; index < length; index++) {
		if (text[index] < '0' || text[index] > '9') {
			return false;
		}
		uint64_t digit = (uint64_t)(text[index] - '0');
		if (number > (UINT64_MAX - digit) / 10) {
			return false;
		}
		number = number * 10 + digit;
	}
	if (length == 0) {
		return false;
	}
	*value = number;
	return true;
}
