/*
 * core/process/loader.h: what lies where in an address space once a program is in it.
 */
#include "core/kernel.h"
#include "hal_host/ram.h"
#include "tests/unit/loader_fixture.h"

static void a_fixed_program_lies_where_it_says(void **state)
{
	(void)state;
	assert_int_equal(load(), 1);
	assert_int_equal(loader.bias, 0);
	assert_loaded();
	assert_int_equal(entry, BASE);
}

static void a_position_independent_program_lies_at_its_bias(void **state)
{
	(void)state;
	use_independent(independent);
	assert_int_equal(load(), 1);
	assert_true(loader.bias >= PANTHER_USER_IMAGE_RANDOM_BASE);
	assert_loaded();
	assert_int_equal(entry, loader.bias + 0x1124);
}

static void the_entry_is_the_files(void **state)
{
	(void)state;
	elf_poke(file, ELF_ENTRY, 8, BASE + 0x124);
	load();
	assert_int_equal(entry, BASE + 0x124);
}

/* A program of which the data lies there. */
static void try_data(uint64_t address, uint64_t bytes, uint64_t memory_size)
{
	const struct elf_program list[] = {
		{ELF_LOAD, ELF_RX, BASE, 0x10, 0x10},
		{ELF_LOAD, ELF_RW, address, bytes, memory_size},
	};

	make_space(FIXTURE_FRAMES);
	use_fixed(list);
	load();
	assert_loaded();
	use_independent(list);
	make_space(FIXTURE_FRAMES);
	load();
	assert_loaded();
}

/* Segments that start or end within a page, over several pages, with and without bytes that are not in the file. */
static void every_byte_lies_where_it_belongs(void **state)
{
	(void)state;
	try_data(0x500000, 1, 1);
	try_data(0x500000, 0x1000, 0x1000);
	try_data(0x500000, 0x1001, 0x1001);
	try_data(0x500000, 0x2000, 0x2000);
	try_data(0x500123, 0x10, 0x10);
	try_data(0x500fff, 1, 1);
	try_data(0x500fff, 2, 2);
	try_data(0x500ff0, 0x1010, 0x1010);
	try_data(0x500123, 0x10, 0x3000);
	try_data(0x500123, 0xedd, 0xede);
	try_data(0x500000, 0, 1);
	try_data(0x500000, 0, 0x5000);
	try_data(0x500123, 0x1edd, 0x4000);
	/* Over the end of a step: the 32nd page is the 31st of these. */
	try_data(0x500123, 0x1f000, 0x30000);
}

/* As many segments as there may be: those are mapped, and nothing behind the last one is taken for another. */
static void all_segments_are_mapped_and_no_more(void **state)
{
	struct elf_program list[ELF_SEGMENTS_MAX];

	(void)state;
	for (size_t i = 0; i < ELF_SEGMENTS_MAX; i++) {
		list[i] = (struct elf_program){ELF_LOAD, i == 0 ? ELF_RX : ELF_R, BASE + i * 0x3000, 0x20, 0x1001};
	}
	use_fixed(list);
	load();
	assert_loaded();
	for (uint64_t page = 0; page < 24; page++) {
		assert_int_equal(is_mapped(BASE + page * PAGE), page % 3 != 2);
	}
}

/* Every instruction of every page, to the last one, can be fetched: it was made visible after it was written. */
static void code_is_ready_to_run(void **state)
{
	static const struct elf_program list[] = {{ELF_LOAD, ELF_RX, BASE, 0x1800, 0x3000}};

	(void)state;
	use_fixed(list);
	memset(file + elf_header_of(1), 'C', file_size - elf_header_of(1));
	load();
	for (uint64_t offset = 0; offset < 0x3000; offset += 4) {
		enum page_access access;
		phys_addr frame;
		uint32_t word = 1;

		assert_int_equal(address_space_find(&space, (user_addr){BASE + offset / PAGE * PAGE}, &frame, &access),
				 K_OK);
		assert_true(ram_code_word(frame.value + offset % PAGE, &word));
		assert_int_equal(word, offset < 0x1800 ? 0x43434343 : 0);
	}
}

/* Its top page is not the loader's. */
static void the_stack_is_zeros_below_its_top_page(void **state)
{
	static const uint8_t zeros[PAGE];
	uint8_t arguments[PAGE];
	uint64_t top = space.stack_bottom + STACK_PAGES * PAGE;

	(void)state;
	load();
	memset(arguments, ARGUMENTS, PAGE);
	for (uint64_t page = space.stack_bottom; page < top - PAGE; page += PAGE) {
		assert_memory_equal(page_of(page, PAGE_USER_READ_WRITE), zeros, PAGE);
	}
	assert_memory_equal(page_of(top - PAGE, PAGE_USER_READ_WRITE), arguments, PAGE);
	assert_false(is_mapped(space.stack_bottom - 1));
	assert_false(is_mapped(top));
}

/* B17 to B22: the reader says no, and nothing has happened. */
static void a_bad_file_maps_nothing(void **state)
{
	uint64_t free_count = frames.free_count;
	struct loader before;

	(void)state;
	memcpy(&before, &loader, sizeof(before));
	/* The last of the segments is both writable and executable. */
	elf_poke(file, elf_header_of(2) + ELF_P_FLAGS, 4, 7);
	assert_int_equal(start(), K_ENOEXEC);
	assert_memory_equal(&loader, &before, sizeof(loader));
	assert_int_equal(frames.free_count, free_count);
	file_size = 0;
	assert_int_equal(start(), K_ENOEXEC);
	assert_memory_equal(&loader, &before, sizeof(loader));
}

