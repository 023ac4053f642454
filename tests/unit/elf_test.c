/*
 * The reader of ELF programs against good files, and against each field of them
 * broken (ELF-64 Object File Format 1.5). The files have exactly their size,
 * so ASan sees any byte too many.
 */
#include "core/process/elf.h"

#include <stdlib.h>
#include <string.h>

#include "abi/limits.h"
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

static struct elf_image image;

static uint8_t *good_file(size_t *size)
{
	return elf_build(good, sizeof(good) / sizeof(good[0]), size);
}

static k_status read_programs(const struct elf_program *programs, size_t count)
{
	size_t size;
	uint8_t *file = elf_build(programs, count, &size);
	k_status status = elf_read(&image, file, size);

	free(file);
	return status;
}

/* The good file with one number of the file header, or of a program header, replaced. */
static k_status read_with(size_t offset, size_t bytes, uint64_t value)
{
	size_t size;
	uint8_t *file = good_file(&size);
	k_status status;

	elf_poke(file, offset, bytes, value);
	status = elf_read(&image, file, size);
	free(file);
	return status;
}

static k_status read_with_field(size_t program, size_t field, uint64_t value)
{
	return read_with(elf_header_of(program) + field, 8, value);
}

static void a_good_file(void **state)
{
	static const enum page_access access[] = {PAGE_USER_READ, PAGE_USER_EXECUTE, PAGE_USER_READ_WRITE};
	size_t size;
	uint8_t *file = good_file(&size);

	(void)state;
	memset(&image, 0xa7, sizeof(image));
	assert_int_equal(elf_read(&image, file, size), K_OK);
	assert_int_equal(image.entry, BASE + 0x1200);
	assert_int_equal(image.segment_count, 3);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(image.segments[i].address, good[i].address);
		assert_int_equal(image.segments[i].file_size, good[i].file_size);
		assert_int_equal(image.segments[i].memory_size, good[i].memory_size);
		assert_int_equal(image.segments[i].file_offset, elf_peek(file, elf_header_of(i) + ELF_P_OFFSET, 8));
		assert_int_equal(image.segments[i].access, access[i]);
	}
	free(file);
}

/* B17: at every length but the whole one something is missing: the segments reach to the file's end. */
static void truncated_at_every_byte(void **state)
{
	size_t size;
	uint8_t *file = good_file(&size);
	struct elf_image before;

	(void)state;
	memset(&image, 0x5a, sizeof(image));
	before = image;
	for (size_t length = 0; length < size; length++) {
		uint8_t *cut = malloc(length == 0 ? 1 : length);

		memcpy(cut, file, length);
		assert_int_equal(elf_read(&image, cut, length), K_ENOEXEC);
		free(cut);
	}
	/* A refused file leaves the image as it was. */
	assert_memory_equal(&image, &before, sizeof(image));
	free(file);
}

static void assert_sane(size_t size)
{
	uint64_t previous_end = PANTHER_USER_BOTTOM;

	assert_in_range(image.segment_count, 1, ELF_SEGMENTS_MAX);
	for (size_t i = 0; i < image.segment_count; i++) {
		const struct elf_segment *segment = &image.segments[i];

		assert_true(segment->file_size <= size && segment->file_offset <= size - segment->file_size);
		assert_true(segment->memory_size > 0 && segment->memory_size >= segment->file_size);
		assert_true(segment->memory_size <= ELF_MEMORY_MAX);
		assert_true(segment->address - segment->address % PANTHER_PAGE_SIZE >= previous_end);
		previous_end = segment->address + segment->memory_size;
		previous_end = (previous_end + PANTHER_PAGE_SIZE - 1) / PANTHER_PAGE_SIZE * PANTHER_PAGE_SIZE;
		assert_true(previous_end <= PANTHER_USER_IMAGE_TOP);
	}
	assert_int_equal(image.entry % 4, 0);
}

/* Whatever byte of the headers is wrong: no byte too many is read, and what is accepted is sane. */
static void every_byte_may_be_wrong(void **state)
{
	static const uint8_t values[] = {0x00, 0x01, 0x02, 0x07, 0x10, 0x40, 0x7f, 0x80, 0xff};
	size_t size;
	uint8_t *file = good_file(&size);

	(void)state;
	for (size_t index = 0; index < elf_header_of(3); index++) {
		uint8_t byte = file[index];

		for (size_t i = 0; i < sizeof(values); i++) {
			file[index] = values[i];
			if (elf_read(&image, file, size) == K_OK) {
				assert_sane(size);
			}
		}
		file[index] = byte;
	}
	assert_int_equal(elf_read(&image, file, size), K_OK);
	free(file);
}

