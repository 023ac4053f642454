#include "core/process/elf.h"

#include "core/process/elf_property.h"
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
#define ET_DYN 3
#define EM_AARCH64 183 /* ELF for the Arm 64-bit Architecture, section 5.1 */
#define PT_LOAD 1
#define PT_DYNAMIC 2
#define PT_INTERP 3
#define PT_SHLIB 5
#define PT_GNU_STACK 0x6474e551
#define PT_GNU_PROPERTY 0x6474e553
#define PF_X 1
#define PF_W 2
#define PF_R 4

#define INSTRUCTION_SIZE 4

/* What is known of a file while its program headers are read. */
struct reading {
	size_t size;	 /* of the file */
	uint64_t bottom; /* further segments lie in [bottom, top), whole pages */
	uint64_t top;
	const uint8_t *dynamic; /* the PT_DYNAMIC header, NULL if there is none */
	bool has_entry;
	bool has_property;
	struct elf_image image;
};

static bool identification_is_accepted(const uint8_t *file)
{
	return read_le32(file) == ELF_MAGIC && file[EI_CLASS] == ELFCLASS64 && file[EI_DATA] == ELFDATA2LSB &&
	       file[EI_VERSION] == EV_CURRENT && file[EI_OSABI] == ELFOSABI_NONE && file[EI_ABIVERSION] == 0;
}

static bool header_is_accepted(const uint8_t *file)
{
	return read_le16(file + E_MACHINE) == EM_AARCH64 && read_le32(file + E_VERSION) == EV_CURRENT &&
	       read_le32(file + E_FLAGS) == 0 && read_le16(file + E_EHSIZE) == HEADER_SIZE &&
	       read_le16(file + E_PHENTSIZE) == PROGRAM_HEADER_SIZE;
}

static bool table_is_accepted(const uint8_t *file, size_t size)
{
	uint64_t offset = read_le64(file + E_PHOFF);
	uint64_t count = read_le16(file + E_PHNUM);

	return count <= ELF_HEADERS_MAX && offset >= HEADER_SIZE && is_aligned(offset, 8) && offset <= size &&
	       count * PROGRAM_HEADER_SIZE <= size - offset;
}

