/*
 * The reader of ELF programs against segments and entries that no program may
 * have (ELF-64 Object File Format 1.5, figure 6).
 */
#include "tests/unit/judge_elf.h"

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
