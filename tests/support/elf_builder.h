/*
 * Makes ELF64 programs for AArch64 (ELF-64 Object File Format 1.5), of which a
 * test then breaks what it likes: it knows every field's place.
 */
#ifndef TESTS_SUPPORT_ELF_BUILDER_H
#define TESTS_SUPPORT_ELF_BUILDER_H

#include <stddef.h>
#include <stdint.h>

/* Offsets in the file header, and in a program header. */
enum {
	ELF_CLASS = 4,
	ELF_DATA = 5,
	ELF_IDENT_VERSION = 6,
	ELF_OSABI = 7,
	ELF_ABIVERSION = 8,
	ELF_TYPE = 16,
	ELF_MACHINE = 18,
	ELF_VERSION = 20,
	ELF_ENTRY = 24,
	ELF_PHOFF = 32,
	ELF_SHOFF = 40,
	ELF_FLAGS = 48,
	ELF_EHSIZE = 52,
	ELF_PHENTSIZE = 54,
	ELF_PHNUM = 56,
	ELF_HEADER_SIZE = 64,
	ELF_P_TYPE = 0,
	ELF_P_FLAGS = 4,
	ELF_P_OFFSET = 8,
	ELF_P_VADDR = 16,
	ELF_P_PADDR = 24,
	ELF_P_FILESZ = 32,
	ELF_P_MEMSZ = 40,
	ELF_P_ALIGN = 48,
	ELF_PROGRAM_HEADER_SIZE = 56,
};

/* Values of ELF_TYPE, of ELF_P_TYPE and of ELF_P_FLAGS. */
enum { ELF_EXEC = 2, ELF_DYN = 3 };
enum { ELF_LOAD = 1, ELF_DYNAMIC = 2, ELF_TLS = 7, ELF_RELRO = 0x6474e552, ELF_PROPERTY = 0x6474e553 };
enum { ELF_R = 4, ELF_RW = 6, ELF_RX = 5 };

struct elf_program {
	uint32_t type;
	uint32_t flags;
	uint64_t address;
	uint64_t file_size;
	uint64_t memory_size;
};

/*
 * A file of type ELF_EXEC with these program headers. Each ELF_LOAD has bytes of its own, at an offset that suits its
 * address; any other has the bytes of the segment above it that holds its address. Freed with free(); has exactly
 * *size bytes. Entry: the first executable segment's start.
 */
uint8_t *elf_build(const struct elf_program *programs, size_t count, size_t *size);

/* Where the program header is in the file. */
size_t elf_header_of(size_t index);

/* Little-endian numbers of 1 to 8 bytes. */
void elf_poke(uint8_t *file, size_t offset, size_t bytes, uint64_t value);
uint64_t elf_peek(const uint8_t *file, size_t offset, size_t bytes);

#endif
