#include "core/process/loader.h"

#include "abi/limits.h"
#include "core/process/elf.h"
#include "hal/memory.h"
#include "lib/bits.h"
#include "lib/memory.h"

/* The part of a segment's file bytes that falls on one page: [low, high) as user addresses. */
static void fill_page(uint8_t *bytes, uint64_t page, const struct elf_segment *segment, const uint8_t *file)
{
	uint64_t file_end = segment->address + segment->file_size;
	uint64_t low = segment->address > page ? segment->address : page;
	uint64_t high = file_end < page + PANTHER_PAGE_SIZE ? file_end : page + PANTHER_PAGE_SIZE;

	if (low < high) {
		k_memcpy(bytes + (low - page), file + segment->file_offset + (low - segment->address), high - low);
	}
}

static k_status map_segment(struct address_space *space, const struct elf_segment *segment, const uint8_t *file)
{
	uint64_t end = segment->address + segment->memory_size;

	for (uint64_t page = align_down(segment->address, PANTHER_PAGE_SIZE); page < end; page += PANTHER_PAGE_SIZE) {
		phys_addr frame;
		k_status status = address_space_map(space, (user_addr){page}, segment->access, &frame);

		if (status != K_OK) {
			return status;
		}
		fill_page(hal_phys_to_ptr(frame, PANTHER_PAGE_SIZE), page, segment, file);
		if (segment->access == PAGE_USER_EXECUTE) {
			hal_code_sync(frame, PANTHER_PAGE_SIZE);
		}
	}
	return K_OK;
}

k_status loader_map_program(struct address_space *space, const uint8_t *file, size_t size, uint64_t *entry)
{
	struct elf_image image;
	k_status status = elf_read(&image, file, size);

	if (status != K_OK) {
		return status;
	}
	for (size_t i = 0; i < image.segment_count; i++) {
		status = map_segment(space, &image.segments[i], file);
		if (status != K_OK) {
			return status;
		}
	}
	*entry = image.entry;
	return K_OK;
}

k_status loader_map_stack(struct address_space *space)
{
	uint64_t page = PANTHER_USER_STACK_TOP - PANTHER_USER_STACK_SIZE;

	for (; page < PANTHER_USER_STACK_TOP; page += PANTHER_PAGE_SIZE) {
		phys_addr frame;
		k_status status = address_space_map(space, (user_addr){page}, PAGE_USER_READ_WRITE, &frame);

		if (status != K_OK) {
			return status;
		}
	}
	return K_OK;
}
