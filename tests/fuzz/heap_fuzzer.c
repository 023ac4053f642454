/*
 * An input is a list of operations on the kernel heap. They are compared with a model that knows the live blocks, and
 * which page each lies on: from that follows what the heap must be able to serve, and what every wrong free is.
 */
#include "core/memory/heap.h"

#include <stdint.h>
#include <string.h>

#include "hal_host/twin.h"
#include "tests/fuzz/fuzz_input.h"
#include "tests/support/require.h"
#include "tests/unit/heap_expected.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The smallest block. */
#define GRAIN 16
#define LIVE_MAX (HEAP_SIZE / GRAIN)
/* Content of the arena before heap_init: what the heap does not clear shows. */
#define DIRT 0xa7

struct live_block {
	uint8_t *block;
	size_t size; /* of the request */
	uint8_t content;
};

static struct {
	struct live_block live[LIVE_MAX];
	size_t count;
	size_t used;
	size_t class_of_page[HEAP_PAGES];  /* block size of the slab; 0 for a free page, PAGE for part of a run */
	size_t blocks_in_page[HEAP_PAGES]; /* how many are live */
} model;

static struct heap heap;

static bool has_run(size_t pages)
{
	size_t length = 0;

	for (size_t page = 0; page < HEAP_PAGES; page++) {
		length = model.class_of_page[page] == 0 ? length + 1 : 0;
		if (length == pages) {
			return true;
		}
	}
	return false;
}

/* Pages are given to classes for as long as a block lives there, so room is known page by page. */
static bool has_room(size_t size)
{
	if (size > PAGE / 2) {
		return has_run(size / PAGE);
	}
	for (size_t page = 0; page < HEAP_PAGES; page++) {
		if (model.class_of_page[page] == 0 ||
		    (model.class_of_page[page] == size && model.blocks_in_page[page] < PAGE / size)) {
			return true;
		}
	}
	return false;
}

static void count_block(const struct live_block *live, bool adds)
{
	size_t size = expected_size(live->size);
	size_t first = (size_t)(live->block - heap.arena) / PAGE;

	for (size_t page = first; page < first + (size + PAGE - 1) / PAGE; page++) {
		model.blocks_in_page[page] += adds ? 1 : (size_t)-1;
		model.class_of_page[page] = model.blocks_in_page[page] == 0 ? 0 : size > PAGE / 2 ? PAGE : size;
	}
	model.used = adds ? model.used + size : model.used - size;
}

/* A block lies in the arena, aligned, on a page of its own kind, where no other block is. */
static void check_place(const struct live_block *fresh)
{
	size_t size = expected_size(fresh->size);
	size_t offset = (size_t)(fresh->block - heap.arena);
	size_t kind = model.class_of_page[offset / PAGE];

	REQUIRE(fresh->block >= heap.arena && offset <= HEAP_SIZE - size && offset % GRAIN == 0);
	REQUIRE(size > PAGE / 2 ? offset % PAGE == 0 : offset % PAGE % size == 0);
	REQUIRE(size > PAGE / 2 ? kind == 0 : kind == 0 || kind == size);
	REQUIRE(is_all(fresh->block, size, 0));
}

static void allocate(size_t size, uint8_t content)
{
	struct live_block fresh = {.size = size, .content = content};

	fresh.block = heap_allocate(&heap, size);
	if (size == 0 || size > HEAP_SIZE || !has_room(expected_size(size))) {
		REQUIRE(fresh.block == NULL);
		return;
	}
	REQUIRE(fresh.block != NULL);
	check_place(&fresh);
	memset(fresh.block, fresh.content, expected_size(size));
	count_block(&fresh, true);
	model.live[model.count++] = fresh;
}

