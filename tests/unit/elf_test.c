/*
 * The reader of ELF programs against good files, and against each field of the
 * file header broken (ELF-64 Object File Format 1.5, figure 2). The files have
 * exactly their size, so ASan sees any byte too many.
 */
#include "tests/unit/judge_elf.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_good_file),
		cmocka_unit_test(truncated_at_every_byte),
		cmocka_unit_test(every_byte_may_be_wrong),
		cmocka_unit_test(every_field_of_the_file_header),
		cmocka_unit_test(the_table_stays_in_the_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