/* B17. */
static void every_field_of_the_file_header(void **state)
{
	static const struct {
		size_t offset;
		size_t bytes;
		uint64_t wrong[4];
	} fields[] = {
		{0, 1, {0x7e, 0, 0xff, 0x45}},
		{1, 1, {'e', 0, 0x7f, 0xff}},
		{2, 1, {'l', 0, 0x7f, 0xff}},
		{3, 1, {'f', 0, 0x7f, 0xff}},
		{ELF_CLASS, 1, {0, 1, 3, 0xff}},
		{ELF_DATA, 1, {0, 2, 3, 0xff}},
		{ELF_IDENT_VERSION, 1, {0, 2, 3, 0xff}},
		{ELF_OSABI, 1, {1, 3, 64, 0xff}},
		{ELF_ABIVERSION, 1, {1, 2, 3, 0xff}},
		{ELF_TYPE, 2, {0, 1, 3, 0x102}},
		{ELF_MACHINE, 2, {0, 40, 62, 0x1b7}},
		{ELF_VERSION, 4, {0, 2, 0x101, 0x80000001}},
		{ELF_FLAGS, 4, {1, 2, 0x80000000, 0xffffffff}},
		{ELF_EHSIZE, 2, {0, 52, 63, 65}},
		{ELF_PHENTSIZE, 2, {0, 32, 55, 57}},
		{ELF_PHENTSIZE, 2, {112, 64, 0x138, 0xffff}},
		{ELF_PHNUM, 2, {0, 1000, 0xfffe, 0xffff}},
		{ELF_PHOFF, 8, {0, 8, 56, 63}},
		{ELF_PHOFF, 8, {65, 68, 0x8000000000000040, 0xfffffffffffffff8}},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		for (size_t j = 0; j < 4; j++) {
			assert_int_equal(read_with(fields[i].offset, fields[i].bytes, fields[i].wrong[j]), K_ENOEXEC);
		}
	}
	/* What is not looked at: padding, the physical address, section headers. */
	assert_int_equal(read_with(9, 7, 0xffffffffffffff), K_OK);
	assert_int_equal(read_with(elf_header_of(0) + ELF_P_PADDR, 8, UINT64_MAX), K_OK);
	assert_int_equal(read_with(ELF_SHOFF, 8, UINT64_MAX), K_OK);
	assert_int_equal(read_with(58, 6, 0xffffffffffff), K_OK);
}

/* B18: the table of headers reaches exactly to the file's end, or a byte further. */
static void the_table_stays_in_the_file(void **state)
{
	size_t size;
	uint8_t *file = good_file(&size);
	size_t place = (size + 7) / 8 * 8;
	size_t whole = place + 3 * (size_t)ELF_PROGRAM_HEADER_SIZE;
	uint8_t *moved = calloc(1, whole);

	(void)state;
	memcpy(moved, file, size);
	memcpy(moved + place, file + ELF_HEADER_SIZE, 3 * (size_t)ELF_PROGRAM_HEADER_SIZE);
	elf_poke(moved, ELF_PHOFF, 8, place);
	assert_int_equal(elf_read(&image, moved, whole), K_OK);
	assert_int_equal(elf_read(&image, moved, whole - 1), K_ENOEXEC);
	elf_poke(moved, ELF_PHNUM, 2, 4);
	assert_int_equal(elf_read(&image, moved, whole), K_ENOEXEC);
	/* e_phoff + e_phnum * 56 wraps to the file's size. */
	elf_poke(moved, ELF_PHNUM, 2, 3);
	elf_poke(moved, ELF_PHOFF, 8, 0 - 3 * (uint64_t)ELF_PROGRAM_HEADER_SIZE);
	assert_int_equal(elf_read(&image, moved, whole), K_ENOEXEC);
	elf_poke(moved, ELF_PHOFF, 8, whole);
	assert_int_equal(elf_read(&image, moved, whole), K_ENOEXEC);
	/* A table at four bytes more, with all that it needs. */
	memmove(moved + place - 4, moved + place, 3 * (size_t)ELF_PROGRAM_HEADER_SIZE);
	elf_poke(moved, ELF_PHOFF, 8, place - 4);
	assert_int_equal(elf_read(&image, moved, whole), K_ENOEXEC);
	free(moved);
	free(file);
}

