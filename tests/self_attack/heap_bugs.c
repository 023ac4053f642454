/*
 * Blocks of the heap and frames: beyond their ends, after they were freed, freed as they must not be.
 *
 * SAFETY: nothing here is meant to be safe; each function says what must stop it.
 * Audited: 2026-11-22
 */
#include "abi/limits.h"
#include "core/kernel.h"
#include "hal/memory.h"
#include "hal/tags.h"
#include "lib/memory.h"
#include "tests/self_attack/access.h"
#include "tests/self_attack/bugs.h"

#define SIZE 48

static uint8_t *kbug_block(void)
{
	uint8_t *block = heap_allocate(&kernel.heap, kbug_hidden(SIZE));

	if (block == NULL) {
		kbug_missed("there is no block");
	}
	return block;
}

/* Through a pointer of which the compiler knows nothing. What is there is secret: a constant could be just that. */
static void kbug_write_byte(const uint8_t *block, int64_t offset)
{
	uint64_t byte;

	__asm__ volatile("ldrb %w0, [%1, %2]\n\teor %w0, %w0, #0x80\n\tstrb %w0, [%1, %2]"
			 : "=&r"(byte)
			 : "r"(block), "r"(offset)
			 : "memory");
}

/* A byte at `offset`, which is seen when the block is freed. */
static void kbug_overflow(int64_t offset)
{
	uint8_t *block = kbug_block();

	kbug_write_byte(block, offset);
	heap_free(&kernel.heap, block);
}

static void kbug_heap_overflow(bool wrong)
{
	kbug_overflow(wrong ? SIZE : SIZE - 1);
}

static void kbug_heap_overflow_16(bool wrong)
{
	kbug_overflow(wrong ? SIZE + 15 : SIZE - 1);
}

static void kbug_give_back(uint8_t *const *blocks, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		heap_free(&kernel.heap, blocks[i]);
	}
}

static void kbug_take_and_give_back(unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		heap_free(&kernel.heap, kbug_block());
	}
}

/* Takes and gives back blocks until no freed one waits any more. */
static void kbug_pass_quarantine(void)
{
	kbug_take_and_give_back(2 * HEAP_QUARANTINE_BLOCKS);
}

/* One of the blocks that lies just behind another one of them. */
static const uint8_t *kbug_next(uint8_t *const *blocks, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		for (size_t j = 0; j < count; j++) {
			if (blocks[j] == blocks[i] + 64) {
				return blocks[j];
			}
		}
	}
	kbug_missed("no two blocks lie side by side");
}

/* The byte before a block is the end of another's redzone, which is allocated as well. */
static void kbug_heap_underflow(bool wrong)
{
	uint8_t *blocks[HEAP_PAGE_SIZE / 64];

	for (size_t i = 0; i < K_ARRAY_SIZE(blocks); i++) {
		blocks[i] = kbug_block();
	}
	kbug_write_byte(kbug_next(blocks, K_ARRAY_SIZE(blocks)), wrong ? -1 : 0);
	kbug_give_back(blocks, K_ARRAY_SIZE(blocks));
}

static void kbug_heap_write_after_free(bool wrong)
{
	uint8_t *block = kbug_block();

	kbug_write_byte(block, 0);
	heap_free(&kernel.heap, block);
	if (wrong) {
		kbug_write_byte(block, 0);
	}
	kbug_pass_quarantine();
}

/* Late, and in the last byte. */
static void kbug_heap_write_long_after_free(bool wrong)
{
	uint8_t *block = kbug_block();

	heap_free(&kernel.heap, block);
	kbug_take_and_give_back(HEAP_QUARANTINE_BLOCKS / 2);
	if (wrong) {
		kbug_write_byte(block, SIZE - 1);
	}
	kbug_pass_quarantine();
}

