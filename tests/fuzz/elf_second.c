#include "tests/fuzz/elf_second.h"

#include <gelf.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/elf_builder.h"
#include "tests/support/require.h"

#define PAGE 4096
#define PROPERTY_MAX 1024
#define MEMORY_MAX 0x1000000
#define ALIGNMENT_MAX 0x10000
#define BOTTOM 0x10000
#define IMAGE_TOP 0x1fffff0000
#define SEGMENTS_MAX 8
#define HEADERS_MAX 32
#define SECTION_FIELDS_SIZE 6 /* e_shentsize, e_shnum, e_shstrndx, at the header's end */

/* The program headers as libelf has them. */
struct headers {
	GElf_Ehdr file;
	size_t count;
	GElf_Phdr programs[HEADERS_MAX];
	size_t size; /* of the file */
	Elf *elf;
	bool is_guarded;
};

/* Sums of what a file says do not wrap here. */
typedef unsigned __int128 wide;

/* Section headers are not looked at by the kernel, and libelf does not get to see any. */
static char *copy_of(const uint8_t *data, size_t size)
{
	char *copy = malloc(size == 0 ? 1 : size);

	REQUIRE(copy != NULL);
	memcpy(copy, data, size);
	if (size >= ELF_HEADER_SIZE) {
		memset(copy + ELF_SHOFF, 0, 8);
		memset(copy + ELF_HEADER_SIZE - SECTION_FIELDS_SIZE, 0, SECTION_FIELDS_SIZE);
	}
	return copy;
}

/* False if libelf finds no ELF64 file, or not all of its program headers, or more than any program has. */
static bool read_headers(Elf *elf, struct headers *headers)
{
	if (elf == NULL || elf_kind(elf) != ELF_K_ELF || gelf_getclass(elf) != ELFCLASS64 ||
	    gelf_getehdr(elf, &headers->file) == NULL || elf_getphdrnum(elf, &headers->count) != 0 ||
	    headers->count != headers->file.e_phnum || headers->count > HEADERS_MAX) {
		return false;
	}
	for (size_t i = 0; i < headers->count; i++) {
		if (gelf_getphdr(elf, (int)i, &headers->programs[i]) == NULL) {
			return false;
		}
	}
	return true;
}

/* What follows is core/process/elf.h, sentence by sentence. */
static bool file_is_acceptable(const GElf_Ehdr *file)
{
	return file->e_ident[EI_DATA] == ELFDATA2LSB && file->e_machine == EM_AARCH64 &&
	       (file->e_type == ET_EXEC || file->e_type == ET_DYN) && file->e_ident[EI_VERSION] == EV_CURRENT &&
	       file->e_version == EV_CURRENT && file->e_ident[EI_OSABI] == ELFOSABI_NONE &&
	       file->e_ident[EI_ABIVERSION] == 0 && file->e_flags == 0 && file->e_ehsize == 64 &&
	       file->e_phentsize == 56 && file->e_phoff % 8 == 0 && file->e_phoff >= 64;
}

static wide page_up(wide address)
{
	return (address + PAGE - 1) / PAGE * PAGE;
}

static bool flags_are_acceptable(const GElf_Phdr *segment)
{
	return segment->p_flags == PF_R || segment->p_flags == (PF_R | PF_W) || segment->p_flags == (PF_R | PF_X);
}

static bool alignment_is_acceptable(const GElf_Phdr *segment, bool is_exec)
{
	uint64_t align = segment->p_align == 0 ? 1 : segment->p_align;
	uint64_t least = align < PAGE ? PAGE : align;

	return (align & (align - 1)) == 0 && segment->p_vaddr % least == segment->p_offset % least &&
	       (is_exec || align <= ALIGNMENT_MAX);
}

