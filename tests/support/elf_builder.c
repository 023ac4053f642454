#include "tests/support/elf_builder.h"

#include <stdlib.h>
#include <string.h>

#define PAGE 4096
#define EXECUTABLE 1

size_t elf_header_of(size_t index)
{
	return ELF_HEADER_SIZE + index * ELF_PROGRAM_HEADER_SIZE;
}

void elf_poke(uint8_t *file, size_t offset, size_t bytes, uint64_t value)
{
	for (size_t i = 0; i < bytes; i++) {
		file[offset + i] = (uint8_t)(value >> (8 * i) & 0xff);
	}
}

uint64_t elf_peek(const uint8_t *file, size_t offset, size_t bytes)
{
	uint64_t value = 0;

	for (size_t i = bytes; i > 0; i--) {
		value = value << 8 | file[offset + i - 1];
	}
	return value;
}

static void put_file_header(uint8_t *file, size_t count)
{
	memcpy(file,
	       "\x7f"
	       "ELF",
	       4);
	file[ELF_CLASS] = 2;
	file[ELF_DATA] = 1;
	file[ELF_IDENT_VERSION] = 1;
	elf_poke(file, ELF_TYPE, 2, ELF_EXEC);
	elf_poke(file, ELF_MACHINE, 2, 183);
	elf_poke(file, ELF_VERSION, 4, 1);
	elf_poke(file, ELF_PHOFF, 8, ELF_HEADER_SIZE);
	elf_poke(file, ELF_EHSIZE, 2, ELF_HEADER_SIZE);
	elf_poke(file, ELF_PHENTSIZE, 2, ELF_PROGRAM_HEADER_SIZE);
	elf_poke(file, ELF_PHNUM, 2, count);
}

static void put_program_header(uint8_t *header, const struct elf_program *program, size_t offset)
{
	elf_poke(header, ELF_P_TYPE, 4, program->type);
	elf_poke(header, ELF_P_FLAGS, 4, program->flags);
	elf_poke(header, ELF_P_OFFSET, 8, offset);
	elf_poke(header, ELF_P_VADDR, 8, program->address);
	elf_poke(header, ELF_P_PADDR, 8, program->address);
	elf_poke(header, ELF_P_FILESZ, 8, program->file_size);
	elf_poke(header, ELF_P_MEMSZ, 8, program->memory_size);
	elf_poke(header, ELF_P_ALIGN, 8, PAGE);
}

/* The next offset that has the address's place in its page. */
static size_t suit(size_t offset, uint64_t address)
{
	return offset + (size_t)((address % PAGE + PAGE - offset % PAGE) % PAGE);
}

/* Where the bytes of a header that is no ELF_LOAD are; 0 if no segment above it holds its address. */
static size_t share(const uint8_t *file, const struct elf_program *programs, size_t index)
{
	for (size_t i = 0; i < index; i++) {
		if (programs[i].type == ELF_LOAD && programs[index].address >= programs[i].address &&
		    programs[index].address - programs[i].address < programs[i].file_size) {
			return (size_t)(elf_peek(file, elf_header_of(i) + ELF_P_OFFSET, 8) +
					(programs[index].address - programs[i].address));
		}
	}
	return 0;
}

static uint8_t *make_file(const struct elf_program *programs, size_t count, size_t *size)
{
	size_t end = elf_header_of(count);
	uint8_t *file;

	for (size_t i = 0; i < count; i++) {
		if (programs[i].type == ELF_LOAD) {
			end = suit(end, programs[i].address) + (size_t)programs[i].file_size;
		}
	}
	*size = end;
	file = calloc(1, end);
	if (file == NULL) {
		abort();
	}
	return file;
}

uint8_t *elf_build(const struct elf_program *programs, size_t count, size_t *size)
{
	uint8_t *file = make_file(programs, count, size);
	size_t end = elf_header_of(count);

	put_file_header(file, count);
	for (size_t i = 0; i < count; i++) {
		if (programs[i].type != ELF_LOAD) {
			put_program_header(file + elf_header_of(i), &programs[i], share(file, programs, i));
			continue;
		}
		end = suit(end, programs[i].address);
		put_program_header(file + elf_header_of(i), &programs[i], end);
		end += (size_t)programs[i].file_size;
		if ((programs[i].flags & EXECUTABLE) != 0 && elf_peek(file, ELF_ENTRY, 8) == 0) {
			elf_poke(file, ELF_ENTRY, 8, programs[i].address);
		}
	}
	return file;
}
