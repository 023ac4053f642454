#include "hal_host/ram.h"

#include <sanitizer/asan_interface.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "hal_host/references.h"
#include "hal_host/twin.h"

/* What is known of one frame. A frame of an older generation has not been looked at since ram_reset. */
struct frame_note {
	uint64_t synced_lines; /* one bit a line */
	uint32_t generation;
	bool has_table_mirror; /* the mirror holds something that the next generation must clear */
};

static struct {
	uint8_t *bytes;
	uint8_t *table;
	uint8_t *code;
	struct frame_note *notes;
	uint64_t size;
	uint32_t generation;
} ram;

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
	uint64_t old_notes = ram.size / RAM_FRAME_SIZE * sizeof(struct frame_note);

	if (size < RAM_FRAME_SIZE) {
		twin_abort("options", "RAM of %llu bytes", (unsigned long long)size);
	}
	if (ram.size != 0) {
		ASAN_UNPOISON_MEMORY_REGION(ram.bytes, ram.size);
		munmap(ram.bytes, ram.size);
		munmap(ram.table, ram.size);
		munmap(ram.code, ram.size);
		munmap(ram.notes, old_notes);
	}
	ram.bytes = reserve(size);
	ram.table = reserve(size);
	ram.code = reserve(size);
	ram.notes = reserve(size / RAM_FRAME_SIZE * sizeof(struct frame_note));
	ram.size = size;
	ram.generation = 0;
}

void ram_reset(uint64_t size)
{
	if (size != ram.size || ram.generation == UINT32_MAX) {
		resize(size);
	}
	ram.generation++;
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

/* A frame that nobody has asked for yet, beside one that somebody has: who reads on into it is seen by ASan. */
static void fence(uint64_t offset)
{
	if (offset < ram.size && ram.notes[offset / RAM_FRAME_SIZE].generation != ram.generation) {
		ASAN_POISON_MEMORY_REGION(ram.bytes + offset, RAM_FRAME_SIZE);
	}
}

static struct frame_note *note_of(uint64_t offset)
{
	struct frame_note *note = &ram.notes[offset / RAM_FRAME_SIZE];
	uint64_t frame = offset - offset % RAM_FRAME_SIZE;

	if (note->generation != ram.generation) {
		ASAN_UNPOISON_MEMORY_REGION(ram.bytes + frame, RAM_FRAME_SIZE);
		memset(ram.bytes + frame, TWIN_FILL, RAM_FRAME_SIZE);
		if (note->has_table_mirror) {
			memset(ram.table + frame, 0, RAM_FRAME_SIZE);
		}
		*note = (struct frame_note){.generation = ram.generation};
		fence(frame + RAM_FRAME_SIZE);
		fence(frame - RAM_FRAME_SIZE);
	}
	return note;
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

const uint64_t *ram_words(uint64_t address, uint64_t size)
{
	const void *bytes = ram_bytes(address, size);

	return bytes;
}

uint64_t ram_read64(uint64_t address)
{
	return *ram_words(address, sizeof(uint64_t));
}

void ram_table_store(uint64_t address, uint64_t descriptor)
{
	uint64_t offset = offset_of(address, sizeof(descriptor));

	references_change(address, ram_table_mirror(address), descriptor);
	note_of(offset)->has_table_mirror = true;
	memcpy(ram.bytes + offset, &descriptor, sizeof(descriptor));
	memcpy(ram.table + offset, &descriptor, sizeof(descriptor));
}

uint64_t ram_table_mirror(uint64_t address)
{
	uint64_t offset = offset_of(address, sizeof(uint64_t));
	uint64_t descriptor;

	note_of(offset);
	memcpy(&descriptor, ram.table + offset, sizeof(descriptor));
	return descriptor;
}

static void clear_mirror(uint64_t frame, uint64_t offset)
{
	for (uint64_t entry = 0; entry < RAM_FRAME_SIZE; entry += sizeof(uint64_t)) {
		references_change(frame + entry, ram_table_mirror(frame + entry), 0);
	}
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
	note->has_table_mirror = false;
	note->synced_lines = 0;
}

static uint64_t line_bit(uint64_t offset)
{
	return (uint64_t)1 << (offset % RAM_FRAME_SIZE / RAM_LINE_SIZE);
}

void ram_code_sync(uint64_t line)
{
	uint64_t offset = offset_of(line, RAM_LINE_SIZE);

	note_of(offset)->synced_lines |= line_bit(offset);
	memcpy(ram.code + offset, ram.bytes + offset, RAM_LINE_SIZE);
}

bool ram_code_word(uint64_t address, uint32_t *word)
{
	uint64_t offset = offset_of(address, sizeof(*word));

	if ((note_of(offset)->synced_lines & line_bit(offset)) == 0) {
		return false;
	}
	memcpy(word, ram.code + offset, sizeof(*word));
	return true;
}
