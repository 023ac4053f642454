#include "hal_host/ram.h"

#include <sanitizer/asan_interface.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "hal_host/references.h"
#include "hal_host/sanitizer.h"
#include "hal_host/twin.h"
#include "hal_host/undo.h"

/*
 * What is known of one frame. A frame of an older generation has not been looked at since ram_reset, one of an older
 * epoch not since the machine last came back to its snapshot.
 */
struct frame_note {
	uint64_t synced_lines; /* one bit a line */
	uint32_t generation;
	uint64_t epoch;
	uint32_t place;	       /* among the frames that have been looked at */
	bool has_table_mirror; /* the mirror holds something that the next generation must clear */
};

static struct {
	uint8_t *bytes;
	uint8_t *table;
	uint8_t *code;
	struct frame_note *notes;
	uint64_t size;
	uint32_t generation;
	uint64_t epoch;
	uint32_t *looked; /* numbers of the frames that have been looked at since ram_reset, in that order */
	size_t looked_count;
} ram;

/* The snapshot: the first `count` frames of ram.looked, and which of them have been looked at since. */
static struct {
	size_t count;
	uint8_t *bytes;
	uint32_t *opened;
	size_t opened_count;
} kept;

static void *reserve(uint64_t size)
{
	void *block = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON | MAP_NORESERVE, -1, 0);

	if (block == MAP_FAILED) {
		twin_abort("host", "no memory for the modelled RAM");
	}
	return block;
}

static void resize(uint64_t size)
{
	uint64_t old_frames = ram.size / RAM_FRAME_SIZE;

	if (size < RAM_FRAME_SIZE) {
		twin_abort("options", "RAM of %llu bytes", (unsigned long long)size);
	}
	if (ram.size != 0) {
		ASAN_UNPOISON_MEMORY_REGION(ram.bytes, ram.size);
		munmap(ram.bytes, ram.size);
		munmap(ram.table, ram.size);
		munmap(ram.code, ram.size);
		munmap(ram.notes, old_frames * sizeof(*ram.notes));
		munmap(ram.looked, old_frames * sizeof(*ram.looked));
	}
	ram.bytes = reserve(size);
	ram.table = reserve(size);
	ram.code = reserve(size);
	ram.notes = reserve(size / RAM_FRAME_SIZE * sizeof(*ram.notes));
	ram.looked = reserve(size / RAM_FRAME_SIZE * sizeof(*ram.looked));
	ram.size = size;
	ram.generation = 0;
	ram.epoch = 0;
}

void ram_reset(uint64_t size)
{
	if (size != ram.size || ram.generation == UINT32_MAX) {
		resize(size);
	}
	ram.generation++;
	ram.epoch++;
	ram.looked_count = 0;
	kept.count = 0;
	references_reset(size / RAM_FRAME_SIZE);
}

uint64_t ram_size(void)
{
	return ram.size;
}

bool ram_contains(uint64_t address, uint64_t size)
{
	return address >= TWIN_RAM_BASE && size <= ram.size && address - TWIN_RAM_BASE <= ram.size - size;
}

static bool was_looked_at(uint64_t number)
{
	return number < ram.size / RAM_FRAME_SIZE && ram.notes[number].generation == ram.generation;
}

/* A frame that nobody has asked for yet, beside one that somebody has: who reads on into it is seen by ASan. */
static void fence(uint64_t number)
{
	if (number < ram.size / RAM_FRAME_SIZE && !was_looked_at(number)) {
		ASAN_POISON_MEMORY_REGION(ram.bytes + number * RAM_FRAME_SIZE, RAM_FRAME_SIZE);
	}
}

static void fill(struct frame_note *note, uint64_t number)
{
	uint64_t offset = number * RAM_FRAME_SIZE;

	memset(ram.bytes + offset, TWIN_FILL, RAM_FRAME_SIZE);
	sanitizer_forget(ram.bytes + offset, RAM_FRAME_SIZE);
	if (note->has_table_mirror) {
		memset(ram.table + offset, 0, RAM_FRAME_SIZE);
	}
	*note = (struct frame_note){.generation = ram.generation, .place = (uint32_t)ram.looked_count};
	ram.looked[ram.looked_count++] = (uint32_t)number;
	fence(number + 1);
	fence(number - 1);
}

