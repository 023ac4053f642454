#include "core/process/loader.h"

#include "abi/limits.h"
#include "core/kernel.h"
#include "core/process/elf.h"
#include "hal/memory.h"
#include "lib/memory.h"

/* The pages of the stack but its top one. */
#define STACK_SIZE (PANTHER_USER_STACK_SIZE - PANTHER_PAGE_SIZE)

/* One step of loading. */
struct step {
	struct address_space *space;
	const uint8_t *file;
	uint32_t skip; /* pages that earlier steps have done */
	uint32_t left; /* pages that this one may still do */
};

/* The part of a segment's file bytes that falls on one page: [low, high) as user addresses. */
static void fill_page(phys_addr frame, uint64_t page, const struct elf_segment *segment, const uint8_t *file)
{
	uint64_t file_end = segment->address + segment->file_size;
	uint64_t low = segment->address > page ? segment->address : page;
	uint64_t high = file_end < page + PANTHER_PAGE_SIZE ? file_end : page + PANTHER_PAGE_SIZE;

	if (low < high) {
		uint8_t *bytes = hal_phys_to_ptr(frame, PANTHER_PAGE_SIZE);

		k_memcpy(bytes + (low - page), file + segment->file_offset + (low - segment->address), high - low);
	}
}

static k_status load_page(const struct step *step, uint64_t page, const struct elf_segment *segment)
{
	phys_addr frame;
	k_status status = address_space_map(step->space, (user_addr){page}, segment->access, &frame);

	if (status != K_OK) {
		return status;
	}
	fill_page(frame, page, segment, step->file);
	if (page_access_is_code(segment->access)) {
		hal_code_sync(frame, PANTHER_PAGE_SIZE);
	}
	return K_OK;
}

static k_status load_segment(struct step *step, const struct elf_segment *segment)
{
	uint64_t page = elf_segment_start(segment) + (uint64_t)step->skip * PANTHER_PAGE_SIZE;
	uint64_t end = elf_segment_end(segment);

	if (page >= end) {
		step->skip -= (uint32_t)((end - elf_segment_start(segment)) / PANTHER_PAGE_SIZE);
		return K_OK;
	}
	step->skip = 0;
	for (; page < end && step->left > 0; page += PANTHER_PAGE_SIZE) {
		k_status status = load_page(step, page, segment);

		if (status != K_OK) {
			return status;
		}
		step->left--;
	}
	return K_OK;
}

static k_status load_stack(struct step *step)
{
	const struct elf_segment stack = {
		.address = step->space->stack_bottom,
		.memory_size = STACK_SIZE,
		.access = PAGE_USER_READ_WRITE,
	};

	return load_segment(step, &stack);
}

/* Programs that have landing pads are held to them, where the CPU can do so. */
static enum page_access access_of(const struct elf_image *image, enum page_access access)
{
	bool is_guarded = image->is_guarded && kernel_facts.features.bti;

	return is_guarded && access == PAGE_USER_EXECUTE ? PAGE_USER_EXECUTE_GUARDED : access;
}

static k_status load_image(struct step *step, const struct elf_image *image, uint64_t bias)
{
	for (size_t i = 0; i < image->segment_count; i++) {
		struct elf_segment segment = image->segments[i];
		k_status status;

		segment.address += bias;
		segment.access = access_of(image, segment.access);
		status = load_segment(step, &segment);
		if (status != K_OK) {
			return status;
		}
	}
	return load_stack(step);
}

static uint64_t pages_of(const struct elf_image *image)
{
	return (image->memory_size + STACK_SIZE) / PANTHER_PAGE_SIZE;
}

/* Each multiple of the alignment with which the program lies in its zone is as likely as any other. */
static uint64_t choose_bias(const struct elf_image *image, struct random *random)
{
	uint64_t end = elf_segment_end(&image->segments[image->segment_count - 1]);
	uint64_t room = PANTHER_USER_IMAGE_TOP - PANTHER_USER_IMAGE_RANDOM_BASE - end;

	return PANTHER_USER_IMAGE_RANDOM_BASE + random_below(random, room / image->alignment + 1) * image->alignment;
}

k_status loader_start(struct loader *loader, const struct address_space *space, const uint8_t *file, size_t size,
		      struct random *random)
{
	struct elf_image image;
	k_status status = elf_read(&image, file, size);

	if (status != K_OK) {
		return status;
	}
	if (space->frames_used + pages_of(&image) > space->frames_max) {
		return K_ENOMEM;
	}
	*loader = (struct loader){.file = file, .size = size};
	if (image.is_position_independent) {
		loader->bias = choose_bias(&image, random);
	}
	return K_OK;
}

k_status loader_step(struct loader *loader, struct address_space *space, bool *is_done, uint64_t *entry)
{
	struct step step = {space, loader->file, loader->pages_done, ADDRESS_SPACE_STEP};
	struct elf_image image;
	k_status status = elf_read(&image, loader->file, loader->size);

	if (status == K_OK) {
		status = load_image(&step, &image, loader->bias);
	}
	if (status != K_OK) {
		return status;
	}
	loader->pages_done += ADDRESS_SPACE_STEP - step.left;
	*is_done = loader->pages_done == pages_of(&image);
	if (*is_done) {
		*entry = image.entry + loader->bias;
	}
	return K_OK;
}