/* B19. */
static void the_bytes_of_a_segment_are_in_the_file(void **state)
{
	size_t size;
	uint64_t offset;
	uint8_t *file = good_file(&size);

	(void)state;
	offset = elf_peek(file, elf_header_of(DATA) + ELF_P_OFFSET, 8);
	free(file);
	assert_int_equal(offset + 0x10, size);
	assert_int_equal(read_with_field(DATA, ELF_P_FILESZ, 0x11), K_ENOEXEC);
	assert_int_equal(read_with_field(DATA, ELF_P_FILESZ, 0x2fff), K_ENOEXEC);
	assert_int_equal(read_with_field(DATA, ELF_P_FILESZ, UINT64_MAX), K_ENOEXEC);
	assert_int_equal(read_with_field(DATA, ELF_P_FILESZ, 0 - offset), K_ENOEXEC);
	assert_int_equal(read_with_field(DATA, ELF_P_FILESZ, 0), K_OK);
	assert_int_equal(read_with_field(DATA, ELF_P_OFFSET, offset + 0x1000), K_ENOEXEC);
	assert_int_equal(read_with_field(DATA, ELF_P_OFFSET, 0xfffffffffffff240), K_ENOEXEC);
	/* Another congruent place that is inside is fine: bytes may be shared. */
	assert_int_equal(read_with_field(DATA, ELF_P_OFFSET, 0x240), K_OK);
	/* More file than memory. */
	assert_int_equal(read_with_field(CODE, ELF_P_MEMSZ, 0x3f), K_ENOEXEC);
	assert_int_equal(read_with_field(CODE, ELF_P_MEMSZ, 0), K_ENOEXEC);
}

static void a_segment_has_memory(void **state)
{
	static const struct elf_program empty[] = {
		{ELF_LOAD, ELF_RX, BASE, 0x10, 0x10},
		{ELF_LOAD, ELF_RW, BASE + 0x1000, 0, 0},
	};

	(void)state;
	assert_int_equal(read_programs(empty, 2), K_ENOEXEC);
	assert_int_equal(read_with_field(DATA, ELF_P_MEMSZ, 1UL << 60), K_ENOEXEC);
	assert_int_equal(read_with_field(DATA, ELF_P_MEMSZ, UINT64_MAX), K_ENOEXEC);
	assert_int_equal(read_with_field(DATA, ELF_P_MEMSZ, 0 - (BASE + 0x2240)), K_ENOEXEC);
}

/* The pages of all segments together, three of them beside the one that grows. */
static void memory_has_a_limit(void **state)
{
	(void)state;
	assert_int_equal(read_with_field(DATA, ELF_P_MEMSZ, ELF_MEMORY_MAX - 0x2000 - 0x240), K_OK);
	assert_int_equal(read_with_field(DATA, ELF_P_MEMSZ, ELF_MEMORY_MAX - 0x2000 - 0x240 + 1), K_ENOEXEC);
}

/* B20: a program of one segment at this address. */
static k_status read_at(uint64_t address, uint64_t memory_size)
{
	const struct elf_program program = {ELF_LOAD, ELF_RX, address, 4, memory_size};
	size_t size;
	uint8_t *file = elf_build(&program, 1, &size);
	k_status status;

	/* The builder takes the address for "none yet" if it is 0. */
	elf_poke(file, ELF_ENTRY, 8, address);
	status = elf_read(&image, file, size);
	free(file);
	return status;
}

static void programs_lie_in_their_part(void **state)
{
	static const uint64_t wrong[] = {
		0,
		0x1000,
		PANTHER_USER_BOTTOM - 0x1000,
		PANTHER_USER_BOTTOM - 4,
		PANTHER_USER_TOP,
		PANTHER_USER_IMAGE_TOP,
		PANTHER_USER_STACK_TOP - 0x1000,
		0x0000800000000000,
		0x0100000000400000,
		0x8000000000400000,
		0xff00000000400000,
		0xffffff8000000000,
		0xffffffc000000000,
		0xfffffffffffff000,
		0xfffffffffffffffc,
	};

	(void)state;
	assert_int_equal(read_at(PANTHER_USER_BOTTOM, 4), K_OK);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		assert_int_equal(read_at(wrong[i], 4), K_ENOEXEC);
	}
	assert_int_equal(read_at(PANTHER_USER_IMAGE_TOP - 0x1000, 0x1000), K_OK);
	assert_int_equal(read_at(PANTHER_USER_IMAGE_TOP - 0x1000, 0x1001), K_ENOEXEC);
	assert_int_equal(read_at(PANTHER_USER_IMAGE_TOP - 4, 4), K_OK);
	assert_int_equal(read_at(PANTHER_USER_IMAGE_TOP - 4, 5), K_ENOEXEC);
}

