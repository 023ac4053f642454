/*
 * The reader of ELF programs against segments and entries that no program may
 * have (ELF-64 Object File Format 1.5, figure 6).
 */
#include "tests/unit/judge_elf.h"

/* B19. */
static void the_bytes_of_a_segment_are_in_the_file(void **state)
{
	uint64_t offset = good_field(DATA, ELF_P_OFFSET);

	(void)state;
	/* They are the file's last: every file is cut at each byte in elf_test.c. */
	assert_int_equal(read_with_field(DATA, ELF_P_FILESZ, 0x31), K_ENOEXEC);
	assert_int_equal(read_with_field(DATA, ELF_P_FILESZ, 0x2fff), K_ENOEXEC);
	assert_int_equal(read_with_field(DATA, ELF_P_FILESZ, UINT64_MAX), K_ENOEXEC);
	assert_int_equal(read_with_field(DATA, ELF_P_FILESZ, 0 - offset), K_ENOEXEC);
	assert_int_equal(read_with_field(DATA, ELF_P_FILESZ, 0x20), K_OK);
	assert_int_equal(read_with_field(DATA, ELF_P_OFFSET, offset + 0x1000), K_ENOEXEC);
	assert_int_equal(read_with_field(DATA, ELF_P_OFFSET, 0xfffffffffffff240), K_ENOEXEC);
	/* Another congruent place that is inside is fine: bytes may be shared. */
	assert_int_equal(read_with_field(0, ELF_P_OFFSET, 0x1000), K_OK);
	/* More file than memory. */
	assert_int_equal(read_with_field(CODE, ELF_P_MEMSZ, 0x3f), K_ENOEXEC);
	assert_int_equal(read_with_field(CODE, ELF_P_MEMSZ, 0), K_ENOEXEC);
}

static void a_segment_has_memory(void **state)
{
	const struct elf_program empty[] = {
		{ELF_LOAD, ELF_RX, base + 0x1000, 0x10, 0x10},
		{ELF_LOAD, ELF_RW, base + 0x2000, 0, 0},
	};
	const struct elf_program nothing_but_zeros[] = {
		{ELF_LOAD, ELF_RX, base + 0x1000, 0x10, 0x10},
		{ELF_LOAD, ELF_RW, base + 0x2000, 0, 1},
	};

	(void)state;
	assert_int_equal(read_programs(empty, 2), K_ENOEXEC);
	assert_int_equal(read_programs(nothing_but_zeros, 2), K_OK);
	assert_int_equal(read_with_field(DATA, ELF_P_MEMSZ, 1UL << 60), K_ENOEXEC);
	assert_int_equal(read_with_field(DATA, ELF_P_MEMSZ, UINT64_MAX), K_ENOEXEC);
	assert_int_equal(read_with_field(DATA, ELF_P_MEMSZ, 0 - (base + 0x2240)), K_ENOEXEC);
}

/* The pages of all segments together, two of them beside the ones of the segment that grows; here all lie close. */
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
	uint8_t *file = build(&program, 1, &size);
	k_status status;

	/* The builder takes the address for "none yet" if it is 0. */
	elf_poke(file, ELF_ENTRY, 8, address);
	status = elf_read(&image, file, size);
	free(file);
	return status;
}

