/*
 * A good program of either type, whole or with one number of it replaced, and elf_read applied to it.
 */
#ifndef TESTS_UNIT_JUDGE_ELF_H
#define TESTS_UNIT_JUDGE_ELF_H

#include <stdlib.h>
#include <string.h>

#include "abi/limits.h"
#include "core/process/elf.h"
#include "tests/support/elf_builder.h"
#include "tests/unit/cmocka_test.h"

/* Which type the files have, and where they start: a test is run for both. */
static uint16_t type;
static uint64_t base;

static inline int use_fixed(void **state)
{
	(void)state;
	type = ELF_EXEC;
	base = 0x400000;
	return 0;
}

static inline int use_position_independent(void **state)
{
	(void)state;
	type = ELF_DYN;
	base = 0;
	return 0;
}

#define FIXED(test) {#test " (ET_EXEC)", test, use_fixed, NULL, NULL}
#define POSITION_INDEPENDENT(test) {#test " (ET_DYN)", test, use_position_independent, NULL, NULL}
#define BOTH(test) FIXED(test), POSITION_INDEPENDENT(test)

/* Headers and constants; code; data with memory behind it; in the data of a program that relocates itself, how. */
#define CODE 1
#define DATA 2
#define DYNAMIC 3
#define GOOD_SEGMENTS 3

static inline size_t good_headers(void)
{
	return type == ELF_DYN ? 4 : 3;
}

static inline uint8_t *build(const struct elf_program *programs, size_t count, size_t *size)
{
	uint8_t *file = elf_build(programs, count, size);

	elf_poke(file, ELF_TYPE, 2, type);
	return file;
}

static inline uint8_t *good_file(size_t *size)
{
	const struct elf_program good[] = {
		{ELF_LOAD, ELF_R, base, 0x200, 0x200},
		{ELF_LOAD, ELF_RX, base + 0x1200, 0x40, 0x40},
		{ELF_LOAD, ELF_RW, base + 0x2240, 0x30, 0x3000},
		{ELF_DYNAMIC, ELF_RW, base + 0x2250, 0x10, 0x10},
	};

	return build(good, good_headers(), size);
}

/* What was read last. */
static struct elf_image image;

static inline k_status read_programs(const struct elf_program *programs, size_t count)
{
	size_t size;
	uint8_t *file = build(programs, count, &size);
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

/* A number of the good file. */
static inline uint64_t good_field(size_t program, size_t field)
{
	size_t size;
	uint8_t *file = good_file(&size);
	uint64_t value = elf_peek(file, elf_header_of(program) + field, 8);

	free(file);
	return value;
}

#endif