/* Just out of quarantine: others may have it, and nobody has yet. One of the next blocks is that one. */
static void kbug_heap_write_after_quarantine(bool wrong)
{
	static uint8_t *blocks[HEAP_SIZE / 64];
	uint8_t *block = kbug_block();
	size_t count = 0;

	heap_free(&kernel.heap, block);
	kbug_take_and_give_back(HEAP_QUARANTINE_BLOCKS - 1);
	if (wrong) {
		kbug_write_byte(block, 1);
	}
	do {
		blocks[count] = kbug_block();
	} while (hal_tags_strip(blocks[count++]) != hal_tags_strip(block));
	kbug_give_back(blocks, count);
}

static void kbug_expect_zeros(const uint8_t *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		if (bytes[i] != 0) {
			kbug_missed("byte %zu is not 0", i);
		}
	}
}

#define BLOCKS 40

/* Takes some blocks, which must be zero, and gives them back with something in them. */
static void kbug_use_blocks(uint8_t content)
{
	uint8_t *blocks[BLOCKS];

	for (size_t i = 0; i < BLOCKS; i++) {
		blocks[i] = kbug_block();
		kbug_expect_zeros(blocks[i], SIZE);
		k_memset(blocks[i], content, SIZE);
	}
	for (size_t i = 0; i < BLOCKS; i++) {
		heap_free(&kernel.heap, blocks[i]);
	}
}

static void kbug_heap_zeros(bool wrong)
{
	for (unsigned round = 0; round < 8; round++) {
		kbug_use_blocks(wrong ? 0xff : 0);
	}
}

static void kbug_frame_zeros(bool wrong)
{
	for (unsigned round = 0; round < 8; round++) {
		phys_addr frame;

		if (frames_allocate(&kernel.frames, &frame) != K_OK) {
			kbug_missed("there is no frame");
		}
		kbug_expect_zeros(hal_phys_to_ptr(frame, PANTHER_PAGE_SIZE), PANTHER_PAGE_SIZE);
		k_memset(hal_phys_to_ptr(frame, PANTHER_PAGE_SIZE), wrong ? 0xff : 0, PANTHER_PAGE_SIZE);
		frames_free(&kernel.frames, frame);
	}
}

/* A frame is read after it was freed with something in it. */
static void kbug_frame_read_after_free(bool wrong)
{
	phys_addr frame;

	if (frames_allocate(&kernel.frames, &frame) != K_OK) {
		kbug_missed("there is no frame");
	}
	k_memset(hal_phys_to_ptr(frame, PANTHER_PAGE_SIZE), wrong ? 0xff : 0, PANTHER_PAGE_SIZE);
	frames_free(&kernel.frames, frame);
	kbug_expect_zeros(hal_phys_to_ptr(frame, PANTHER_PAGE_SIZE), PANTHER_PAGE_SIZE);
}

/* A frame that is free is written: it is handed out next. */
static void kbug_frame_written(bool wrong)
{
	phys_addr frame;

	if (frames_allocate(&kernel.frames, &frame) != K_OK) {
		kbug_missed("there is no frame");
	}
	frames_free(&kernel.frames, frame);
	kbug_store((uintptr_t)hal_phys_to_ptr(frame, PANTHER_PAGE_SIZE) + 8, wrong);
	(void)!frames_allocate(&kernel.frames, &frame);
	frames_free(&kernel.frames, frame);
}

static void kbug_frame_double_free(bool wrong)
{
	phys_addr frame;

	if (frames_allocate(&kernel.frames, &frame) != K_OK) {
		kbug_missed("there is no frame");
	}
	frames_free(&kernel.frames, frame);
	if (wrong) {
		frames_free(&kernel.frames, frame);
	}
}

static void kbug_heap_read_after_free(bool wrong)
{
	uint8_t *block = kbug_block();

	k_memset(block, 0xff, SIZE);
	heap_free(&kernel.heap, block);
	if (wrong) {
		kbug_expect_zeros(kbug_pointer((uintptr_t)block), SIZE);
	}
}

