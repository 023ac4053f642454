#include <panther.h>

/* Adds a string and its NUL behind the first `size` bytes of strings. Returns how many there are then, or 0 if it does
 * not fit. */
static size_t add(struct panther_spawn_packed *packed, size_t size, const char *text)
{
	while (size < sizeof(packed->strings)) {
		packed->strings[size++] = *text;
		if (*text++ == '\0') {
			return size;
		}
	}
	return 0;
}

int64_t panther_spawn_program(const char *name, const char *const *argv, const struct panther_spawn_request *options)
{
	static const struct panther_spawn_request inherit = {.flags = PANTHER_SPAWN_INHERIT};
	struct panther_spawn_packed packed;
	size_t size = add(&packed, 0, name);

	for (; size != 0 && *argv != NULL; argv++) {
		size = add(&packed, size, *argv);
	}
	if (size == 0) {
		return -PANTHER_E2BIG;
	}
	packed.options = options == NULL ? inherit : *options;
	return panther_spawn(&packed.options, sizeof(packed.options) + size);
}