/* The first look since the machine was made or last came back to its snapshot. */
static void open_frame(struct frame_note *note, uint64_t number)
{
	ASAN_UNPOISON_MEMORY_REGION(ram.bytes + number * RAM_FRAME_SIZE, RAM_FRAME_SIZE);
	if (note->generation != ram.generation) {
		fill(note, number);
	} else {
		kept.opened[kept.opened_count++] = (uint32_t)number;
	}
	note->epoch = ram.epoch;
}

static struct frame_note *note_of(uint64_t offset)
{
	uint64_t number = offset / RAM_FRAME_SIZE;
	struct frame_note *note = &ram.notes[number];

	if (note->epoch != ram.epoch) {
		open_frame(note, number);
	}
	return note;
}

bool ram_was_opened(uint64_t frame)
{
	return ram.notes[(frame - TWIN_RAM_BASE) / RAM_FRAME_SIZE].epoch == ram.epoch;
}

static uint64_t offset_of(uint64_t address, uint64_t size)
{
	if (!ram_contains(address, size)) {
		twin_abort("outside-ram", "[0x%llx, +0x%llx) is not RAM", (unsigned long long)address,
			   (unsigned long long)size);
	}
	return address - TWIN_RAM_BASE;
}

uint8_t *ram_bytes(uint64_t address, uint64_t size)
{
	uint64_t first = offset_of(address, size);

	for (uint64_t offset = first - first % RAM_FRAME_SIZE; offset < first + size; offset += RAM_FRAME_SIZE) {
		note_of(offset);
	}
	return ram.bytes + first;
}

bool ram_address(const void *pointer, uint64_t *address)
{
	uintptr_t offset = (uintptr_t)pointer - (uintptr_t)ram.bytes;

	if ((uintptr_t)pointer < (uintptr_t)ram.bytes || offset >= ram.size) {
		return false;
	}
	*address = TWIN_RAM_BASE + offset;
	return true;
}

static uint64_t *word_at(void *bytes)
{
	return bytes;
}

static const uint32_t *instruction_at(const void *bytes)
{
	return bytes;
}

/* For the twin to read, which is no reason to bring the frame back later: without ASan, for which it stays closed. */
static uint8_t *peek(uint64_t offset)
{
	if (ram.notes[offset / RAM_FRAME_SIZE].generation != ram.generation) {
		note_of(offset);
	}
	return ram.bytes + offset;
}

RAM_PEEKS const uint64_t *ram_words(uint64_t address, uint64_t size)
{
	return word_at(peek(offset_of(address, size)));
}

RAM_PEEKS uint64_t ram_read64(uint64_t address)
{
	return *word_at(peek(offset_of(address, sizeof(uint64_t))));
}

RAM_PEEKS uint32_t ram_read32(uint64_t address)
{
	return *instruction_at(peek(offset_of(address, sizeof(uint32_t))));
}

static void set_table_mirror(struct frame_note *note, bool has_table_mirror)
{
	if (note->has_table_mirror != has_table_mirror) {
		undo_keep(note, sizeof(*note));
		note->has_table_mirror = has_table_mirror;
	}
}

static void set_synced_lines(struct frame_note *note, uint64_t lines)
{
	if (note->synced_lines != lines) {
		undo_keep(note, sizeof(*note));
		note->synced_lines = lines;
	}
}

void ram_table_store(uint64_t address, uint64_t descriptor)
{
	uint64_t offset = offset_of(address, sizeof(descriptor));
	uint64_t *mirror = word_at(ram.table + offset);

	set_table_mirror(note_of(offset), true);
	references_change(address, *mirror, descriptor);
	undo_keep(mirror, sizeof(*mirror));
	*word_at(ram.bytes + offset) = descriptor;
	*mirror = descriptor;
}

uint64_t ram_table_mirror(uint64_t address)
{
	uint64_t offset = offset_of(address, sizeof(uint64_t));

	peek(offset);
	return *word_at(ram.table + offset);
}

RAM_PEEKS bool ram_descriptor(uint64_t address, uint64_t *descriptor)
{
	uint64_t offset = offset_of(address, sizeof(*descriptor));

	*descriptor = *word_at(peek(offset));
	return *descriptor == *word_at(ram.table + offset);
}