static void fixed_programs_lie_in_their_zone(void **state)
{
	static const uint64_t wrong[] = {
		0,
		0x1000,
		PANTHER_USER_BOTTOM - 0x1000,
		PANTHER_USER_BOTTOM - 4,
		PANTHER_USER_IMAGE_TOP,
		PANTHER_USER_MAP_BASE,
		PANTHER_USER_STACK_BASE,
		PANTHER_USER_TOP - 0x1000,
		PANTHER_USER_TOP,
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

/* B20: 0 is where most start; the end is so low that any bias fits. */
static void position_independent_programs_start_low(void **state)
{
	static const uint64_t wrong[] = {
		ELF_MEMORY_MAX,
		PANTHER_USER_IMAGE_RANDOM_BASE,
		PANTHER_USER_IMAGE_TOP - 0x1000,
		PANTHER_USER_IMAGE_TOP,
		PANTHER_USER_TOP,
		0x8000000000400000,
		0xffffffc000000000,
		0xfffffffffffff000,
		0xfffffffffffffffc,
	};

	(void)state;
	assert_int_equal(read_at(4, 4), K_OK);
	assert_int_equal(image.segments[0].address, 4);
	assert_int_equal(read_at(0x1000, 4), K_OK);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		assert_int_equal(read_at(wrong[i], 4), K_ENOEXEC);
	}
	assert_int_equal(read_at(0x1000, ELF_MEMORY_MAX - 0x1000), K_OK);
	assert_int_equal(read_at(0x1000, ELF_MEMORY_MAX - 0x1000 + 1), K_ENOEXEC);
	assert_int_equal(read_at(ELF_MEMORY_MAX - 4, 4), K_OK);
	assert_int_equal(read_at(ELF_MEMORY_MAX - 4, 5), K_ENOEXEC);
	assert_int_equal(read_at(0x1000, 0 - 0x1000UL), K_ENOEXEC);
}

/* B21. */
static void segments_share_no_page(void **state)
{
	struct elf_program programs[] = {
		{ELF_LOAD, ELF_RX, base + 0x1000, 0x10, 0x1000},
		{ELF_LOAD, ELF_RW, base + 0x2000, 0x10, 0x10},
	};

	(void)state;
	assert_int_equal(read_programs(programs, 2), K_OK);
	programs[0].memory_size = 0x1001;
	assert_int_equal(read_programs(programs, 2), K_ENOEXEC);
	programs[0].memory_size = 0x800;
	programs[1].address = base + 0x1800;
	assert_int_equal(read_programs(programs, 2), K_ENOEXEC);
	programs[1].address = base + 0x1fff;
	assert_int_equal(read_programs(programs, 2), K_ENOEXEC);
	programs[1].address = base + 0x1000;
	assert_int_equal(read_programs(programs, 2), K_ENOEXEC);
	/* Ascending. */
	programs[1].address = base;
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
	static const uint64_t wrong[] = {3, 0x1001, 0x1800, 0x3000, 0x11000, 0x2000001, UINT64_MAX};
	static const uint64_t harmless[] = {0, 1, 4, 16, 0x1000};
	uint64_t offset = good_field(CODE, ELF_P_OFFSET);
	size_t size;
	uint8_t *file;

	(void)state;
	assert_int_equal(read_with_field(CODE, ELF_P_OFFSET, offset - 4), K_ENOEXEC);
	assert_int_equal(read_with_field(CODE, ELF_P_OFFSET, offset + 8), K_ENOEXEC);
	for (size_t i = 0; i < sizeof(harmless) / sizeof(harmless[0]); i++) {
		assert_int_equal(read_with_field(CODE, ELF_P_ALIGN, harmless[i]), K_OK);
		assert_int_equal(image.alignment, 0x1000);
	}
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		assert_int_equal(read_with_field(CODE, ELF_P_ALIGN, wrong[i]), K_ENOEXEC);
	}
	/* The page counts even where the alignment does not. */
	file = good_file(&size);
	elf_poke(file, elf_header_of(CODE) + ELF_P_ALIGN, 8, 4);
	assert_int_equal(elf_read(&image, file, size), K_OK);
	elf_poke(file, elf_header_of(CODE) + ELF_P_OFFSET, 8, offset - 4);
	assert_int_equal(elf_read(&image, file, size), K_ENOEXEC);
	free(file);
}

/* A good file of which the code lies at this address, and is aligned so. */
static k_status read_aligned(uint64_t address, uint64_t alignment)
{
	const struct elf_program programs[] = {
		{ELF_LOAD, ELF_R, base, 0x10, 0x10},
		{ELF_LOAD, ELF_RX, address, 0x10, 0x10},
		{ELF_LOAD, ELF_RW, address + 0x1000, 0x10, 0x10},
	};
	size_t size;
	uint8_t *file = build(programs, 3, &size);
	k_status status;

	elf_poke(file, elf_header_of(CODE) + ELF_P_ALIGN, 8, alignment);
	status = elf_read(&image, file, size);
	free(file);
	return status;
}

/* Its offset in the file is 0x1010, because the one before it ends in the same page of the file. */
static void large_alignments(void **state)
{
	bool is_fixed = type == ELF_EXEC;

	(void)state;
	assert_int_equal(read_aligned(base + 0x201010, 0x2000), K_OK);
	assert_int_equal(image.segments[CODE].file_offset, 0x1010);
	assert_int_equal(image.alignment, 0x2000);
	/* The largest counts, wherever it stands. */
	assert_int_equal(read_aligned(base + 0x201010, 0x10000), K_OK);
	assert_int_equal(image.alignment, 0x10000);
	/* A random place keeps no more than 64 KiB; a fixed one may agree with anything. */
	assert_int_equal(read_aligned(base + 0x201010, 0x20000), is_fixed ? K_OK : K_ENOEXEC);
	assert_int_equal(read_aligned(base + 0x201010, 0x200000), is_fixed ? K_OK : K_ENOEXEC);
	assert_int_equal(read_aligned(base + 0x201010, 0x400000), K_ENOEXEC);
	assert_int_equal(read_aligned(base + 0x201010, 1UL << 63), K_ENOEXEC);
	/* Not where the file says. */
	assert_int_equal(read_aligned(base + 0x209010, 0x8000), K_OK);
	assert_int_equal(read_aligned(base + 0x209010, 0x10000), K_ENOEXEC);
}

/* B22. */
static void the_entry_is_an_instruction(void **state)
{
	const uint64_t wrong[] = {
		0,
		base,
		base + 4,
		base + 0x1201,
		base + 0x1202,
		base + 0x1203,
		base + 0x11fc,
		base + 0x1240,
		base + 0x2240,
		base + 0x1000,
		0xffffffc000000000,
		0x0100000000001200 | base,
		0x8000000000001200 | base,
		0x0000010000001200 | base,
		PANTHER_USER_IMAGE_RANDOM_BASE + 0x1200,
		UINT64_MAX - 3,
		UINT64_MAX,
	};

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		assert_int_equal(read_with(ELF_ENTRY, 8, wrong[i]), K_ENOEXEC);
	}
	assert_int_equal(read_with(ELF_ENTRY, 8, base + 0x123c), K_OK);
	assert_int_equal(image.entry, base + 0x123c);
	/* Beyond the file's bytes there are only zeros, which are no instructions. */
	assert_int_equal(read_with_field(CODE, ELF_P_FILESZ, 3), K_ENOEXEC);
	assert_int_equal(read_with_field(CODE, ELF_P_FILESZ, 0), K_ENOEXEC);
	assert_int_equal(read_with_field(CODE, ELF_P_FILESZ, 4), K_OK);
}

