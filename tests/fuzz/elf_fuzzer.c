/*
 * An input is a program, as a hostile user hands it to the loader. Whatever is
 * accepted must be safe to map: rights, places, sizes, and an entry that is code. And the same is accepted from what
 * libelf reads in the file (elf_second.c).
 */
#include <stdint.h>
#include <string.h>

#include "abi/limits.h"
#include "core/process/elf.h"
#include "tests/fuzz/elf_second.h"
#include "tests/support/elf_builder.h"
#include "tests/support/require.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint64_t page_down(uint64_t address)
{
	return address - address % PANTHER_PAGE_SIZE;
}

static uint64_t page_up(uint64_t address)
{
	return page_down(address + PANTHER_PAGE_SIZE - 1);
}

/* Where the addresses of a program end. */
static uint64_t top_of(const struct elf_image *image)
{
	return image->is_position_independent ? ELF_MEMORY_MAX : PANTHER_USER_IMAGE_TOP;
}

/* Returns how much memory its pages take. */
static uint64_t check_segment(const struct elf_segment *segment, uint64_t lowest, uint64_t top, size_t size)
{
	uint64_t start = page_down(segment->address);
	uint64_t end;

	REQUIRE(segment->memory_size > 0 && segment->memory_size <= ELF_MEMORY_MAX);
	REQUIRE(segment->file_size <= segment->memory_size);
	REQUIRE(segment->file_size <= size && segment->file_offset <= size - segment->file_size);
	REQUIRE(start >= lowest && segment->address <= top);
	end = page_up(segment->address + segment->memory_size);
	REQUIRE(end <= top);
	REQUIRE(segment->access == PAGE_USER_READ || segment->access == PAGE_USER_READ_WRITE ||
		segment->access == PAGE_USER_EXECUTE);
	REQUIRE(start == elf_segment_start(segment) && end == elf_segment_end(segment));
	REQUIRE(segment->address % PANTHER_PAGE_SIZE == segment->file_offset % PANTHER_PAGE_SIZE);
	return end - start;
}

static bool holds_entry(const struct elf_segment *segment, uint64_t entry)
{
	return segment->access == PAGE_USER_EXECUTE && entry >= segment->address &&
	       entry + 4 <= segment->address + segment->file_size;
}

static void check_alignment(const struct elf_image *image)
{
	REQUIRE(image->alignment >= PANTHER_PAGE_SIZE && (image->alignment & (image->alignment - 1)) == 0);
	REQUIRE(!image->is_position_independent || image->alignment <= ELF_ALIGNMENT_MAX);
}

/* Every byte that the header names is one of a segment's, in memory where it is in the file. */
static bool holds_dynamic(const struct elf_image *image, const uint8_t *header)
{
	unsigned __int128 start = elf_peek(header, ELF_P_VADDR, 8);
	unsigned __int128 end = start + elf_peek(header, ELF_P_MEMSZ, 8);

	REQUIRE(elf_peek(header, ELF_P_FILESZ, 8) == elf_peek(header, ELF_P_MEMSZ, 8));
	for (size_t i = 0; i < image->segment_count; i++) {
		const struct elf_segment *segment = &image->segments[i];
		unsigned __int128 segment_end = (unsigned __int128)segment->address + segment->file_size;

		if (start >= segment->address && start < segment_end && end <= segment_end) {
			return start - segment->address == elf_peek(header, ELF_P_OFFSET, 8) - segment->file_offset;
		}
	}
	return false;
}

static void check_image(const struct elf_image *image, size_t size)
{
	uint64_t lowest = image->is_position_independent ? 0 : PANTHER_USER_BOTTOM;
	uint64_t total = 0;
	bool has_entry = false;

	REQUIRE(image->segment_count > 0 && image->segment_count <= ELF_SEGMENTS_MAX);
	for (size_t i = 0; i < image->segment_count; i++) {
		const struct elf_segment *segment = &image->segments[i];

		total += check_segment(segment, lowest, top_of(image), size);
		lowest = page_up(segment->address + segment->memory_size);
		has_entry = has_entry || holds_entry(segment, image->entry);
	}
	REQUIRE(total == image->memory_size && total <= ELF_MEMORY_MAX);
	REQUIRE(has_entry && image->entry != 0 && image->entry % 4 == 0);
	check_alignment(image);
}

/* What the image does not show: no PT_INTERP (3), PT_SHLIB (5) or executable stack (PT_GNU_STACK), and a dynamic
 * section only where it belongs. */
static void check_headers(const struct elf_image *image, const uint8_t *data)
{
	uint64_t table = elf_peek(data, ELF_PHOFF, 8);
	uint64_t count = elf_peek(data, ELF_PHNUM, 2);

	REQUIRE(count <= ELF_HEADERS_MAX);
	for (uint64_t i = 0; i < count; i++) {
		const uint8_t *header = data + table + i * ELF_PROGRAM_HEADER_SIZE;
		uint64_t type = elf_peek(header, ELF_P_TYPE, 4);

		REQUIRE(type != 3 && type != 5);
		REQUIRE(type != 0x6474e551 || elf_peek(header, ELF_P_FLAGS, 4) % 2 == 0);
		REQUIRE(type != ELF_DYNAMIC || (image->is_position_independent && holds_dynamic(image, header)));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct elf_image image;
	struct elf_image before;
	k_status status;

	memset(&image, 0xa7, sizeof(image));
	memcpy(&before, &image, sizeof(before));
	status = elf_read(&image, data, size);
	if (status == K_OK) {
		REQUIRE(image.is_position_independent == (elf_peek(data, ELF_TYPE, 2) == ELF_DYN));
		check_image(&image, size);
		check_headers(&image, data);
		second_elf_compare(&image, data, size);
	} else {
		REQUIRE(status == K_ENOEXEC);
		REQUIRE(memcmp(&image, &before, sizeof(image)) == 0);
		second_elf_compare(NULL, data, size);
	}
	return 0;
}
