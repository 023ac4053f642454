/*
 * core/process/elf_property.h, and what elf_read makes of it: the note in which a program says that its code has
 * landing pads (Linux Extensions to gABI; ELF for the Arm 64-bit Architecture, "Program Property").
 */
#include "core/process/elf_property.h"

#include "tests/unit/judge_elf.h"

#define FEATURE_1 0xc0000000
#define BTI 1
#define PAC 2

/* A note is built here: its header, then properties. */
static uint8_t note[2 * ELF_PROPERTY_MAX];
static size_t note_size;

static void begin(void)
{
	memset(note, 0, sizeof(note));
	elf_poke(note, 0, 4, 4);
	elf_poke(note, 8, 4, 5);
	memcpy(note + 12, "GNU", 4);
	note_size = 16;
}

/* A property with so much data, of which the first word has a value. */
static void add(uint32_t property, uint32_t data_size, uint32_t value)
{
	elf_poke(note, note_size, 4, property);
	elf_poke(note, note_size + 4, 4, data_size);
	elf_poke(note, note_size + 8, 4, value);
	note_size += 8 + (data_size + 7) / 8 * 8;
	elf_poke(note, 4, 4, note_size - 16);
}

static void features(uint32_t value)
{
	begin();
	add(FEATURE_1, 4, value);
}

/* The note has exactly the size it is said to have: the sanitizer sees what is read behind it. */
static bool reads(size_t size, bool *is_guarded)
{
	uint8_t *exact = malloc(size + 1);
	bool is_sound;

	assert_non_null(exact);
	memcpy(exact + 1, note, size);
	is_sound = elf_property_read(exact + 1, size, is_guarded);
	free(exact);
	return is_sound;
}

static void assert_guarded(bool expected)
{
	bool is_guarded = !expected;

	assert_true(reads(note_size, &is_guarded));
	assert_int_equal(is_guarded, expected);
}

static void assert_odd(void)
{
	bool is_guarded = true;

	assert_false(reads(note_size, &is_guarded));
	assert_true(is_guarded);
	is_guarded = false;
	assert_false(reads(note_size, &is_guarded));
	assert_false(is_guarded);
}

static void one_bit_says_it(void **state)
{
	(void)state;
	for (unsigned bit = 0; bit < 32; bit++) {
		features(1U << bit);
		assert_guarded(bit == 0);
	}
	features(0);
	assert_guarded(false);
	features(BTI | PAC);
	assert_guarded(true);
	features(~0U);
	assert_guarded(true);
}

static void other_properties_do_not_matter(void **state)
{
	(void)state;
	begin();
	assert_int_equal(note_size, 16);
	assert_guarded(false);
	add(0, 0, 0);
	add(1, 8, BTI);
	add(FEATURE_1 - 1, 4, BTI);
	assert_guarded(false);
	add(FEATURE_1, 4, BTI);
	assert_guarded(true);
	add(FEATURE_1 + 1, 13, 0);
	add(0xffffffff, 4, 0);
	assert_guarded(true);
}

static void they_are_in_order_and_there_once(void **state)
{
	(void)state;
	features(BTI);
	add(FEATURE_1, 4, BTI);
	assert_odd();
	features(BTI);
	add(FEATURE_1 - 1, 4, 0);
	assert_odd();
	begin();
	add(0xffffffff, 0, 0);
	add(0xffffffff, 0, 0);
	assert_odd();
}

static void a_set_of_features_has_32_bits(void **state)
{
	(void)state;
	for (uint32_t size = 0; size < 20; size++) {
		begin();
		add(FEATURE_1, size, BTI);
		if (size == 4) {
			assert_guarded(true);
		} else {
			assert_odd();
		}
	}
}

