#include "core/process/elf.h"

#include <stdbool.h>

#include "abi/limits.h"
#include "lib/bits.h"
#include "lib/endian.h"

/* The file header, by offset (ELF-64 Object File Format 1.5, figure 2). */
enum {
	EI_CLASS = 4,
	EI_DATA = 5,
	EI_VERSION = 6,
	EI_OSABI = 7,
	EI_ABIVERSION = 8,
	E_TYPE = 16,
	E_MACHINE = 18,
	E_VERSION = 20,
	E_ENTRY = 24,
	E_PHOFF = 32,
	E_FLAGS = 48,
	E_EHSIZE = 52,
	E_PHENTSIZE = 54,
	E_PHNUM = 56,
	HEADER_SIZE = 64,
};

/* A program header, by offset (figure 6). */
enum {
	P_TYPE = 0,
	P_FLAGS = 4,
	P_OFFSET = 8,
	P_VADDR = 16,
	P_FILESZ = 32,
	P_MEMSZ = 40,
	P_ALIGN = 48,
	PROGRAM_HEADER_SIZE = 56,
};

#define ELF_MAGIC 0x464c457f /* 7f 'E' 'L' 'F' */
#define ELFCLASS64 2
#define ELFDATA2LSB 1
#define ELFOSABI_NONE 0
#define EV_CURRENT 1
#define ET_EXEC 2
#define EM_AARCH64 183 /* ELF for the Arm 64-bit Architecture, section 5.1 */
#define PT_LOAD 1
#define PT_DYNAMIC 2
#define PT_INTERP 3
#define PT_SHLIB 5
#define PT_GNU_STACK 0x6474e551
#define PF_X 1
#define PF_W 2
#define PF_R 4

#define INSTRUCTION_SIZE 4

/* An accepted header's pages end at or below PANTHER_USER_IMAGE_TOP, so no sum of its numbers wraps. */
static uint64_t first_page(const struct elf_segment *segment)
{
	return align_down(segment->address, PANTHER_PAGE_SIZE);
}

static uint64_t end_page(const struct elf_segment *segment)
{
	return align_down(segment->address + segment->memory_size + (PANTHER_PAGE_SIZE - 1), PANTHER_PAGE_SIZE);
}

static bool identification_is_accepted(const uint8_t *file)
{
	return read_le32(file) == ELF_MAGIC && file[EI_CLASS] == ELFCLASS64 && file[EI_DATA] == ELFDATA2LSB &&
	       file[EI_VERSION] == EV_CURRENT && file[EI_OSABI] == ELFOSABI_NONE && file[EI_ABIVERSION] == 0;
}

static bool header_is_accepted(const uint8_t *file)
{
	return read_le16(file + E_TYPE) == ET_EXEC && read_le16(file + E_MACHINE) == EM_AARCH64 &&
	       read_le32(file + E_VERSION) == EV_CURRENT && read_le32(file + E_FLAGS) == 0 &&
	       read_le16(file + E_EHSIZE) == HEADER_SIZE && read_le16(file + E_PHENTSIZE) == PROGRAM_HEADER_SIZE;
}

/* At most 65535 headers of 56 bytes: the product does not wrap. */
static bool table_is_accepted(const uint8_t *file, size_t size)
{
	uint64_t offset = read_le64(file + E_PHOFF);
	uint64_t table_size = (uint64_t)read_le16(file + E_PHNUM) * PROGRAM_HEADER_SIZE;

	return offset >= HEADER_SIZE && is_aligned(offset, 8) && offset <= size && table_size <= size - offset;
}

static bool decode_access(uint32_t flags, enum page_access *access)
{
	switch (flags) {
	case PF_R:
		*access = PAGE_USER_READ;
		return true;
	case PF_R | PF_W:
		*access = PAGE_USER_READ_WRITE;
		return true;
	case PF_R | PF_X:
		*access = PAGE_USER_EXECUTE;
		return true;
	default:
		return false;
	}
}

static bool is_in_file(const struct elf_segment *segment, size_t size)
{
	return segment->file_offset <= size && segment->file_size <= size - segment->file_offset &&
	       segment->file_size <= segment->memory_size;
}