static void a_last_instruction_cut_in_half(void **state)
{
	const struct elf_program program = {ELF_LOAD, ELF_RX, base + 0x1000, 6, 0x10};
	size_t size;
	uint8_t *file = build(&program, 1, &size);

	(void)state;
	assert_int_equal(elf_read(&image, file, size), K_OK);
	elf_poke(file, ELF_ENTRY, 8, base + 0x1004);
	assert_int_equal(elf_read(&image, file, size), K_ENOEXEC);
	/* Where there is memory, but nothing from the file. */
	elf_poke(file, ELF_ENTRY, 8, base + 0x1008);
	assert_int_equal(elf_read(&image, file, size), K_ENOEXEC);
	free(file);
}

/* 0 says that there is no entry, even where code lies at 0: a shared library may look like that. */
static void an_entry_of_0_is_none(void **state)
{
	const struct elf_program program = {ELF_LOAD, ELF_RX, 0, 0x100, 0x100};
	size_t size;
	uint8_t *file = build(&program, 1, &size);

	(void)state;
	elf_poke(file, ELF_ENTRY, 8, 4);
	assert_int_equal(elf_read(&image, file, size), K_OK);
	elf_poke(file, ELF_ENTRY, 8, 0);
	assert_int_equal(elf_read(&image, file, size), K_ENOEXEC);
	free(file);
}

/* A good segment, and a second header of this type. */
static k_status read_beside(uint32_t header_type, uint32_t flags)
{
	const struct elf_program programs[] = {
		{ELF_LOAD, ELF_RX, base + 0x1000, 0x10, 0x10},
		{header_type, flags, UINT64_MAX, UINT64_MAX, 3},
	};

	return read_programs(programs, 2);
}

/* What they say of places and sizes is nonsense, and not looked at. */
static void other_headers(void **state)
{
	static const uint32_t harmless[] = {0, 4, 6, ELF_TLS, 0x6474e550, ELF_RELRO, 0x70000002, 0xffffffff};

	(void)state;
	for (size_t i = 0; i < sizeof(harmless) / sizeof(harmless[0]); i++) {
		assert_int_equal(read_beside(harmless[i], ELF_R), K_OK);
		assert_int_equal(image.segment_count, 1);
	}
	assert_int_equal(read_beside(ELF_DYNAMIC, ELF_RW), K_ENOEXEC);
	assert_int_equal(read_beside(3, ELF_R), K_ENOEXEC);
	assert_int_equal(read_beside(5, ELF_R), K_ENOEXEC);
	/* PT_GNU_STACK. */
	assert_int_equal(read_beside(0x6474e551, 6), K_OK);
	assert_int_equal(read_beside(0x6474e551, 4), K_OK);
	assert_int_equal(read_beside(0x6474e551, 0), K_OK);
	assert_int_equal(read_beside(0x6474e551, 7), K_ENOEXEC);
	assert_int_equal(read_beside(0x6474e551, 1), K_ENOEXEC);
}

static void so_many_segments(void **state)
{
	struct elf_program programs[ELF_SEGMENTS_MAX + 1];
	const struct elf_program none = {4, ELF_R, base, 0x10, 0x10};

	(void)state;
	for (size_t i = 0; i <= ELF_SEGMENTS_MAX; i++) {
		programs[i] =
			(struct elf_program){ELF_LOAD, i == 0 ? ELF_RX : ELF_R, base + (i + 1) * 0x1000, 8, 0x1000};
	}
	assert_int_equal(read_programs(programs, ELF_SEGMENTS_MAX), K_OK);
	assert_int_equal(image.segment_count, ELF_SEGMENTS_MAX);
	assert_int_equal(read_programs(programs, ELF_SEGMENTS_MAX + 1), K_ENOEXEC);
	assert_int_equal(read_programs(&none, 1), K_ENOEXEC);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		BOTH(the_bytes_of_a_segment_are_in_the_file),
		BOTH(a_segment_has_memory),
		BOTH(memory_has_a_limit),
		FIXED(fixed_programs_lie_in_their_zone),
		POSITION_INDEPENDENT(position_independent_programs_start_low),
		BOTH(segments_share_no_page),
		BOTH(rights_of_segments),
		BOTH(address_and_offset_agree),
		BOTH(large_alignments),
		BOTH(the_entry_is_an_instruction),
		BOTH(a_last_instruction_cut_in_half),
		POSITION_INDEPENDENT(an_entry_of_0_is_none),
		BOTH(other_headers),
		BOTH(so_many_segments),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