/* The file is judged at each step: what has become bad is not mapped. */
static void a_file_that_turns_bad(void **state)
{
	uint64_t free_count = frames.free_count;

	(void)state;
	assert_int_equal(start(), K_OK);
	assert_int_equal(frames.free_count, free_count);
	elf_poke(file, elf_header_of(0) + ELF_P_FLAGS, 4, 7);
	assert_int_equal(step(), K_ENOEXEC);
	assert_int_equal(frames.free_count, free_count);
	assert_int_equal(entry, UNTOUCHED);
	assert_false(is_done);
}

/* The generator itself: places differ, and each bit of the page's number takes both values. */
static void biases_differ(void **state)
{
	uint64_t ones = 0;
	uint64_t zeros = 0;

	(void)state;
	use_independent(independent);
	for (unsigned i = 0; i < 64; i++) {
		assert_int_equal(start(), K_OK);
		assert_in_range(loader.bias, PANTHER_USER_IMAGE_RANDOM_BASE, PANTHER_USER_IMAGE_TOP - 0x5000);
		assert_int_equal(loader.bias % PAGE, 0);
		ones |= loader.bias;
		zeros |= ~loader.bias;
	}
	/* Bits 12 to 36: the zone has 124 GiB. */
	assert_int_equal(ones & zeros, 0x1ffffff000);
}

/* A program that says that its code has landing pads, or with another set of features, what else it can. */
static void load_with_features(uint8_t feature_1, bool has_bti)
{
	static const uint8_t note[] = {4, 0, 0, 0,    16, 0, 0, 0, 5, 0, 0, 0, 'G', 'N', 'U', 0,
				       0, 0, 0, 0xc0, 4,  0, 0, 0, 0, 0, 0, 0, 0,   0,	 0,   0};
	static const struct elf_program list[] = {
		{ELF_LOAD, ELF_RX, BASE, 0x1800, 0x1800},
		{ELF_LOAD, ELF_R, BASE + 0x2000, 0x123, 0x123},
		{ELF_PROPERTY, ELF_R, BASE + 0x2020, sizeof(note), sizeof(note)},
		{ELF_LOAD, ELF_RW, BASE + 0x3000, 0x10, 0x10},
	};
	uint8_t *place;

	make_space(FIXTURE_FRAMES);
	use_fixed(list);
	place = file + elf_peek(file, elf_header_of(2) + ELF_P_OFFSET, 8);
	memcpy(place, note, sizeof(note));
	place[24] = feature_1;
	kernel_facts.features.bti = has_bti;
	assert_int_equal(load(), 1);
	kernel_facts.features.bti = false;
}

static enum page_access access_at(uint64_t address)
{
	enum page_access access = PAGE_DEVICE;
	phys_addr frame;

	assert_int_equal(address_space_find(&space, (user_addr){address}, &frame, &access), K_OK);
	return access;
}

static void code_with_landing_pads_is_guarded_where_the_cpu_can(void **state)
{
	(void)state;
	load_with_features(0, true);
	assert_int_equal(access_at(BASE), PAGE_USER_EXECUTE);
	load_with_features(2, true);
	assert_int_equal(access_at(BASE), PAGE_USER_EXECUTE);
	load_with_features(1, false);
	assert_int_equal(access_at(BASE), PAGE_USER_EXECUTE);
	load_with_features(3, true);
	assert_int_equal(access_at(BASE), PAGE_USER_EXECUTE_GUARDED);
	assert_int_equal(access_at(BASE + 0x1000), PAGE_USER_EXECUTE_GUARDED);
	assert_int_equal(access_at(BASE + 0x2000), PAGE_USER_READ);
	assert_int_equal(access_at(BASE + 0x3000), PAGE_USER_READ_WRITE);
	assert_int_equal(access_at(FIXTURE_STACK), PAGE_USER_READ_WRITE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_fixed_program_lies_where_it_says, setup, teardown),
		cmocka_unit_test_setup_teardown(a_position_independent_program_lies_at_its_bias, setup, teardown),
		cmocka_unit_test_setup_teardown(the_entry_is_the_files, setup, teardown),
		cmocka_unit_test_setup_teardown(every_byte_lies_where_it_belongs, setup, teardown),
		cmocka_unit_test_setup_teardown(all_segments_are_mapped_and_no_more, setup, teardown),
		cmocka_unit_test_setup_teardown(code_is_ready_to_run, setup, teardown),
		cmocka_unit_test_setup_teardown(code_with_landing_pads_is_guarded_where_the_cpu_can, setup, teardown),
		cmocka_unit_test_setup_teardown(the_stack_is_zeros_below_its_top_page, setup, teardown),
		cmocka_unit_test_setup_teardown(a_bad_file_maps_nothing, setup, teardown),
		cmocka_unit_test_setup_teardown(a_file_that_turns_bad, setup, teardown),
		cmocka_unit_test_setup_teardown(biases_differ, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
