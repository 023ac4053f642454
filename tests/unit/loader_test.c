/*
 * core/process/loader.h: what lies where in an address space once a program is in it.
 */
#include "core/process/loader.h"

#include "abi/limits.h"
#include "core/process/elf.h"
#include "hal/memory.h"
#include "hal_host/ram.h"
#include "tests/unit/world.h"

#define PAGE 4096UL

static struct address_space space;
static uint64_t entry;

static int setup(void **state)
{
	(void)state;
	world_reset(NULL);
	assert_int_equal(address_space_create(&space, &kernel.frames, 5), K_OK);
	entry = 0x5555;
	return 0;
}

static k_status map_program(void)
{
	return loader_map_program(&space, world.program.bytes, sizeof(world.program.bytes), &entry);
}

/* Changes the header of a segment: where it lies in memory and in the file, and how long it is. */
static void move_segment(unsigned index, uint64_t address, uint64_t offset, uint64_t file_size, uint64_t memory_size)
{
	size_t header = 64 + 56 * index;

	program_put(&world.program, header + 8, offset, 8);
	program_put(&world.program, header + 16, address, 8);
	program_put(&world.program, header + 32, file_size, 8);
	program_put(&world.program, header + 40, memory_size, 8);
}

static const uint8_t *page_of(uint64_t address, enum page_access expected)
{
	enum page_access access;
	phys_addr frame;

	assert_int_equal(address_space_find(&space, (user_addr){address}, &frame, &access), K_OK);
	assert_int_equal(access, expected);
	return hal_phys_to_ptr(frame, PAGE);
}

static void assert_unmapped(uint64_t address)
{
	enum page_access access;
	phys_addr frame;

	assert_int_equal(address_space_find(&space, (user_addr){address}, &frame, &access), K_EFAULT);
}

static void each_segment_has_its_bytes_and_rights(void **state)
{
	(void)state;
	memset(world.program.bytes + PROGRAM_CODE_OFFSET, 'C', PAGE);
	memset(world.program.bytes + PROGRAM_CONSTANTS_OFFSET, 'R', PAGE);
	memset(world.program.bytes + PROGRAM_DATA_OFFSET, 'D', PAGE);
	assert_int_equal(map_program(), K_OK);
	assert_memory_equal(page_of(PROGRAM_CODE, PAGE_USER_EXECUTE), world.program.bytes + 0x1000, PAGE);
	assert_memory_equal(page_of(PROGRAM_CONSTANTS, PAGE_USER_READ), world.program.bytes + 0x2000, PAGE);
	assert_memory_equal(page_of(PROGRAM_DATA, PAGE_USER_READ_WRITE), world.program.bytes + 0x3000, PAGE);
	assert_unmapped(PROGRAM_CODE - PAGE);
	assert_unmapped(PROGRAM_DATA + PAGE);
	assert_int_equal(entry, PROGRAM_CODE);
}

static void the_entry_is_the_files(void **state)
{
	(void)state;
	program_put(&world.program, 24, PROGRAM_CODE + 0x124, 8);
	assert_int_equal(map_program(), K_OK);
	assert_int_equal(entry, PROGRAM_CODE + 0x124);
}

/* Which byte of memory is which byte of the file; everything else of the pages is zero. */
static void assert_content(uint64_t address, uint64_t offset, uint64_t file_size, uint64_t memory_size)
{
	uint64_t first = address - address % PAGE;
	uint64_t end = (address + memory_size + PAGE - 1) / PAGE * PAGE;

	for (uint64_t page = first; page < end; page += PAGE) {
		const uint8_t *bytes = page_of(page, PAGE_USER_READ_WRITE);

		for (uint64_t i = 0; i < PAGE; i++) {
			bool in_file = page + i >= address && page + i - address < file_size;
			uint8_t expected = in_file ? world.program.bytes[offset + (page + i - address)] : 0;

			assert_int_equal(bytes[i], expected);
		}
	}
	assert_unmapped(first - PAGE);
	assert_unmapped(end);
}

static void try_data(uint64_t address, uint64_t offset, uint64_t file_size, uint64_t memory_size)
{
	setup(NULL);
	for (size_t i = 0x2000; i < PROGRAM_SIZE; i++) {
		world.program.bytes[i] = (uint8_t)(i % 255 + 1);
	}
	move_segment(2, address, offset, file_size, memory_size);
	assert_int_equal(map_program(), K_OK);
	assert_content(address, offset, file_size, memory_size);
}

/* Segments that start or end within a page, over several pages, with and without bytes that are not in the file. */
static void every_byte_lies_where_it_belongs(void **state)
{
	(void)state;
	try_data(0x500000, 0x2000, 1, 1);
	try_data(0x500000, 0x2000, 0x1000, 0x1000);
	try_data(0x500000, 0x2000, 0x1001, 0x1001);
	try_data(0x500000, 0x2000, 0x2000, 0x2000);
	try_data(0x500123, 0x2123, 0x10, 0x10);
	try_data(0x500fff, 0x2fff, 1, 1);
	try_data(0x500fff, 0x2fff, 2, 2);
	try_data(0x500ff0, 0x2ff0, 0x1010, 0x1010);
	try_data(0x500123, 0x2123, 0x10, 0x3000);
	try_data(0x500123, 0x2123, 0xedd, 0xede);
	try_data(0x500000, 0x2000, 0, 1);
	try_data(0x500000, 0x2000, 0, 0x5000);
	try_data(0x500123, 0x2123, 0x1edd, 0x4000);
}