static bool is_in_user_space(const struct elf_segment *segment)
{
	return segment->memory_size != 0 && segment->address >= PANTHER_USER_BOTTOM &&
	       segment->address <= PANTHER_USER_IMAGE_TOP &&
	       segment->memory_size <= PANTHER_USER_IMAGE_TOP - segment->address;
}

static bool is_power_of_two(uint64_t value)
{
	return value != 0 && (value & (value - 1)) == 0;
}

/* Address and file offset agree modulo the alignment (0 means none), and modulo the page size whatever it is. */
static bool is_congruent(const struct elf_segment *segment, uint64_t alignment)
{
	uint64_t difference = segment->address ^ segment->file_offset;

	return is_aligned(difference, PANTHER_PAGE_SIZE) &&
	       (alignment == 0 || (is_power_of_two(alignment) && is_aligned(difference, alignment)));
}

static bool decode_segment(struct elf_segment *segment, const uint8_t *header, size_t size)
{
	segment->address = read_le64(header + P_VADDR);
	segment->memory_size = read_le64(header + P_MEMSZ);
	segment->file_offset = read_le64(header + P_OFFSET);
	segment->file_size = read_le64(header + P_FILESZ);
	return decode_access(read_le32(header + P_FLAGS), &segment->access) && is_in_file(segment, size) &&
	       is_in_user_space(segment) && is_congruent(segment, read_le64(header + P_ALIGN));
}

/* PT_LOAD headers come in ascending order (as the format demands), here with a page boundary between any two. */
static bool add_segment(struct elf_image *image, const uint8_t *header, size_t size)
{
	struct elf_segment segment;

	if (image->segment_count == ELF_SEGMENTS_MAX || !decode_segment(&segment, header, size)) {
		return false;
	}
	if (image->segment_count > 0 && segment.address < end_page(&image->segments[image->segment_count - 1])) {
		return false;
	}
	image->segments[image->segment_count] = segment;
	image->segment_count++;
	return true;
}

static bool take_header(struct elf_image *image, const uint8_t *header, size_t size)
{
	switch (read_le32(header + P_TYPE)) {
	case PT_LOAD:
		return add_segment(image, header, size);
	case PT_DYNAMIC:
	case PT_INTERP:
	case PT_SHLIB:
		return false;
	case PT_GNU_STACK:
		return (read_le32(header + P_FLAGS) & PF_X) == 0;
	default:
		return true;
	}
}

static bool is_entry(const struct elf_segment *segment, uint64_t entry)
{
	return segment->access == PAGE_USER_EXECUTE && entry >= segment->address &&
	       entry - segment->address < segment->file_size &&
	       segment->file_size - (entry - segment->address) >= INSTRUCTION_SIZE;
}

static bool image_is_accepted(const struct elf_image *image)
{
	uint64_t total = 0;
	bool has_entry = false;

	for (size_t i = 0; i < image->segment_count; i++) {
		total += end_page(&image->segments[i]) - first_page(&image->segments[i]);
		has_entry = has_entry || is_entry(&image->segments[i], image->entry);
	}
	return has_entry && is_aligned(image->entry, INSTRUCTION_SIZE) && total <= ELF_MEMORY_MAX;
}

k_status elf_read(struct elf_image *image, const uint8_t *file, size_t size)
{
	struct elf_image found = {.segment_count = 0};
	const uint8_t *header;

	if (size < HEADER_SIZE || !identification_is_accepted(file) || !header_is_accepted(file) ||
	    !table_is_accepted(file, size)) {
		return K_ENOEXEC;
	}
	header = file + read_le64(file + E_PHOFF);
	for (uint32_t left = read_le16(file + E_PHNUM); left > 0; left--) {
		if (!take_header(&found, header, size)) {
			return K_ENOEXEC;
		}
		header += PROGRAM_HEADER_SIZE;
	}
	found.entry = read_le64(file + E_ENTRY);
	if (!image_is_accepted(&found)) {
		return K_ENOEXEC;
	}
	*image = found;
	return K_OK;
}
