#include "hal_host/undo.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* A change; its bytes end where those of the next one start. */
struct change {
	void *where;
	size_t size;
};

static struct {
	bool is_on;
	struct change *changes;
	size_t count, capacity;
	uint8_t *bytes;
	size_t used, room;
} undo;

void undo_reset(void)
{
	undo.is_on = false;
}

void undo_start(void)
{
	undo.is_on = true;
	undo.count = 0;
	undo.used = 0;
}

static void *grow(void *block, size_t *capacity, size_t needed, size_t unit)
{
	void *larger;

	while (*capacity < needed) {
		*capacity = *capacity == 0 ? 4096 : *capacity * 2;
	}
	larger = realloc(block, *capacity * unit);
	if (larger == NULL) {
		abort();
	}
	return larger;
}

void undo_keep(void *where, size_t size)
{
	if (!undo.is_on) {
		return;
	}
	if (undo.count == undo.capacity) {
		undo.changes = grow(undo.changes, &undo.capacity, undo.count + 1, sizeof(*undo.changes));
	}
	if (undo.room - undo.used < size) {
		undo.bytes = grow(undo.bytes, &undo.room, undo.used + size, 1);
	}
	undo.changes[undo.count++] = (struct change){.where = where, .size = size};
	memcpy(undo.bytes + undo.used, where, size);
	undo.used += size;
}

void undo_all(void)
{
	while (undo.count != 0) {
		const struct change *change = &undo.changes[--undo.count];

		undo.used -= change->size;
		memcpy(change->where, undo.bytes + undo.used, change->size);
	}
}