/* B21. */
static void segments_share_no_page(void **state)
{
	struct elf_program programs[] = {
		{ELF_LOAD, ELF_RX, BASE, 0x10, 0x1000},
		{ELF_LOAD, ELF_RW, BASE + 0x1000, 0x10, 0x10},
	};

	(void)state;
	assert_int_equal(read_programs(programs, 2), K_OK);
	programs[0].memory_size = 0x1001;
	assert_int_equal(read_programs(programs, 2), K_ENOEXEC);
	programs[0].memory_size = 0x800;
	programs[1].address = BASE + 0x800;
	assert_int_equal(read_programs(programs, 2), K_ENOEXEC);
	programs[1].address = BASE + 0xfff;
	assert_int_equal(read_programs(programs, 2), K_ENOEXEC);
	programs[1].address = BASE;
	assert_int_equal(read_programs(programs, 2), K_ENOEXEC);
	/* Ascending. */
	programs[1].address = BASE - 0x1000;
	assert_int_equal(read_programs(programs, 2), K_ENOEXEC);
}

static k_status read_with_flags(size_t program, uint32_t flags)
{
	return read_with(elf_header_of(program) + ELF_P_FLAGS, 4, flags);
}

static void rights_of_segments(void **state)
{
	static const uint32_t wrong[] = {0, 1, 2, 3, 7, 8, 12, 0x10000004, 0x80000005, 0xffffffff};

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		assert_int_equal(read_with_flags(0, wrong[i]), K_ENOEXEC);
		assert_int_equal(read_with_flags(DATA, wrong[i]), K_ENOEXEC);
	}
	assert_int_equal(read_with_flags(0, ELF_RW), K_OK);
	assert_int_equal(image.segments[0].access, PAGE_USER_READ_WRITE);
	assert_int_equal(read_with_flags(DATA, ELF_R), K_OK);
	assert_int_equal(image.segments[DATA].access, PAGE_USER_READ);
}

static void address_and_offset_agree(void **state)
{
	size_t size;
	uint8_t *file = good_file(&size);
	uint64_t offset = elf_peek(file, elf_header_of(CODE) + ELF_P_OFFSET, 8);

	(void)state;
	free(file);
	assert_int_equal(read_with_field(CODE, ELF_P_OFFSET, offset - 4), K_ENOEXEC);
	assert_int_equal(read_with_field(CODE, ELF_P_OFFSET, offset + 8), K_ENOEXEC);
	assert_int_equal(read_with_field(CODE, ELF_P_ALIGN, 0), K_OK);
	assert_int_equal(read_with_field(CODE, ELF_P_ALIGN, 1), K_OK);
	assert_int_equal(read_with_field(CODE, ELF_P_ALIGN, 16), K_OK);
	/* The page counts even where the alignment does not. */
	file = good_file(&size);
	elf_poke(file, elf_header_of(CODE) + ELF_P_ALIGN, 8, 4);
	assert_int_equal(elf_read(&image, file, size), K_OK);
	elf_poke(file, elf_header_of(CODE) + ELF_P_OFFSET, 8, offset - 4);
	assert_int_equal(elf_read(&image, file, size), K_ENOEXEC);
	free(file);
	/* Its offset is 0x1200 modulo 64 KiB, but its address is 0x401200. */
	assert_int_equal(read_with_field(CODE, ELF_P_ALIGN, 0x10000), K_OK);
	assert_int_equal(read_with_field(CODE, ELF_P_ALIGN, 0x800000), K_ENOEXEC);
	assert_int_equal(read_with_field(CODE, ELF_P_ALIGN, 3), K_ENOEXEC);
	assert_int_equal(read_with_field(CODE, ELF_P_ALIGN, 0x1001), K_ENOEXEC);
	assert_int_equal(read_with_field(CODE, ELF_P_ALIGN, 0x3000), K_ENOEXEC);
	assert_int_equal(read_with_field(CODE, ELF_P_ALIGN, 1UL << 63), K_ENOEXEC);
	assert_int_equal(read_with_field(CODE, ELF_P_ALIGN, UINT64_MAX), K_ENOEXEC);
}