static void every_field_of_the_header_counts(void **state)
{
	(void)state;
	for (size_t bit = 0; bit < 16 * (size_t)8; bit++) {
		features(BTI);
		note[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_odd();
	}
}

/* Cut off anywhere, or with bytes behind it. */
static void the_note_fills_its_place(void **state)
{
	bool is_guarded;
	size_t whole;

	(void)state;
	features(BTI);
	add(0xf0000000, 16, 0);
	whole = note_size;
	for (size_t size = 0; size < whole + 24; size++) {
		assert_int_equal(reads(size, &is_guarded), size == whole);
	}
	/* The header agrees: then it must end where a property does. Zeros behind are one out of order. */
	for (size_t size = 16; size < whole + 24; size++) {
		elf_poke(note, 4, 4, size - 16);
		assert_int_equal(reads(size, &is_guarded), size == 16 || size == 32 || size == whole);
	}
}

/* Sizes whose sums would wrap. */
static void data_stays_in_the_note(void **state)
{
	static const uint32_t sizes[] = {9, 16, 0x7fffffff, 0x80000000, 0xfffffff0, 0xfffffff8, 0xffffffff};

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		begin();
		add(1, 8, 0);
		elf_poke(note, 20, 4, sizes[i]);
		assert_odd();
	}
	/* Its padding is part of it. */
	begin();
	add(1, 8, 0);
	elf_poke(note, 20, 4, 5);
	assert_guarded(false);
	note_size -= 3;
	elf_poke(note, 4, 4, note_size - 16);
	assert_odd();
}

static void a_note_has_a_limit(void **state)
{
	(void)state;
	begin();
	add(1, ELF_PROPERTY_MAX - 24, 0);
	assert_int_equal(note_size, ELF_PROPERTY_MAX);
	assert_guarded(false);
	begin();
	add(1, ELF_PROPERTY_MAX - 16, 0);
	assert_odd();
}

/* The good file with `count` notes in its constants; elf_read's answer. */
static k_status read_with_notes(size_t count, uint64_t offset, uint64_t size)
{
	const struct elf_program property = {ELF_PROPERTY, ELF_R, base + 0x100, note_size, note_size};
	const struct elf_program programs[] = {
		{ELF_LOAD, ELF_R, base, 0x200, 0x200},
		{ELF_LOAD, ELF_RX, base + 0x1200, 0x40, 0x40},
		property,
		property,
	};
	size_t file_size;
	uint8_t *file = build(programs, 2 + count, &file_size);
	size_t place = (size_t)elf_peek(file, elf_header_of(0) + ELF_P_OFFSET, 8) + 0x100;
	k_status status;

	memcpy(file + place, note, note_size);
	for (size_t i = 2; i < 2 + count; i++) {
		elf_poke(file, elf_header_of(i) + ELF_P_OFFSET, 8, place + offset);
		elf_poke(file, elf_header_of(i) + ELF_P_FILESZ, 8, size);
	}
	memset(&image, 0xa7, sizeof(image));
	image.is_guarded = count == 0;
	status = elf_read(&image, file, file_size);
	free(file);
	return status;
}

static void a_program_is_guarded_if_it_says_so(void **state)
{
	(void)state;
	features(BTI);
	assert_int_equal(read_with_notes(0, 0, note_size), K_OK);
	assert_false(image.is_guarded);
	assert_int_equal(read_with_notes(1, 0, note_size), K_OK);
	assert_true(image.is_guarded);
	assert_int_equal(read_with_notes(1, 0, 0), K_OK);
	assert_false(image.is_guarded);
	features(PAC);
	assert_int_equal(read_with_notes(1, 0, note_size), K_OK);
	assert_false(image.is_guarded);
}

static void a_program_has_one_note_at_most_and_in_its_file(void **state)
{
	(void)state;
	features(BTI);
	assert_int_equal(read_with_notes(2, 0, note_size), K_ENOEXEC);
	assert_int_equal(read_with_notes(1, 0, note_size - 8), K_ENOEXEC);
	assert_int_equal(read_with_notes(1, 0, UINT64_MAX), K_ENOEXEC);
	assert_int_equal(read_with_notes(1, UINT64_MAX - 0x2000, note_size), K_ENOEXEC);
	assert_int_equal(read_with_notes(1, 0x100000, note_size), K_ENOEXEC);
	assert_int_equal(read_with_notes(1, 0x100000, 0), K_ENOEXEC);
	assert_int_equal(read_with_notes(1, 8, note_size), K_ENOEXEC);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_bit_says_it),
		cmocka_unit_test(other_properties_do_not_matter),
		cmocka_unit_test(they_are_in_order_and_there_once),
		cmocka_unit_test(a_set_of_features_has_32_bits),
		cmocka_unit_test(every_field_of_the_header_counts),
		cmocka_unit_test(the_note_fills_its_place),
		cmocka_unit_test(data_stays_in_the_note),
		cmocka_unit_test(a_note_has_a_limit),
		BOTH(a_program_is_guarded_if_it_says_so),
		BOTH(a_program_has_one_note_at_most_and_in_its_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