static bool segment_is_acceptable(const struct headers *headers, const GElf_Phdr *segment, wide lowest)
{
	bool is_exec = headers->file.e_type == ET_EXEC;
	wide top = is_exec ? IMAGE_TOP : MEMORY_MAX;

	return segment->p_memsz != 0 && flags_are_acceptable(segment) &&
	       (wide)segment->p_offset + segment->p_filesz <= headers->size && segment->p_filesz <= segment->p_memsz &&
	       alignment_is_acceptable(segment, is_exec) && segment->p_vaddr >= lowest &&
	       (wide)segment->p_vaddr + segment->p_memsz <= top;
}

static bool segments_are_acceptable(const struct headers *headers)
{
	wide lowest = headers->file.e_type == ET_EXEC ? BOTTOM : 0;
	wide total = 0;
	size_t count = 0;

	for (size_t i = 0; i < headers->count; i++) {
		const GElf_Phdr *segment = &headers->programs[i];

		if (segment->p_type != PT_LOAD) {
			continue;
		}
		if (!segment_is_acceptable(headers, segment, lowest)) {
			return false;
		}
		lowest = page_up((wide)segment->p_vaddr + segment->p_memsz);
		total += lowest - segment->p_vaddr / PAGE * PAGE;
		count++;
	}
	return count >= 1 && count <= SEGMENTS_MAX && total <= MEMORY_MAX;
}

static bool is_in(const GElf_Phdr *segment, uint64_t address, uint64_t size)
{
	return segment->p_type == PT_LOAD && address >= segment->p_vaddr &&
	       (wide)address + size <= (wide)segment->p_vaddr + segment->p_filesz;
}

static bool entry_is_acceptable(const struct headers *headers)
{
	uint64_t entry = headers->file.e_entry;

	for (size_t i = 0; i < headers->count; i++) {
		if (is_in(&headers->programs[i], entry, 4) && headers->programs[i].p_flags == (PF_R | PF_X)) {
			return entry != 0 && entry % 4 == 0;
		}
	}
	return false;
}

/* Wholly file bytes of a loadable segment; an empty one begins at one. */
static bool dynamic_is_acceptable(const struct headers *headers, const GElf_Phdr *dynamic)
{
	uint64_t size = dynamic->p_filesz == 0 ? 1 : dynamic->p_filesz;

	for (size_t i = 0; i < headers->count; i++) {
		const GElf_Phdr *segment = &headers->programs[i];

		if (is_in(segment, dynamic->p_vaddr, size)) {
			return dynamic->p_filesz == dynamic->p_memsz &&
			       dynamic->p_vaddr - segment->p_vaddr == dynamic->p_offset - segment->p_offset;
		}
	}
	return false;
}

/* A property's type and the size of its data: what the kernel's reader finds by offsets. */
struct property {
	uint32_t type;
	uint32_t size;
};

/* Properties one behind the other, each with its data and what pads it to 8 bytes. */
static bool properties_are_acceptable(const uint8_t *bytes, size_t size, bool *is_guarded)
{
	const uint8_t *end = bytes + size;
	wide least = 0;

	while (bytes != end) {
		struct property property;
		uint32_t features;
		wide whole;

		if (end - bytes < (ptrdiff_t)sizeof(property)) {
			return false;
		}
		memcpy(&property, bytes, sizeof(property));
		whole = ((wide)property.size + sizeof(property) + 7) / 8 * 8;
		if (property.type < least || whole > (wide)(end - bytes)) {
			return false;
		}
		if (property.type == GNU_PROPERTY_AARCH64_FEATURE_1_AND) {
			if (property.size != sizeof(features)) {
				return false;
			}
			memcpy(&features, bytes + sizeof(property), sizeof(features));
			*is_guarded = (features & GNU_PROPERTY_AARCH64_FEATURE_1_BTI) != 0;
		}
		least = (wide)property.type + 1;
		bytes += whole;
	}
	return true;
}

