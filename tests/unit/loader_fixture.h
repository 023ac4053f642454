/*
 * A program's file, an address space on a fresh twin, and the one loaded into the other. There is little RAM, so that
 * tests may exhaust it.
 */
#ifndef TESTS_UNIT_LOADER_FIXTURE_H
#define TESTS_UNIT_LOADER_FIXTURE_H

#include <stdlib.h>
#include <string.h>

#include "abi/limits.h"
#include "core/memory/kernel_map.h"
#include "core/process/elf.h"
#include "core/process/loader.h"
#include "hal/memory.h"
#include "hal_host/twin.h"
#include "tests/support/elf_builder.h"
#include "tests/unit/cmocka_test.h"

#define PAGE 4096UL
/* One block of RAM: 512 frames, of which one holds the allocator's table. */
#define FIXTURE_RAM 0x41000000UL
#define FIXTURE_FRAMES 511
#define BASE 0x400000UL
/* All of it on one table, unlike some random places. */
#define FIXTURE_STACK 0x6012340000UL
#define STACK_PAGES 8
/* What the top page of the stack is full of before the program is loaded. */
#define ARGUMENTS 0x5a
#define UNTOUCHED 0x5555

static struct kernel_map fixture_map;
static struct frames frames;
static struct random generator;
static struct address_space space;
static struct loader loader;
static bool is_done;
static uint64_t entry;

/* What is loaded: its headers, and its file, which is full of numbers behind them. */
static const struct elf_program *programs;
static size_t program_count;
static uint8_t *file;
static size_t file_size;

/* Code, constants, data with zeros behind it. */
static const struct elf_program fixed[] = {
	{ELF_LOAD, ELF_RX, BASE, 0x1000, 0x1000},
	{ELF_LOAD, ELF_R, BASE + 0x1000, 0x123, 0x123},
	{ELF_LOAD, ELF_RW, BASE + 0x2040, 0x10, 0x1800},
};
/* The same from address 0 on, as linkers lay it out. */
static const struct elf_program independent[] = {
	{ELF_LOAD, ELF_R, 0, 0x123, 0x123},
	{ELF_LOAD, ELF_RX, 0x1124, 0x800, 0x800},
	{ELF_LOAD, ELF_RW, 0x2924, 0x100, 0x1800},
	{ELF_DYNAMIC, ELF_RW, 0x2924, 0x80, 0x80},
};

static inline void use(const struct elf_program *new_programs, size_t count, uint64_t type)
{
	free(file);
	programs = new_programs;
	program_count = count;
	file = elf_build(programs, count, &file_size);
	elf_poke(file, ELF_TYPE, 2, type);
	for (size_t i = elf_header_of(count); i < file_size; i++) {
		file[i] = (uint8_t)(i % 255 + 1);
	}
}

#define use_fixed(list) use(list, sizeof(list) / sizeof((list)[0]), ELF_EXEC)
#define use_independent(list) use(list, sizeof(list) / sizeof((list)[0]), ELF_DYN)

/* A space for `frames_max` frames with the top page of a stack: root, two tables and that page are used. */
static inline void make_space(uint32_t frames_max)
{
	const struct region_set ram = {.count = 1, .ranges = {{FIXTURE_RAM, 0x200000}}};
	phys_addr top;

	twin_reset(NULL);
	kernel_map_init(&fixture_map, twin_boot_info(), (phys_addr){TWIN_RAM_BASE});
	frames_init(&frames, &ram, &fixture_map);
	assert_int_equal(frames.total_count, FIXTURE_FRAMES);
	assert_int_equal(address_space_create(&space, &frames, frames_max, &generator), K_OK);
	space.stack_bottom = FIXTURE_STACK;
	assert_int_equal(address_space_map(&space, (user_addr){address_space_stack_top(&space) - PAGE},
					   PAGE_USER_READ_WRITE, &top),
			 K_OK);
	memset(hal_phys_to_ptr(top, PAGE), ARGUMENTS, PAGE);
	memset(&loader, 0xa7, sizeof(loader));
	is_done = false;
	entry = UNTOUCHED;
}

static inline int setup(void **state)
{
	(void)state;
	make_space(FIXTURE_FRAMES);
	use_fixed(fixed);
	return 0;
}

static inline int teardown(void **state)
{
	(void)state;
	free(file);
	file = NULL;
	return 0;
}

static inline k_status start(void)
{
	return loader_start(&loader, &space, file, file_size, &generator);
}

static inline k_status step(void)
{
	return loader_step(&loader, &space, &is_done, &entry);
}

/* Loads all of it. Returns in how many steps. */
static inline unsigned load(void)
{
	unsigned steps = 0;

	assert_int_equal(start(), K_OK);
	while (!is_done) {
		assert_int_equal(entry, UNTOUCHED);
		assert_int_equal(step(), K_OK);
		steps++;
		assert_true(steps <= FIXTURE_FRAMES);
	}
	return steps;
}

static inline const uint8_t *page_of(uint64_t address, enum page_access expected)
{
	enum page_access access;
	phys_addr frame;

	assert_int_equal(address_space_find(&space, (user_addr){address}, &frame, &access), K_OK);
	assert_int_equal(access, expected);
	return hal_phys_to_ptr(frame, PAGE);
}

static inline bool is_mapped(uint64_t address)
{
	enum page_access access;
	phys_addr frame;

	return address_space_find(&space, (user_addr){address}, &frame, &access) == K_OK;
}

static inline enum page_access access_of(const struct elf_program *program)
{
	switch (program->flags) {
	case ELF_R:
		return PAGE_USER_READ;
	case ELF_RX:
		return PAGE_USER_EXECUTE;
	default:
		return PAGE_USER_READ_WRITE;
	}
}

/* Which byte of a page is which byte of the file; everything else of it is zero. */
static inline void assert_page(size_t index, uint64_t page)
{
	const struct elf_program *program = &programs[index];
	uint64_t offset = elf_peek(file, elf_header_of(index) + ELF_P_OFFSET, 8);
	uint8_t expected[PAGE] = {0};

	for (uint64_t i = 0; i < PAGE; i++) {
		if (page + i >= program->address && page + i - program->address < program->file_size) {
			expected[i] = file[offset + (page + i - program->address)];
		}
	}
	assert_memory_equal(page_of(loader.bias + page, access_of(program)), expected, PAGE);
}

/* Every page of every segment; nothing right below the first and right behind the last. */
static inline void assert_loaded(void)
{
	uint64_t end = programs[0].address / PAGE * PAGE;

	assert_false(is_mapped(loader.bias + end - PAGE));
	for (size_t i = 0; i < program_count; i++) {
		if (programs[i].type == ELF_LOAD) {
			end = programs[i].address + programs[i].memory_size;
			for (uint64_t page = programs[i].address / PAGE * PAGE; page < end; page += PAGE) {
				assert_page(i, page);
			}
		}
	}
	assert_false(is_mapped(loader.bias + end + PAGE - 1));
	assert_int_equal(entry, loader.bias + elf_peek(file, ELF_ENTRY, 8));
}

static inline void destroy_space(void)
{
	while (!address_space_clear(&space)) {
	}
	address_space_destroy(&space);
	frames_check(&frames);
}

#endif