static bool start_reading(struct reading *reading, const uint8_t *file)
{
	switch (read_le16(file + E_TYPE)) {
	case ET_EXEC:
		reading->bottom = PANTHER_USER_BOTTOM;
		reading->top = PANTHER_USER_IMAGE_TOP;
		break;
	case ET_DYN:
		reading->image.is_position_independent = true;
		reading->top = ELF_MEMORY_MAX;
		break;
	default:
		return false;
	}
	reading->image.entry = read_le64(file + E_ENTRY);
	return true;
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

/* PT_LOAD headers come in ascending order (as the format demands), here with a page boundary between any two. */
static bool is_in_place(const struct elf_segment *segment, const struct reading *reading)
{
	return segment->memory_size != 0 && segment->address >= reading->bottom && segment->address <= reading->top &&
	       segment->memory_size <= reading->top - segment->address;
}

/* Address and file offset agree modulo the alignment (0 means none, as 1 does), and modulo the page size at least. */
static bool take_alignment(struct reading *reading, const struct elf_segment *segment, uint64_t p_align)
{
	uint64_t power = p_align == 0 ? 1 : p_align;
	uint64_t alignment = power > PANTHER_PAGE_SIZE ? power : PANTHER_PAGE_SIZE;

	if (alignment > reading->image.alignment) {
		reading->image.alignment = alignment;
	}
	return (power & (power - 1)) == 0 && is_aligned(segment->address ^ segment->file_offset, alignment) &&
	       (alignment <= ELF_ALIGNMENT_MAX || !reading->image.is_position_independent);
}

static bool is_entry(const struct elf_segment *segment, uint64_t entry)
{
	return segment->access == PAGE_USER_EXECUTE && entry >= segment->address &&
	       entry - segment->address < segment->file_size &&
	       segment->file_size - (entry - segment->address) >= INSTRUCTION_SIZE;
}

static bool take_segment(struct reading *reading, const uint8_t *header)
{
	struct elf_image *image = &reading->image;
	struct elf_segment *segment;

	if (image->segment_count == ELF_SEGMENTS_MAX) {
		return false;
	}
	segment = &image->segments[image->segment_count];
	segment->address = read_le64(header + P_VADDR);
	segment->memory_size = read_le64(header + P_MEMSZ);
	segment->file_offset = read_le64(header + P_OFFSET);
	segment->file_size = read_le64(header + P_FILESZ);
	if (!decode_access(read_le32(header + P_FLAGS), &segment->access) || !is_in_file(segment, reading->size) ||
	    !is_in_place(segment, reading) || !take_alignment(reading, segment, read_le64(header + P_ALIGN))) {
		return false;
	}
	reading->bottom = elf_segment_end(segment);
	reading->has_entry = reading->has_entry || is_entry(segment, image->entry);
	image->memory_size += reading->bottom - elf_segment_start(segment);
	image->segment_count++;
	return true;
}

/* Judged once all segments are known. */
static bool take_dynamic(struct reading *reading, const uint8_t *header)
{
	if (!reading->image.is_position_independent || reading->dynamic != NULL) {
		return false;
	}
	reading->dynamic = header;
	return true;
}

/* The note is about the whole program, wherever it lies in memory. Where there is none, linkers leave its place empty.
 */
static bool take_property(struct reading *reading, const uint8_t *file, const uint8_t *header)
{
	uint64_t offset = read_le64(header + P_OFFSET);
	uint64_t size = read_le64(header + P_FILESZ);

	if (reading->has_property || offset > reading->size || size > reading->size - offset) {
		return false;
	}
	reading->has_property = true;
	return size == 0 || elf_property_read(file + offset, size, &reading->image.is_guarded);
}

static bool take_header(struct reading *reading, const uint8_t *file, const uint8_t *header)
{
	switch (read_le32(header + P_TYPE)) {
	case PT_LOAD:
		return take_segment(reading, header);
	case PT_DYNAMIC:
		return take_dynamic(reading, header);
	case PT_INTERP:
	case PT_SHLIB:
		return false;
	case PT_GNU_PROPERTY:
		return take_property(reading, file, header);
	case PT_GNU_STACK:
		return (read_le32(header + P_FLAGS) & PF_X) == 0;
	default:
		return true;
	}
}

/* Whether what the header describes is in the segment, in memory and in the file alike. */
static bool holds_dynamic(const struct elf_segment *segment, const uint8_t *header)
{
	uint64_t address = read_le64(header + P_VADDR);
	uint64_t size = read_le64(header + P_FILESZ);
	uint64_t distance;

	if (address < segment->address || address - segment->address >= segment->file_size) {
		return false;
	}
	distance = address - segment->address;
	return size <= segment->file_size - distance && size == read_le64(header + P_MEMSZ) &&
	       read_le64(header + P_OFFSET) == segment->file_offset + distance;
}

static bool dynamic_is_accepted(const struct reading *reading)
{
	if (reading->dynamic == NULL) {
		return true;
	}
	for (size_t i = 0; i < reading->image.segment_count; i++) {
		if (holds_dynamic(&reading->image.segments[i], reading->dynamic)) {
			return true;
		}
	}
	return false;
}

static bool image_is_accepted(const struct reading *reading)
{
	return reading->has_entry && reading->image.entry != 0 && is_aligned(reading->image.entry, INSTRUCTION_SIZE) &&
	       reading->image.memory_size <= ELF_MEMORY_MAX && dynamic_is_accepted(reading);
}

k_status elf_read(struct elf_image *image, const uint8_t *file, size_t size)
{
	struct reading reading = {.size = size};
	const uint8_t *header;

	if (size < HEADER_SIZE || !identification_is_accepted(file) || !header_is_accepted(file) ||
	    !table_is_accepted(file, size) || !start_reading(&reading, file)) {
		return K_ENOEXEC;
	}
	header = file + read_le64(file + E_PHOFF);
	for (uint32_t left = read_le16(file + E_PHNUM); left > 0; left--) {
		if (!take_header(&reading, file, header)) {
			return K_ENOEXEC;
		}
		header += PROGRAM_HEADER_SIZE;
	}
	if (!image_is_accepted(&reading)) {
		return K_ENOEXEC;
	}
	*image = reading.image;
	return K_OK;
}
