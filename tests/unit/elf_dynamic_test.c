/*
 * The reader of ELF programs against dynamic sections (ELF-64 Object File
 * Format 1.5, section 8): how a program relocates itself is its own business,
 * but what it will read must be there.
 */
#include "tests/unit/judge_elf.h"

/* The good file, its dynamic section at this distance into the data, with this size. */
static k_status read_dynamic(uint64_t distance, uint64_t size)
{
	size_t file_size;
	uint8_t *file = good_file(&file_size);
	size_t header = elf_header_of(DYNAMIC);
	k_status status;

	elf_poke(file, header + ELF_P_VADDR, 8, base + 0x2240 + distance);
	elf_poke(file, header + ELF_P_OFFSET, 8, elf_peek(file, elf_header_of(DATA) + ELF_P_OFFSET, 8) + distance);
	elf_poke(file, header + ELF_P_FILESZ, 8, size);
	elf_poke(file, header + ELF_P_MEMSZ, 8, size);
	status = elf_read(&image, file, file_size);
	free(file);
	return status;
}

static void it_lies_in_the_bytes_of_a_segment(void **state)
{
	(void)state;
	assert_int_equal(read_dynamic(0, 0x30), K_OK);
	assert_int_equal(read_dynamic(0, 0x31), K_ENOEXEC);
	assert_int_equal(read_dynamic(0x2f, 1), K_OK);
	assert_int_equal(read_dynamic(0x2f, 2), K_ENOEXEC);
	assert_int_equal(read_dynamic(0x30, 0), K_ENOEXEC);
	assert_int_equal(read_dynamic(0x31, 0), K_ENOEXEC);
	assert_int_equal(read_dynamic(0x100, 0x10), K_ENOEXEC);
	assert_int_equal(read_dynamic(0 - 1UL, 0x10), K_ENOEXEC);
	assert_int_equal(read_dynamic(0 - 0x1040UL, 0x10), K_ENOEXEC);
	assert_int_equal(read_dynamic(0x10, UINT64_MAX), K_ENOEXEC);
	assert_int_equal(read_dynamic(0x10, 0 - 0x10UL), K_ENOEXEC);
	assert_int_equal(read_dynamic(0 - 0x2240UL - base, 0x10), K_ENOEXEC);
}

/* Any segment will do; linkers choose a writable or a read-only one. */
static void it_may_lie_in_any_segment(void **state)
{
	struct elf_program programs[] = {
		{ELF_DYNAMIC, ELF_R, 0, 0x10, 0x10},
		{ELF_LOAD, ELF_R, 0, 0x200, 0x200},
		{ELF_LOAD, ELF_RX, 0x1200, 0x40, 0x40},
		{ELF_LOAD, ELF_RW, 0x2240, 0x30, 0x3000},
	};
	const size_t dynamic = elf_header_of(0);

	(void)state;
	for (size_t i = 1; i < 4; i++) {
		size_t size;
		uint8_t *file = build(programs, 4, &size);

		elf_poke(file, dynamic + ELF_P_VADDR, 8, programs[i].address + 0x10);
		elf_poke(file, dynamic + ELF_P_OFFSET, 8, elf_peek(file, elf_header_of(i) + ELF_P_OFFSET, 8) + 0x10);
		assert_int_equal(elf_read(&image, file, size), K_OK);
		free(file);
	}
}

/* What the program finds in memory is what the file has there. */
static void its_place_in_the_file_is_that_of_its_address(void **state)
{
	uint64_t offset = good_field(DYNAMIC, ELF_P_OFFSET);

	(void)state;
	assert_int_equal(offset, good_field(DATA, ELF_P_OFFSET) + 0x10);
	assert_int_equal(read_with_field(DYNAMIC, ELF_P_OFFSET, offset), K_OK);
	assert_int_equal(read_with_field(DYNAMIC, ELF_P_OFFSET, offset + 8), K_ENOEXEC);
	assert_int_equal(read_with_field(DYNAMIC, ELF_P_OFFSET, offset - 8), K_ENOEXEC);
	assert_int_equal(read_with_field(DYNAMIC, ELF_P_OFFSET, offset - 0x1000), K_ENOEXEC);
	assert_int_equal(read_with_field(DYNAMIC, ELF_P_OFFSET, UINT64_MAX), K_ENOEXEC);
	assert_int_equal(read_with_field(DYNAMIC, ELF_P_FILESZ, 0x8), K_ENOEXEC);
	assert_int_equal(read_with_field(DYNAMIC, ELF_P_MEMSZ, 0x18), K_ENOEXEC);
	/* The bytes of the segment end before it does, and nothing was cut off the file. */
	assert_int_equal(read_with_field(DATA, ELF_P_FILESZ, 0x20), K_OK);
	assert_int_equal(read_with_field(DATA, ELF_P_FILESZ, 0x1f), K_ENOEXEC);
}

static void there_is_one_at_most(void **state)
{
	const struct elf_program programs[] = {
		{ELF_LOAD, ELF_RX, 0, 0x200, 0x200},
		{ELF_DYNAMIC, ELF_R, 0x100, 0x10, 0x10},
		{ELF_DYNAMIC, ELF_R, 0x100, 0x10, 0x10},
	};
	size_t size;
	uint8_t *file = build(programs, 3, &size);

	(void)state;
	elf_poke(file, ELF_ENTRY, 8, 0x40);
	assert_int_equal(elf_read(&image, file, size), K_ENOEXEC);
	for (uint64_t count = 1; count <= 2; count++) {
		elf_poke(file, ELF_PHNUM, 2, count);
		assert_int_equal(elf_read(&image, file, size), K_OK);
	}
	/* The same in a fixed program: none. */
	elf_poke(file, elf_header_of(0) + ELF_P_VADDR, 8, 0x400000);
	elf_poke(file, elf_header_of(1) + ELF_P_VADDR, 8, 0x400100);
	elf_poke(file, ELF_ENTRY, 8, 0x400040);
	elf_poke(file, ELF_TYPE, 2, ELF_DYN);
	assert_int_equal(elf_read(&image, file, size), K_OK);
	elf_poke(file, ELF_TYPE, 2, ELF_EXEC);
	assert_int_equal(elf_read(&image, file, size), K_ENOEXEC);
	elf_poke(file, ELF_PHNUM, 2, 1);
	assert_int_equal(elf_read(&image, file, size), K_OK);
	free(file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		POSITION_INDEPENDENT(it_lies_in_the_bytes_of_a_segment),
		POSITION_INDEPENDENT(it_may_lie_in_any_segment),
		POSITION_INDEPENDENT(its_place_in_the_file_is_that_of_its_address),
		POSITION_INDEPENDENT(there_is_one_at_most),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
