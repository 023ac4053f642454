/*
 * A good program, whole or with one number of it replaced, and elf_read applied to it.
 */
#ifndef TESTS_UNIT_JUDGE_ELF_H
#define TESTS_UNIT_JUDGE_ELF_H

#include <stdlib.h>
#include <string.h>

#include "abi/limits.h"
#include "core/process/elf.h"
#include "tests/support/elf_builder.h"
#include "tests/unit/cmocka_test.h"

#define BASE 0x400000UL

/* Headers and constants; code; data with memory behind it. */
static const struct elf_program good[] = {
	{ELF_LOAD, ELF_R, BASE, 0x200, 0x200},
	{ELF_LOAD, ELF_RX, BASE + 0x1200, 0x40, 0x40},
	{ELF_LOAD, ELF_RW, BASE + 0x2240, 0x10, 0x3000},
};
#define CODE 1
#define DATA 2

/* What was read last. */
static struct elf_image image;

static inline uint8_t *good_file(size_t *size)
{
	return elf_build(good, sizeof(good) / sizeof(good[0]), size);
}

static inline k_status read_programs(const struct elf_program *programs, size_t count)
{
	size_t size;
	uint8_t *file = elf_build(programs, count, &size);
	k_status status = elf_read(&image, file, size);

	free(file);
	return status;
}

/* The good file with one number of the file header, or of a program header, replaced. */
static inline k_status read_with(size_t offset, size_t bytes, uint64_t value)
{
	size_t size;
	uint8_t *file = good_file(&size);
	k_status status;

	elf_poke(file, offset, bytes, value);
	status = elf_read(&image, file, size);
	free(file);
	return status;
}

static inline k_status read_with_field(size_t program, size_t field, uint64_t value)
{
	return read_with(elf_header_of(program) + field, 8, value);
}

#endif