/* Nothing, or one note that fills its place, as libelf reads it. */
static bool note_is_acceptable(struct headers *headers, const GElf_Phdr *program)
{
	GElf_Nhdr note;
	Elf_Data *data;
	size_t name, description;

	if (program->p_filesz > PROPERTY_MAX || (wide)program->p_offset + program->p_filesz > headers->size) {
		return false;
	}
	if (program->p_filesz == 0) {
		return true;
	}
	data = elf_getdata_rawchunk(headers->elf, (int64_t)program->p_offset, program->p_filesz, ELF_T_NHDR8);
	REQUIRE(data != NULL);
	return gelf_getnote(data, 0, &note, &name, &description) != 0 && note.n_type == NT_GNU_PROPERTY_TYPE_0 &&
	       note.n_namesz == sizeof(ELF_NOTE_GNU) && description + (wide)note.n_descsz == program->p_filesz &&
	       memcmp((const char *)data->d_buf + name, ELF_NOTE_GNU, sizeof(ELF_NOTE_GNU)) == 0 &&
	       properties_are_acceptable((const uint8_t *)data->d_buf + description, note.n_descsz,
					 &headers->is_guarded);
}

static bool others_are_acceptable(struct headers *headers)
{
	size_t dynamics = 0;
	size_t notes = 0;

	for (size_t i = 0; i < headers->count; i++) {
		const GElf_Phdr *program = &headers->programs[i];
		bool is_dynamic = program->p_type == PT_DYNAMIC;

		dynamics += is_dynamic;
		if (program->p_type == PT_GNU_PROPERTY) {
			notes++;
			if (notes > 1 || !note_is_acceptable(headers, program)) {
				return false;
			}
		}
		if (program->p_type == PT_INTERP || program->p_type == PT_SHLIB ||
		    (program->p_type == PT_GNU_STACK && (program->p_flags & PF_X) != 0) ||
		    (is_dynamic && !dynamic_is_acceptable(headers, program))) {
			return false;
		}
	}
	return dynamics == 0 || (dynamics == 1 && headers->file.e_type == ET_DYN);
}

static enum page_access access_of(const GElf_Phdr *segment)
{
	if ((segment->p_flags & PF_X) != 0) {
		return PAGE_USER_EXECUTE;
	}
	return (segment->p_flags & PF_W) != 0 ? PAGE_USER_READ_WRITE : PAGE_USER_READ;
}

static void compare_segment(const struct elf_segment *segment, const GElf_Phdr *expected)
{
	REQUIRE(segment->address == expected->p_vaddr && segment->memory_size == expected->p_memsz);
	REQUIRE(segment->file_offset == expected->p_offset && segment->file_size == expected->p_filesz);
	REQUIRE(segment->access == access_of(expected));
}

static void compare(const struct elf_image *image, const struct headers *headers)
{
	uint64_t alignment = PAGE;
	size_t count = 0;

	for (size_t i = 0; i < headers->count; i++) {
		const GElf_Phdr *program = &headers->programs[i];

		if (program->p_type == PT_LOAD) {
			REQUIRE(count < image->segment_count);
			compare_segment(&image->segments[count++], program);
			alignment = program->p_align > alignment ? program->p_align : alignment;
		}
	}
	REQUIRE(count == image->segment_count && alignment == image->alignment);
	REQUIRE(image->entry == headers->file.e_entry);
	REQUIRE(image->is_guarded == headers->is_guarded);
	REQUIRE(image->is_position_independent == (headers->file.e_type == ET_DYN));
}

void second_elf_compare(const struct elf_image *image, const uint8_t *data, size_t size)
{
	struct headers headers = {.size = size};
	char *copy = copy_of(data, size);
	bool is_acceptable;
	Elf *elf;

	(void)elf_version(EV_CURRENT);
	elf = elf_memory(copy, size);
	headers.elf = elf;
	is_acceptable = read_headers(elf, &headers) && file_is_acceptable(&headers.file) &&
			segments_are_acceptable(&headers) && entry_is_acceptable(&headers) &&
			others_are_acceptable(&headers);
	REQUIRE(is_acceptable == (image != NULL));
	if (image != NULL) {
		compare(image, &headers);
	}
	elf_end(elf);
	free(copy);
}