/* B22. */
static void the_entry_is_an_instruction(void **state)
{
	static const uint64_t wrong[] = {
		0,
		BASE,
		BASE + 0x1201,
		BASE + 0x1202,
		BASE + 0x11fc,
		BASE + 0x1240,
		BASE + 0x2240,
		BASE + 0x1000,
		0xffffffc000000000,
		0x0100000000401200,
		UINT64_MAX - 3,
		UINT64_MAX,
		BASE + 0x1203,
		0x8000000000401200,
		0x401200 | 1UL << 40,
	};

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		assert_int_equal(read_with(ELF_ENTRY, 8, wrong[i]), K_ENOEXEC);
	}
	assert_int_equal(read_with(ELF_ENTRY, 8, BASE + 0x123c), K_OK);
	assert_int_equal(image.entry, BASE + 0x123c);
	/* Beyond the file's bytes there are only zeros, which are no instructions. */
	assert_int_equal(read_with_field(CODE, ELF_P_FILESZ, 3), K_ENOEXEC);
	assert_int_equal(read_with_field(CODE, ELF_P_FILESZ, 0), K_ENOEXEC);
	assert_int_equal(read_with_field(CODE, ELF_P_FILESZ, 4), K_OK);
}

static void a_last_instruction_cut_in_half(void **state)
{
	const struct elf_program program = {ELF_LOAD, ELF_RX, BASE, 6, 0x10};
	size_t size;
	uint8_t *file = elf_build(&program, 1, &size);

	(void)state;
	assert_int_equal(elf_read(&image, file, size), K_OK);
	elf_poke(file, ELF_ENTRY, 8, BASE + 4);
	assert_int_equal(elf_read(&image, file, size), K_ENOEXEC);
	/* Where there is memory, but nothing from the file. */
	elf_poke(file, ELF_ENTRY, 8, BASE + 8);
	assert_int_equal(elf_read(&image, file, size), K_ENOEXEC);
	free(file);
}

/* A good segment, and a second header of this type. */
static k_status read_beside(uint32_t type, uint32_t flags)
{
	const struct elf_program programs[] = {
		{ELF_LOAD, ELF_RX, BASE, 0x10, 0x10},
		{type, flags, 0, 0, 0},
	};

	return read_programs(programs, 2);
}

static void other_headers(void **state)
{
	static const uint32_t harmless[] = {0, 4, 6, 7, 0x6474e550, 0x6474e552, 0x6474e553, 0x70000002, 0xffffffff};

	(void)state;
	for (size_t i = 0; i < sizeof(harmless) / sizeof(harmless[0]); i++) {
		assert_int_equal(read_beside(harmless[i], ELF_R), K_OK);
		assert_int_equal(image.segment_count, 1);
	}
	assert_int_equal(read_beside(2, ELF_RW), K_ENOEXEC);
	assert_int_equal(read_beside(3, ELF_R), K_ENOEXEC);
	assert_int_equal(read_beside(5, ELF_R), K_ENOEXEC);
	/* PT_GNU_STACK. */
	assert_int_equal(read_beside(0x6474e551, 6), K_OK);
	assert_int_equal(read_beside(0x6474e551, 7), K_ENOEXEC);
	assert_int_equal(read_beside(0x6474e551, 1), K_ENOEXEC);
}

static void so_many_segments(void **state)
{
	struct elf_program programs[ELF_SEGMENTS_MAX + 1];
	const struct elf_program none = {4, ELF_R, BASE, 0x10, 0x10};

	(void)state;
	for (size_t i = 0; i <= ELF_SEGMENTS_MAX; i++) {
		programs[i] = (struct elf_program){ELF_LOAD, i == 0 ? ELF_RX : ELF_R, BASE + i * 0x1000, 8, 0x1000};
	}
	assert_int_equal(read_programs(programs, ELF_SEGMENTS_MAX), K_OK);
	assert_int_equal(image.segment_count, ELF_SEGMENTS_MAX);
	assert_int_equal(read_programs(programs, ELF_SEGMENTS_MAX + 1), K_ENOEXEC);
	assert_int_equal(read_programs(&none, 1), K_ENOEXEC);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_good_file),
		cmocka_unit_test(truncated_at_every_byte),
		cmocka_unit_test(every_byte_may_be_wrong),
		cmocka_unit_test(every_field_of_the_file_header),
		cmocka_unit_test(the_table_stays_in_the_file),
		cmocka_unit_test(the_bytes_of_a_segment_are_in_the_file),
		cmocka_unit_test(a_segment_has_memory),
		cmocka_unit_test(memory_has_a_limit),
		cmocka_unit_test(programs_lie_in_their_part),
		cmocka_unit_test(segments_share_no_page),
		cmocka_unit_test(rights_of_segments),
		cmocka_unit_test(address_and_offset_agree),
		cmocka_unit_test(the_entry_is_an_instruction),
		cmocka_unit_test(a_last_instruction_cut_in_half),
		cmocka_unit_test(other_headers),
		cmocka_unit_test(so_many_segments),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
