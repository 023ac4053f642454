#include "hal_host/references.h"

#include <stdlib.h>

#include "hal_host/ram.h"
#include "hal_host/twin.h"
#include "hal_host/undo.h"

/* Descriptors, Arm ARM D8.3: a block is valid, and neither a table nor a page. */
#define KIND(descriptor) ((descriptor) & 3)
#define BLOCK 1UL
#define TABLE_OR_PAGE 3UL
#define FRAME_OF(address) ((address) & 0x0000fffffffff000UL)

/* What leads to one frame. Of an older generation: nothing. */
struct reference {
	uint32_t generation;
	uint32_t count;
	uint64_t where; /* the one descriptor, if `count` is 1; 0 if it is not known any more */
};

static struct {
	struct reference *frames;
	uint64_t count;
	uint32_t generation;
	uint64_t blocks; /* in tables outside the image, which are the processes' */
} references;

static void resize(uint64_t frames)
{
	free(references.frames);
	references.frames = calloc(frames, sizeof(*references.frames));
	if (references.frames == NULL) {
		twin_abort("host", "no memory for the modelled RAM");
	}
	references.count = frames;
	references.generation = 0;
}

void references_reset(uint64_t frames)
{
	if (frames != references.count || references.generation == UINT32_MAX) {
		resize(frames);
	}
	references.generation++;
	references.blocks = 0;
}

/* NULL for what is not RAM. */
static struct reference *find(uint64_t frame)
{
	struct reference *reference;

	if (!ram_contains(frame, RAM_FRAME_SIZE)) {
		return NULL;
	}
	reference = &references.frames[(frame - TWIN_RAM_BASE) / RAM_FRAME_SIZE];
	if (reference->generation != references.generation) {
		*reference = (struct reference){.generation = references.generation};
	}
	return reference;
}

static uint64_t kept_blocks;

void references_snapshot(void)
{
	kept_blocks = references.blocks;
}

void references_restore(void)
{
	references.blocks = kept_blocks;
}

static bool is_of_process(uint64_t where)
{
	return where < TWIN_IMAGE_BASE || where >= TWIN_IMAGE_BASE + TWIN_IMAGE_SIZE;
}

static void add(uint64_t where, uint64_t descriptor)
{
	struct reference *reference = find(FRAME_OF(descriptor));

	if (KIND(descriptor) == BLOCK && is_of_process(where)) {
		references.blocks++;
	}
	if (KIND(descriptor) == TABLE_OR_PAGE && reference != NULL) {
		undo_keep(reference, sizeof(*reference));
		reference->count++;
		reference->where = where;
	}
}

static void take_away(uint64_t where, uint64_t descriptor)
{
	struct reference *reference = find(FRAME_OF(descriptor));

	if (KIND(descriptor) == BLOCK && is_of_process(where)) {
		references.blocks--;
	}
	if (KIND(descriptor) == TABLE_OR_PAGE && reference != NULL) {
		undo_keep(reference, sizeof(*reference));
		reference->count--;
		reference->where = 0;
	}
}

void references_change(uint64_t where, uint64_t before, uint64_t after)
{
	take_away(where, before);
	add(where, after);
}

struct references_path references_to(uint64_t frame)
{
	struct references_path path = {0};

	while (path.count < REFERENCES_PATH_MAX && references.blocks == 0) {
		const struct reference *reference = find(frame);

		path.descriptors[path.count] = reference == NULL || reference->count == 0 ? 0 : reference->where;
		path.frames[path.count++] = frame;
		if (reference == NULL || reference->count == 0) {
			path.is_known = true;
			break;
		}
		if (reference->count != 1 || reference->where == 0) {
			break;
		}
		frame = FRAME_OF(reference->where);
	}
	return path;
}

bool references_may_come_from(const struct references_path *path, uint64_t root)
{
	for (unsigned i = 0; path->is_known && i < path->count; i++) {
		if (path->frames[i] == root) {
			return true;
		}
	}
	return !path->is_known;
}

/* The addresses that one descriptor of a level serves. */
static uint64_t served_by(unsigned level)
{
	return 1UL << (12 + 9 * (3 - level));
}

bool references_find_table(const struct references_path *path, uint64_t root, unsigned *level, uint64_t *address)
{
	unsigned above = 0;

	while (above < path->count && path->frames[above] != root) {
		above++;
	}
	if (above >= path->count || above > 2) {
		return false;
	}
	*level = above + 1;
	*address = 0;
	for (unsigned i = 0; i < above; i++) {
		*address += path->descriptors[i] % RAM_FRAME_SIZE / 8 * served_by(above - i);
	}
	return true;
}