static void release(size_t index)
{
	struct live_block old = model.live[index];
	size_t size = expected_size(old.size);

	/* Had two blocks overlapped, one's content would be in the other. */
	REQUIRE(is_all(old.block, size, old.content));
	heap_free(&heap, old.block);
	REQUIRE(is_all(old.block, size, 0));
	count_block(&old, false);
	model.live[index] = model.live[--model.count];
}

/* What freeing that address is: a tag, or NULL for a live block's first byte, with its index. */
static const char *misuse_of(const uint8_t *address, size_t *index)
{
	size_t offset = (size_t)(address - heap.arena);
	size_t kind;

	if (address < heap.arena || offset >= HEAP_SIZE) {
		return "heap-foreign-free";
	}
	for (*index = 0; *index < model.count; *index += 1) {
		const struct live_block *live = &model.live[*index];

		if (address >= live->block && address < live->block + expected_size(live->size)) {
			return address == live->block ? NULL : "heap-interior-free";
		}
	}
	kind = model.class_of_page[offset / PAGE];
	return kind != 0 && kind < PAGE && offset % PAGE >= PAGE / kind * kind ? "heap-foreign-free"
									       : "heap-double-free";
}

static void call_heap_free(void *block)
{
	heap_free(&heap, block);
}

/* It panics with its tag, and nothing has changed. */
static void free_wrongly(uint8_t *address, const char *tag)
{
	static struct heap before;
	char expected[64];

	memcpy(&before, &heap, sizeof(heap));
	snprintf(expected, sizeof(expected), "KPANIC[%s] ", tag);
	twin_restore();
	REQUIRE(twin_call(call_heap_free, address) == TWIN_STOPPED);
	REQUIRE(strncmp(twin_console(), expected, strlen(expected)) == 0);
	REQUIRE(memcmp(&before, &heap, sizeof(heap)) == 0);
}

static void free_anywhere(uint8_t *address)
{
	size_t index = 0;
	const char *tag = misuse_of(address, &index);

	if (tag == NULL) {
		release(index);
	} else {
		free_wrongly(address, tag);
	}
}

/* Before the arena too. */
static uint8_t *address_at(uint64_t offset)
{
	return (uint8_t *)((uintptr_t)heap.arena + offset);
}

/* Sizes near those that matter, or any. */
static size_t take_size(struct input_bytes *input)
{
	static const uint64_t places[] = {16, 128, 1360, 2048, PAGE, 3 * PAGE, HEAP_SIZE, 0};

	return take_near(input, places, sizeof(places) / sizeof(places[0]));
}

static void operate(struct input_bytes *input)
{
	switch (take(input) % 8) {
	case 0:
	case 1:
		allocate(1 + (size_t)take(input), take(input));
		break;
	case 2:
		allocate(1 + (size_t)take_bytes(input, 2), take(input));
		break;
	case 3:
		allocate(take_size(input), take(input));
		break;
	case 4:
	case 5:
		if (model.count != 0) {
			release((size_t)take_bytes(input, 2) % model.count);
		}
		break;
	case 6: /* any address in the arena or a page around it */
		free_anywhere(address_at(take_bytes(input, 3) % (HEAP_SIZE + 2 * PAGE) - PAGE));
		break;
	default: /* once more, what was a block a moment ago or still is one */
		free_anywhere(address_at(take_bytes(input, 2) / GRAIN * GRAIN));
		break;
	}
	REQUIRE(heap_used(&heap) == model.used);
	heap_check(&heap);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static bool is_ready;
	struct input_bytes input = {data, size};

	if (!is_ready) {
		is_ready = true;
		twin_reset(NULL);
		twin_snapshot();
	}
	memset(&heap, DIRT, sizeof(heap));
	memset(&model, 0, sizeof(model));
	heap_init(&heap);
	while (input.size != 0) {
		operate(&input);
	}
	heap_free(&heap, NULL);
	while (model.count != 0) {
		release(model.count - 1);
	}
	REQUIRE(heap_used(&heap) == 0);
	heap_check(&heap);
	return 0;
}