/* Most of a table is zero. */
static void clear_mirror(uint64_t frame, uint64_t offset)
{
	const uint64_t *mirror = word_at(ram.table + offset);

	for (uint64_t entry = 0; entry < RAM_FRAME_SIZE / sizeof(*mirror); entry++) {
		if (mirror[entry] != 0) {
			references_change(frame + entry * sizeof(*mirror), mirror[entry], 0);
		}
	}
	undo_keep(ram.table + offset, RAM_FRAME_SIZE);
	memset(ram.table + offset, 0, RAM_FRAME_SIZE);
}

void ram_frame_clear(uint64_t frame)
{
	uint64_t offset = offset_of(frame, RAM_FRAME_SIZE);
	struct frame_note *note = note_of(offset);

	memset(ram.bytes + offset, 0, RAM_FRAME_SIZE);
	if (note->has_table_mirror) {
		clear_mirror(frame, offset);
	}
	set_table_mirror(note, false);
	set_synced_lines(note, 0);
}

static uint64_t line_bit(uint64_t offset)
{
	return (uint64_t)1 << (offset % RAM_FRAME_SIZE / RAM_LINE_SIZE);
}

void ram_code_sync(uint64_t line)
{
	uint64_t offset = offset_of(line, RAM_LINE_SIZE);
	struct frame_note *note = note_of(offset);

	set_synced_lines(note, note->synced_lines | line_bit(offset));
	undo_keep(ram.code + offset, RAM_LINE_SIZE);
	memcpy(ram.code + offset, ram.bytes + offset, RAM_LINE_SIZE);
}

bool ram_code_word(uint64_t address, uint32_t *word)
{
	uint64_t offset = offset_of(address, sizeof(*word));

	peek(offset);
	if ((ram.notes[offset / RAM_FRAME_SIZE].synced_lines & line_bit(offset)) == 0) {
		return false;
	}
	*word = *instruction_at(ram.code + offset);
	return true;
}

static uint8_t *frame_bytes(uint32_t number)
{
	return ram.bytes + number * RAM_FRAME_SIZE;
}

static void close_frame(uint32_t number)
{
	ASAN_POISON_MEMORY_REGION(frame_bytes(number), RAM_FRAME_SIZE);
}

/* Whoever goes on after a snapshot has to ask for each frame again, so that what may change is known. */
void ram_snapshot(void)
{
	free(kept.bytes);
	free(kept.opened);
	kept.count = ram.looked_count;
	kept.opened_count = 0;
	kept.bytes = malloc(kept.count * RAM_FRAME_SIZE);
	kept.opened = malloc(kept.count * sizeof(*kept.opened));
	if (kept.bytes == NULL || kept.opened == NULL) {
		twin_abort("host", "no memory for a snapshot");
	}
	for (size_t i = 0; i < kept.count; i++) {
		note_of(ram.looked[i] * RAM_FRAME_SIZE);
		memcpy(kept.bytes + i * RAM_FRAME_SIZE, frame_bytes(ram.looked[i]), RAM_FRAME_SIZE);
	}
	for (size_t i = 0; i < kept.count; i++) {
		close_frame(ram.looked[i]);
	}
	kept.opened_count = 0;
	ram.epoch++;
}

/* As fence left it when the snapshot was taken. */
static void fence_again(uint64_t number)
{
	if (was_looked_at(number) || number >= ram.size / RAM_FRAME_SIZE) {
		return;
	}
	if (was_looked_at(number - 1) || was_looked_at(number + 1)) {
		close_frame((uint32_t)number);
	} else {
		ASAN_UNPOISON_MEMORY_REGION(frame_bytes((uint32_t)number), RAM_FRAME_SIZE);
	}
}

/* Frames that were first looked at after the snapshot: their next first look fills them. */
static void forget_new_frames(void)
{
	for (size_t i = kept.count; i < ram.looked_count; i++) {
		ram.notes[ram.looked[i]].generation = 0;
	}
	for (size_t i = kept.count; i < ram.looked_count; i++) {
		fence_again(ram.looked[i] - 1UL);
		fence_again(ram.looked[i]);
		fence_again(ram.looked[i] + 1UL);
	}
	ram.looked_count = kept.count;
}

void ram_restore(void)
{
	for (size_t i = 0; i < kept.opened_count; i++) {
		uint32_t number = kept.opened[i];

		memcpy(frame_bytes(number), kept.bytes + ram.notes[number].place * RAM_FRAME_SIZE, RAM_FRAME_SIZE);
		close_frame(number);
	}
	kept.opened_count = 0;
	forget_new_frames();
	ram.epoch++;
}
