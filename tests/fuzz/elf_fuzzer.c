/*
 * An input is a program, as a hostile user hands it to the loader. Whatever is
 * accepted must be safe to map: rights, places, sizes, and an entry that is code.
 */
#include <stdint.h>
#include <string.h>

#include "abi/limits.h"
#include "core/process/elf.h"
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

/* Returns how much memory its pages take. */
static uint64_t check_segment(const struct elf_segment *segment, uint64_t lowest, size_t size)
{
	uint64_t start = page_down(segment->address);
	uint64_t end;

	REQUIRE(segment->memory_size > 0 && segment->memory_size <= ELF_MEMORY_MAX);
	REQUIRE(segment->file_size <= segment->memory_size);
	REQUIRE(segment->file_size <= size && segment->file_offset <= size - segment->file_size);
	REQUIRE(start >= lowest && segment->address <= PANTHER_USER_IMAGE_TOP);
	end = page_up(segment->address + segment->memory_size);
	REQUIRE(end <= PANTHER_USER_IMAGE_TOP);
	REQUIRE(segment->access == PAGE_USER_READ || segment->access == PAGE_USER_READ_WRITE ||
		segment->access == PAGE_USER_EXECUTE);
	return end - start;
}

static bool holds_entry(const struct elf_segment *segment, uint64_t entry)
{
	return segment->access == PAGE_USER_EXECUTE && entry >= segment->address &&
	       entry + 4 <= segment->address + segment->file_size;
}

static void check_image(const struct elf_image *image, size_t size)
{
	uint64_t lowest = PANTHER_USER_BOTTOM;
	uint64_t total = 0;
	bool has_entry = false;

	REQUIRE(image->segment_count > 0 && image->segment_count <= ELF_SEGMENTS_MAX);
	for (size_t i = 0; i < image->segment_count; i++) {
		const struct elf_segment *segment = &image->segments[i];

		total += check_segment(segment, lowest, size);
		lowest = page_up(segment->address + segment->memory_size);
		has_entry = has_entry || holds_entry(segment, image->entry);
	}
	REQUIRE(total <= ELF_MEMORY_MAX);
	REQUIRE(has_entry && image->entry % 4 == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct elf_image image;
	struct elf_image before;
	k_status status;

	memset(&image, 0xa7, sizeof(image));
	before = image;
	status = elf_read(&image, data, size);
	if (status == K_OK) {
		check_image(&image, size);
	} else {
		REQUIRE(status == K_ENOEXEC);
		REQUIRE(memcmp(&image, &before, sizeof(image)) == 0);
	}
	return 0;
}