/* As many segments as there may be: those are mapped, and nothing behind the last one is taken for another. */
static void all_segments_are_mapped_and_no_more(void **state)
{
	(void)state;
	program_put(&world.program, 56, ELF_SEGMENTS_MAX, 2); /* e_phnum */
	for (unsigned i = 3; i < ELF_SEGMENTS_MAX; i++) {
		size_t header = 64 + 56 * i;

		program_put(&world.program, header, 1, 4);     /* PT_LOAD */
		program_put(&world.program, header + 4, 4, 4); /* PF_R */
		program_put(&world.program, header + 48, PAGE, 8);
		move_segment(i, 0x500000 + i * PAGE, PROGRAM_DATA_OFFSET, 0, PAGE);
	}
	assert_int_equal(map_program(), K_OK);
	for (unsigned i = 3; i < ELF_SEGMENTS_MAX; i++) {
		(void)page_of(0x500000 + i * PAGE, PAGE_USER_READ);
	}
	assert_unmapped(0x500000 + ELF_SEGMENTS_MAX * PAGE);
}

/* Every instruction, to the last one, can be fetched: it was made visible after it was written. */
static void code_is_ready_to_run(void **state)
{
	enum page_access access;
	phys_addr frame;

	(void)state;
	memset(world.program.bytes + PROGRAM_CODE_OFFSET, 'C', PAGE);
	assert_int_equal(map_program(), K_OK);
	assert_int_equal(address_space_find(&space, (user_addr){PROGRAM_CODE}, &frame, &access), K_OK);
	for (uint64_t offset = 0; offset < PAGE; offset += 4) {
		uint32_t word = 0;

		assert_true(ram_code_word(frame.value + offset, &word));
		assert_int_equal(word, 0x43434343);
	}
}

static void a_bad_file_maps_nothing(void **state)
{
	(void)state;
	/* The last of the segments is both writable and executable. */
	program_put(&world.program, 64 + 56 * 2 + 4, 7, 4);
	assert_int_equal(map_program(), K_ENOEXEC);
	assert_int_equal(entry, 0x5555);
	assert_unmapped(PROGRAM_CODE);
	assert_unmapped(PROGRAM_CONSTANTS);
	assert_unmapped(PROGRAM_DATA);
	assert_int_equal(kernel.frames.free_count, WORLD_FRAMES - 1);
}

static void an_empty_file_is_no_program(void **state)
{
	(void)state;
	assert_int_equal(loader_map_program(&space, world.program.bytes, 0, &entry), K_ENOEXEC);
	assert_int_equal(entry, 0x5555);
}

/* Without memory nothing is handed out, and what was mapped goes with the space. */
static void without_frames_the_program_does_not_fit(void **state)
{
	(void)state;
	/* One page more than there are frames. */
	move_segment(2, 0x500000, 0x3000, 0x1000, WORLD_FRAMES * PAGE);
	assert_int_equal(map_program(), K_ENOMEM);
	assert_int_equal(entry, 0x5555);
	address_space_destroy(&space);
	frames_check(&kernel.frames);
	assert_int_equal(kernel.frames.free_count, WORLD_FRAMES);
}

static void the_stack_is_zeros_below_the_top(void **state)
{
	static const uint8_t zeros[PAGE];
	uint64_t bottom = 0x7fffff0000;

	(void)state;
	assert_int_equal(loader_map_stack(&space), K_OK);
	for (uint64_t page = bottom; page < 0x8000000000; page += PAGE) {
		assert_memory_equal(page_of(page, PAGE_USER_READ_WRITE), zeros, PAGE);
	}
	assert_unmapped(bottom - 1);
	assert_unmapped(bottom - PANTHER_USER_STACK_GUARD);
	/* Sixteen pages, their two tables, the root. */
	assert_int_equal(kernel.frames.free_count, WORLD_FRAMES - 19);
}

static void a_stack_without_frames(void **state)
{
	phys_addr frame;

	(void)state;
	while (kernel.frames.free_count > 10) {
		assert_int_equal(frames_allocate(&kernel.frames, &frame), K_OK);
	}
	assert_int_equal(loader_map_stack(&space), K_ENOMEM);
	address_space_destroy(&space);
	assert_int_equal(kernel.frames.free_count, 11);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(each_segment_has_its_bytes_and_rights, setup),
		cmocka_unit_test_setup(the_entry_is_the_files, setup),
		cmocka_unit_test_setup(every_byte_lies_where_it_belongs, setup),
		cmocka_unit_test_setup(all_segments_are_mapped_and_no_more, setup),
		cmocka_unit_test_setup(code_is_ready_to_run, setup),
		cmocka_unit_test_setup(a_bad_file_maps_nothing, setup),
		cmocka_unit_test_setup(an_empty_file_is_no_program, setup),
		cmocka_unit_test_setup(without_frames_the_program_does_not_fit, setup),
		cmocka_unit_test_setup(the_stack_is_zeros_below_the_top, setup),
		cmocka_unit_test_setup(a_stack_without_frames, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
