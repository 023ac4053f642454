/*
 * core/start/archive.h: which entries of a sound archive are programs, under which names, and how many there may be.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/start/archive.h"
#include "tests/support/archive_builder.h"
#include "tests/unit/cmocka_test.h"

static struct archive archive;
static struct archive_builder builder;
static uint8_t *bytes;
static const char *reason;

static int teardown(void **state)
{
	(void)state;
	free(bytes);
	bytes = NULL;
	return 0;
}

static void add(const char *name, uint32_t mode)
{
	(void)archive_builder_add(&builder, name, mode, name, strlen(name));
}

/* Reads what has been added. */
static bool read_all(void)
{
	size_t size;

	free(bytes);
	bytes = archive_builder_end(&builder, &size);
	reason = NULL;
	return archive_read(&archive, bytes, size, &reason);
}

static void an_archive_without_programs(void **state)
{
	(void)state;
	assert_true(read_all());
	assert_int_equal(archive.count, 0);
	assert_null(archive_find(&archive, ""));
	assert_null(archive_find(&archive, "sh"));
}

/* Names and files of every length modulo the padding, side by side. */
static void programs_come_in_the_archives_order(void **state)
{
	static const uint8_t file[] = "0123456789";
	char names[64][16];

	(void)state;
	for (size_t i = 0; i < 64; i++) {
		(void)snprintf(names[i], sizeof(names[i]), "%02zu%.*s", i, (int)(i / 8), "abcdefgh");
		(void)archive_builder_add(&builder, names[i], ARCHIVE_REGULAR, file + i / 32, i % 8);
	}
	assert_true(read_all());
	assert_int_equal(archive.count, 64);
	for (size_t i = 0; i < 64; i++) {
		assert_string_equal(archive.programs[i].name, names[i]);
		assert_int_equal(archive.programs[i].size, i % 8);
		assert_memory_equal(archive.programs[i].file, file + i / 32, i % 8);
	}
}

/* Only the kind of file counts, not the permissions. */
static void only_regular_files_are_programs(void **state)
{
	(void)state;
	for (uint32_t kind = 0; kind < 16; kind++) {
		add("name", kind << 12 | 0755);
		assert_true(read_all());
		assert_int_equal(archive.count, kind == 8 ? 1 : 0);
	}
	add("plain", 0100000);
	add("all", 0107777);
	add("high bits", 0xffff0000 | 0100644);
	assert_true(read_all());
	assert_int_equal(archive.count, 3);
}

static void names(void **state)
{
	static const struct {
		const char *in_archive;
		const char *of_program; /* NULL: none */
	} cases[] = {
		{"sh", "sh"},
		{"./sh", "sh"},
		{"bin/sh", "bin/sh"},
		{"././sh", "./sh"},
		{".", "."},
		{".sh", ".sh"},
		{"./", NULL},
		{"/", NULL},
		{"/sh", NULL},
		{".//sh", NULL},
		{"..", NULL},
		{"../sh", NULL},
		{"./..", NULL},
		{"./../sh", NULL},
		{"bin/..", NULL},
		{"bin/../sh", NULL},
		{"bin//..", NULL},
		{"...", "..."},
		{"..sh", "..sh"},
		{"sh..", "sh.."},
		{"bin/...", "bin/..."},
		{"bin/..sh", "bin/..sh"},
		{"bin../sh", "bin../sh"},
		{"bin/.", "bin/."},
		{"TRAILER!!", "TRAILER!!"},
		{"TRAILER!!!!", "TRAILER!!!!"},
		{"./TRAILER!!!", "TRAILER!!!"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		add(cases[i].in_archive, ARCHIVE_REGULAR);
		assert_true(read_all());
		assert_int_equal(archive.count, cases[i].of_program == NULL ? 0 : 1);
		if (cases[i].of_program != NULL) {
			assert_string_equal(archive.programs[0].name, cases[i].of_program);
			assert_memory_equal(archive.programs[0].file, cases[i].in_archive, strlen(cases[i].in_archive));
		}
	}
}

/* A name of 63 bytes is a program's, one of 64 is not; a "./" before it does not count. */
static void names_have_a_longest_length(void **state)
{
	char name[200];

	(void)state;
	for (size_t length = 1; length < sizeof(name) - 2; length++) {
		memset(name, 'n', sizeof(name));
		name[length] = '\0';
		add(name, ARCHIVE_REGULAR);
		assert_true(read_all());
		assert_int_equal(archive.count, length < PANTHER_PATH_MAX ? 1 : 0);
		name[length] = 'n';
		name[length + 2] = '\0';
		memcpy(name, "./", 2);
		add(name, ARCHIVE_REGULAR);
		assert_true(read_all());
		assert_int_equal(archive.count, length < PANTHER_PATH_MAX ? 1 : 0);
	}
}

/* Some writers of archives align files by more NULs behind the name. */
static void a_name_ends_with_its_first_nul(void **state)
{
	size_t size;

	(void)state;
	add("long-name", ARCHIVE_REGULAR);
	bytes = archive_builder_end(&builder, &size);
	memset(bytes + ARCHIVE_HEADER_SIZE + 4, '\0', 5);
	assert_true(archive_read(&archive, bytes, size, &reason));
	assert_int_equal(archive.count, 1);
	assert_string_equal(archive.programs[0].name, "long");
	assert_memory_equal(archive.programs[0].file, "long-name", 9);
}

static void the_first_of_a_name_counts(void **state)
{
	(void)state;
	(void)archive_builder_add(&builder, "a", ARCHIVE_REGULAR, "first", 5);
	(void)archive_builder_add(&builder, "b", ARCHIVE_REGULAR, "other", 5);
	(void)archive_builder_add(&builder, "./a", ARCHIVE_REGULAR, "second", 6);
	(void)archive_builder_add(&builder, "b", ARCHIVE_REGULAR, "third", 5);
	assert_true(read_all());
	assert_int_equal(archive.count, 2);
	assert_memory_equal(archive_find(&archive, "a")->file, "first", 5);
	assert_memory_equal(archive_find(&archive, "b")->file, "other", 5);
}

/* A directory of the same name is not a program of that name. */
static void a_name_is_taken_by_programs_only(void **state)
{
	(void)state;
	add("a", ARCHIVE_DIRECTORY);
	add("a", ARCHIVE_REGULAR);
	assert_true(read_all());
	assert_int_equal(archive.count, 1);
}

static void programs_are_found_by_their_whole_name(void **state)
{
	(void)state;
	add("sh", ARCHIVE_REGULAR);
	add("shell", ARCHIVE_REGULAR);
	add("bin/ls", ARCHIVE_REGULAR);
	assert_true(read_all());
	assert_ptr_equal(archive_find(&archive, "sh"), &archive.programs[0]);
	assert_ptr_equal(archive_find(&archive, "shell"), &archive.programs[1]);
	assert_ptr_equal(archive_find(&archive, "bin/ls"), &archive.programs[2]);
	assert_null(archive_find(&archive, "s"));
	assert_null(archive_find(&archive, "she"));
	assert_null(archive_find(&archive, "shells"));
	assert_null(archive_find(&archive, "ls"));
	assert_null(archive_find(&archive, "SH"));
	assert_null(archive_find(&archive, "./sh"));
	assert_null(archive_find(&archive, ""));
}

static void add_programs(unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		char name[16];

		(void)snprintf(name, sizeof(name), "program-%u", i);
		add(name, ARCHIVE_REGULAR);
	}
}

