/*
 * An input is a list of operations on the kernel heap. They are compared with a model that knows the live blocks, and
 * which page each lies on: from that follows what the heap must be able to serve, and what every wrong free is. Where
 * the blocks lie is random, but the same for the same input.
 */
#include "core/memory/heap.h"

#include <stdint.h>
#include <string.h>

#include "hal_host/twin.h"
#include "tests/fuzz/fuzz_input.h"
#include "tests/support/require.h"
#include "tests/unit/heap_expected.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The smallest block, and what all are aligned to. */
#define SMALLEST 32
#define GRAIN 16
#define LIVE_MAX (HEAP_SIZE / SMALLEST)
/* Content of the metadata before heap_init. */
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
	REQUIRE(is_all(fresh->block, fresh->size, 0));
	REQUIRE(memchr(fresh->block + fresh->size, 0, size - fresh->size) == NULL);
}

static void allocate(size_t size, uint8_t content)
{
	struct live_block fresh = {.size = size, .content = content};

	fresh.block = heap_allocate(&heap, size);
	if (size == 0 || size > HEAP_SIZE - REDZONE || !has_room(expected_size(size))) {
		REQUIRE(fresh.block == NULL);
		return;
	}
	REQUIRE(fresh.block != NULL);
	check_place(&fresh);
	memset(fresh.block, fresh.content, size);
	count_block(&fresh, true);
	model.live[model.count++] = fresh;
}

static void release(size_t index)
{
	struct live_block old = model.live[index];

	/* Had two blocks overlapped, one's content would be in the other. */
	REQUIRE(is_all(old.block, old.size, old.content));
	heap_free(&heap, old.block);
	REQUIRE(is_all(old.block, expected_size(old.size), 0));
	count_block(&old, false);
	model.live[index] = model.live[--model.count];
}

/* What freeing that address is: a tag, or NULL for a live block's first byte, with its index. */
static const char *misuse_of(const uint8_t *address, size_t *index)
{
	size_t offset = (size_t)(address - heap.arena);

	if (address < heap.arena || offset >= HEAP_SIZE) {
		return "heap-foreign-free";
	}
	for (*index = 0; *index < model.count; *index += 1) {
		const struct live_block *live = &model.live[*index];

		if (address >= live->block && address < live->block + expected_size(live->size)) {
			return address == live->block ? NULL : "heap-interior-free";
		}
	}
	return expected_rest(&heap, offset) ? "heap-foreign-free" : "heap-double-free";
}

static void call_heap_free(void *block)
{
	heap_free(&heap, block);
}

static void call_heap_check(void *unused)
{
	(void)unused;
	heap_check(&heap);
}

/* It panics with its tag, and nothing has changed. */
static void require_refused(const char *tag, void (*function)(void *argument), void *argument)
{
	static struct heap before;
	char expected[64];

	memcpy(&before, &heap, sizeof(heap));
	snprintf(expected, sizeof(expected), "KPANIC[%s] ", tag);
	twin_restore();
	REQUIRE(twin_call(function, argument) == TWIN_STOPPED);
	REQUIRE(strncmp(twin_console(), expected, strlen(expected)) == 0);
	REQUIRE(memcmp(&before, &heap, sizeof(heap)) == 0);
}

/* A bug of the kernel: one byte behind what a block was asked for. The sweep sees it, and so does its end. */
static void overflow(const struct live_block *live, size_t distance)
{
	uint8_t *byte = live->block + live->size + distance % (expected_size(live->size) - live->size);

	*byte ^= 0x10;
	require_refused("heap-redzone", call_heap_check, NULL);
	require_refused("heap-redzone", call_heap_free, live->block);
	*byte ^= 0x10;
}

/* Another: a byte of a block that waits in quarantine. */
static void write_after_free(uint32_t turn, size_t distance)
{
	const struct heap_quarantine *quarantine = &heap.quarantine;
	uint32_t place = quarantine->places[(quarantine->oldest + turn) % HEAP_QUARANTINE_BLOCKS];
	uint8_t *byte = heap.arena + place + distance % SMALLEST;

	REQUIRE(*byte == 0);
	*byte = 0x10;
	require_refused("heap-poison", call_heap_check, NULL);
	*byte = 0;
}

static void free_anywhere(uint8_t *address)
{
	size_t index = 0;
	const char *tag = misuse_of(address, &index);

	if (tag == NULL) {
		release(index);
	} else {
		require_refused(tag, call_heap_free, address);
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
	static const uint64_t places[] = {16,
					  128 - REDZONE,
					  1360 - REDZONE,
					  2048 - REDZONE,
					  PAGE - REDZONE,
					  3 * PAGE - REDZONE,
					  HEAP_SIZE - REDZONE,
					  0};

	return take_near(input, places, sizeof(places) / sizeof(places[0]));
}

static void misuse(struct input_bytes *input)
{
	size_t which = (size_t)take_bytes(input, 2);
	size_t distance = (size_t)take_bytes(input, 2);

	if (which % 2 == 0 && model.count != 0) {
		overflow(&model.live[which / 2 % model.count], distance);
	}
	if (which % 2 != 0 && heap.quarantine.count != 0) {
		write_after_free((uint32_t)(which / 2 % heap.quarantine.count), distance);
	}
}

static void operate(struct input_bytes *input)
{
	switch (take(input) % 9) {
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
	case 6:
		misuse(input);
		break;
	case 7: /* any address in the arena or a page around it */
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
	struct random random = {.is_seeded = true};

	if (!is_ready) {
		is_ready = true;
		twin_reset(NULL);
		twin_snapshot();
	}
	memset(&heap, DIRT, offsetof(struct heap, arena));
	memset(heap.arena, 0, HEAP_SIZE);
	memset(&model, 0, sizeof(model));
	heap_init(&heap, &random);
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
