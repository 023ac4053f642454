/*
 * The reader of ELF programs against good files, and against each field of the
 * file header broken (ELF-64 Object File Format 1.5, figure 2). The files have
 * exactly their size, so ASan sees any byte too many.
 */
#include "tests/unit/judge_elf.h"

static void a_good_file(void **state)
{
	static const struct elf_segment good[GOOD_SEGMENTS] = {
		{0, 0x200, 0, 0x200, PAGE_USER_READ},
		{0x1200, 0x40, 0, 0x40, PAGE_USER_EXECUTE},
		{0x2240, 0x3000, 0, 0x30, PAGE_USER_READ_WRITE},
	};
	size_t size;
	uint8_t *file = good_file(&size);

	(void)state;
	memset(&image, 0xa7, sizeof(image));
	assert_int_equal(elf_read(&image, file, size), K_OK);
	assert_int_equal(image.entry, base + 0x1200);
	assert_int_equal(image.is_position_independent, type == ELF_DYN);
	assert_int_equal(image.memory_size, 0x6000);
	assert_int_equal(image.alignment, 0x1000);
	assert_int_equal(image.segment_count, GOOD_SEGMENTS);
	for (size_t i = 0; i < GOOD_SEGMENTS; i++) {
		assert_int_equal(image.segments[i].address, base + good[i].address);
		assert_int_equal(image.segments[i].file_size, good[i].file_size);
		assert_int_equal(image.segments[i].memory_size, good[i].memory_size);
		assert_int_equal(image.segments[i].file_offset, elf_peek(file, elf_header_of(i) + ELF_P_OFFSET, 8));
		assert_int_equal(image.segments[i].access, good[i].access);
	}
	free(file);
}

static void pages_of_a_segment(void **state)
{
	const struct elf_segment within = {.address = 0x12345, .memory_size = 1};
	const struct elf_segment whole = {.address = 0x12000, .memory_size = 0x2000};
	const struct elf_segment beyond = {.address = 0x12fff, .memory_size = 0x1002};

	(void)state;
	assert_int_equal(elf_segment_start(&within), 0x12000);
	assert_int_equal(elf_segment_end(&within), 0x13000);
	assert_int_equal(elf_segment_start(&whole), 0x12000);
	assert_int_equal(elf_segment_end(&whole), 0x14000);
	assert_int_equal(elf_segment_start(&beyond), 0x12000);
	assert_int_equal(elf_segment_end(&beyond), 0x15000);
}

/* B17: at every length but the whole one something is missing: the segments reach to the file's end. */
static void truncated_at_every_byte(void **state)
{
	size_t size;
	uint8_t *file = good_file(&size);
	struct elf_image before;

	(void)state;
	memset(&image, 0x5a, sizeof(image));
	memcpy(&before, &image, sizeof(before));
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
	uint64_t previous_end = image.is_position_independent ? 0 : PANTHER_USER_BOTTOM;
	uint64_t top = image.is_position_independent ? ELF_MEMORY_MAX : PANTHER_USER_IMAGE_TOP;

	assert_in_range(image.segment_count, 1, ELF_SEGMENTS_MAX);
	for (size_t i = 0; i < image.segment_count; i++) {
		const struct elf_segment *segment = &image.segments[i];

		assert_true(segment->file_size <= size && segment->file_offset <= size - segment->file_size);
		assert_true(segment->memory_size > 0 && segment->memory_size >= segment->file_size);
		assert_true(segment->memory_size <= ELF_MEMORY_MAX);
		assert_true(segment->address - segment->address % PANTHER_PAGE_SIZE >= previous_end);
		previous_end = segment->address + segment->memory_size;
		previous_end = (previous_end + PANTHER_PAGE_SIZE - 1) / PANTHER_PAGE_SIZE * PANTHER_PAGE_SIZE;
		assert_true(previous_end <= top);
	}
	assert_int_equal(image.entry % 4, 0);
	assert_int_not_equal(image.entry, 0);
}

/* Whatever byte of the headers is wrong: no byte too many is read, and what is accepted is sane. */
static void every_byte_may_be_wrong(void **state)
{
	static const uint8_t values[] = {0x00, 0x01, 0x02, 0x07, 0x10, 0x40, 0x7f, 0x80, 0xff};
	size_t size;
	uint8_t *file = good_file(&size);

	(void)state;
	for (size_t index = 0; index < elf_header_of(good_headers()); index++) {
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
		{ELF_TYPE, 2, {0, 1, 4, 0x102}},
		{ELF_TYPE, 2, {0x103, 0xfe00, 0xff03, 0xffff}},
		{ELF_MACHINE, 2, {0, 40, 62, 0x1b7}},
		{ELF_VERSION, 4, {0, 2, 0x101, 0x80000001}},
		{ELF_FLAGS, 4, {1, 2, 0x80000000, 0xffffffff}},
		{ELF_EHSIZE, 2, {0, 52, 63, 65}},
		{ELF_PHENTSIZE, 2, {0, 32, 55, 57}},
		{ELF_PHENTSIZE, 2, {112, 64, 0x138, 0xffff}},
		{ELF_PHNUM, 2, {0, 1, 1000, 0xffff}},
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
	size_t table = good_headers() * (size_t)ELF_PROGRAM_HEADER_SIZE;
	size_t whole = place + table;
	uint8_t *moved = calloc(1, whole);

	(void)state;
	memcpy(moved, file, size);
	memcpy(moved + place, file + ELF_HEADER_SIZE, table);
	elf_poke(moved, ELF_PHOFF, 8, place);
	assert_int_equal(elf_read(&image, moved, whole), K_OK);
	assert_int_equal(elf_read(&image, moved, whole - 1), K_ENOEXEC);
	elf_poke(moved, ELF_PHNUM, 2, good_headers() + 1);
	assert_int_equal(elf_read(&image, moved, whole), K_ENOEXEC);
	/* e_phoff + e_phnum * 56 wraps to the file's size. */
	elf_poke(moved, ELF_PHNUM, 2, good_headers());
	elf_poke(moved, ELF_PHOFF, 8, 0 - (uint64_t)table);
	assert_int_equal(elf_read(&image, moved, whole), K_ENOEXEC);
	elf_poke(moved, ELF_PHOFF, 8, whole);
	assert_int_equal(elf_read(&image, moved, whole), K_ENOEXEC);
	/* A table at four bytes more, with all that it needs. */
	memmove(moved + place - 4, moved + place, table);
	elf_poke(moved, ELF_PHOFF, 8, place - 4);
	assert_int_equal(elf_read(&image, moved, whole), K_ENOEXEC);
	free(moved);
	free(file);
}

/* B18: whatever they say, there are not too many headers. */
static void so_many_headers(void **state)
{
	struct elf_program programs[ELF_HEADERS_MAX + 1] = {{ELF_LOAD, ELF_RX, base + 0x1000, 0x10, 0x10}};

	(void)state;
	assert_int_equal(read_programs(programs, ELF_HEADERS_MAX), K_OK);
	assert_int_equal(image.segment_count, 1);
	assert_int_equal(read_programs(programs, ELF_HEADERS_MAX + 1), K_ENOEXEC);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		BOTH(a_good_file),
		FIXED(pages_of_a_segment),
		BOTH(truncated_at_every_byte),
		BOTH(every_byte_may_be_wrong),
		BOTH(every_field_of_the_file_header),
		BOTH(the_table_stays_in_the_file),
		BOTH(so_many_headers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