static void programs_have_a_largest_number(void **state)
{
	(void)state;
	add_programs(ARCHIVE_PROGRAMS_MAX);
	assert_true(read_all());
	assert_int_equal(archive.count, ARCHIVE_PROGRAMS_MAX);
	assert_ptr_equal(archive_find(&archive, "program-63"), &archive.programs[63]);
	add_programs(ARCHIVE_PROGRAMS_MAX + 1);
	assert_false(read_all());
	assert_string_equal(reason, "too many programs");
	/* What is left out needs no room. */
	add_programs(ARCHIVE_PROGRAMS_MAX);
	add("program-0", ARCHIVE_REGULAR);
	add("directory", ARCHIVE_DIRECTORY);
	add("../program", ARCHIVE_REGULAR);
	assert_true(read_all());
	assert_int_equal(archive.count, ARCHIVE_PROGRAMS_MAX);
}

static void add_directories(size_t count)
{
	for (size_t i = 0; i < count; i++) {
		add("directory", ARCHIVE_DIRECTORY);
	}
}

static void entries_have_a_largest_number(void **state)
{
	(void)state;
	add_directories(ARCHIVE_ENTRIES_MAX - 1);
	add("last", ARCHIVE_REGULAR);
	assert_true(read_all());
	assert_int_equal(archive.count, 1);
	add_directories(ARCHIVE_ENTRIES_MAX);
	add("too late", ARCHIVE_REGULAR);
	assert_false(read_all());
	assert_string_equal(reason, "too many entries");
	assert_int_equal(archive.count, 0);
}

static uint8_t *read_whole(const char *path, size_t *size)
{
	FILE *file = fopen(path, "rb");
	uint8_t *content = malloc(1 << 20);

	assert_non_null(file);
	*size = fread(content, 1, 1 << 20, file);
	(void)fclose(file);
	return content;
}

/* An archive that the tool made, of this file and of one in a folder. */
static void an_archive_of_the_cpio_tool(void **state)
{
	static const char *const paths[] = {"archive_programs_test.c", "model/pl011_model.c"};
	size_t size;
	uint8_t *made = read_whole(PANTHER_CPIO_ARCHIVE, &size);

	(void)state;
	assert_true(archive_read(&archive, made, size, &reason));
	assert_int_equal(archive.count, 2);
	for (size_t i = 0; i < 2; i++) {
		char path[4096];
		size_t file_size;
		uint8_t *file;

		assert_string_equal(archive.programs[i].name, paths[i]);
		(void)snprintf(path, sizeof(path), "%s/%s", PANTHER_CPIO_SOURCES, paths[i]);
		file = read_whole(path, &file_size);
		assert_int_equal(archive.programs[i].size, file_size);
		assert_memory_equal(archive.programs[i].file, file, file_size);
		free(file);
	}
	free(made);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(an_archive_without_programs, teardown),
		cmocka_unit_test_teardown(programs_come_in_the_archives_order, teardown),
		cmocka_unit_test_teardown(only_regular_files_are_programs, teardown),
		cmocka_unit_test_teardown(names, teardown),
		cmocka_unit_test_teardown(names_have_a_longest_length, teardown),
		cmocka_unit_test_teardown(a_name_ends_with_its_first_nul, teardown),
		cmocka_unit_test_teardown(the_first_of_a_name_counts, teardown),
		cmocka_unit_test_teardown(a_name_is_taken_by_programs_only, teardown),
		cmocka_unit_test_teardown(programs_are_found_by_their_whole_name, teardown),
		cmocka_unit_test_teardown(programs_have_a_largest_number, teardown),
		cmocka_unit_test_teardown(entries_have_a_largest_number, teardown),
		cmocka_unit_test(an_archive_of_the_cpio_tool),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