static void kbug_double_free(bool wrong)
{
	uint8_t *block = kbug_block();

	heap_free(&kernel.heap, block);
	if (wrong) {
		heap_free(&kernel.heap, kbug_pointer((uintptr_t)block));
	}
}

/* When it waits no longer. */
static void kbug_double_free_later(bool wrong)
{
	uint8_t *block = kbug_block();

	heap_free(&kernel.heap, block);
	kbug_pass_quarantine();
	if (wrong) {
		heap_free(&kernel.heap, kbug_pointer((uintptr_t)block));
	}
}

static void kbug_interior_free(bool wrong)
{
	uint8_t *block = kbug_block();

	heap_free(&kernel.heap, kbug_pointer((uintptr_t)block + (wrong ? 16 : 0)));
}

static void kbug_interior_free_of_pages(bool wrong)
{
	uint8_t *pages = heap_allocate(&kernel.heap, kbug_hidden(2 * HEAP_PAGE_SIZE));

	heap_free(&kernel.heap, kbug_pointer((uintptr_t)pages + (wrong ? HEAP_PAGE_SIZE : 0)));
}

/* What is no block: the sound form frees nothing, which is allowed. */
static void kbug_free(bool wrong, uint64_t address)
{
	heap_free(&kernel.heap, kbug_pointer(wrong ? address : 0));
}

static void kbug_free_stack(bool wrong)
{
	uint64_t words[2] = {0};

	kbug_free(wrong, (uintptr_t)words);
}

static void kbug_free_data(bool wrong)
{
	kbug_free(wrong, (uintptr_t)kernel.bounce);
}

static void kbug_free_program(bool wrong)
{
	kbug_free(wrong, kbug_enter_program());
}

static void kbug_free_frame(bool wrong, uint64_t offset, bool image)
{
	phys_addr frame;

	if (frames_allocate(&kernel.frames, &frame) != K_OK) {
		kbug_missed("there is no frame");
	}
	if (wrong) {
		frame.value = image ? kernel.map.root.value : frame.value + offset;
	}
	frames_free(&kernel.frames, frame);
}

static void kbug_free_image_frame(bool wrong)
{
	kbug_free_frame(wrong, 0, true);
}

static void kbug_free_half_frame(bool wrong)
{
	kbug_free_frame(wrong, PANTHER_PAGE_SIZE / 2, false);
}

static const struct bug list[] = {
	{"heap-overflow", kbug_heap_overflow, NULL},
	{"heap-overflow-16", kbug_heap_overflow_16, NULL},
	{"heap-underflow", kbug_heap_underflow, NULL},
	{"heap-write-after-free", kbug_heap_write_after_free, NULL},
	{"heap-write-long-after-free", kbug_heap_write_long_after_free, NULL},
	{"heap-write-after-quarantine", kbug_heap_write_after_quarantine, NULL},
	{"heap-read-after-free", kbug_heap_read_after_free, "every byte is 0"},
	{"heap-zeros", kbug_heap_zeros, "every byte is 0"},
	{"frame-zeros", kbug_frame_zeros, "every byte is 0"},
	{"frame-read-after-free", kbug_frame_read_after_free, "every byte is 0"},
	{"frame-written", kbug_frame_written, NULL},
	{"frame-double-free", kbug_frame_double_free, NULL},
	{"double-free", kbug_double_free, NULL},
	{"double-free-later", kbug_double_free_later, NULL},
	{"interior-free", kbug_interior_free, NULL},
	{"interior-free-of-pages", kbug_interior_free_of_pages, NULL},
	{"free-stack", kbug_free_stack, NULL},
	{"free-data", kbug_free_data, NULL},
	{"free-program", kbug_free_program, NULL},
	{"free-image-frame", kbug_free_image_frame, NULL},
	{"free-half-frame", kbug_free_half_frame, NULL},
};

const struct bugs kbug_heap = {list, K_ARRAY_SIZE(list)};
