/*
 * An input is a boot archive, as a hostile boot loader hands it to the kernel.
 * Whatever is accepted must be safe to use: names and files that lie in the
 * archive, one after the other, each name once. And a second reader
 * (archive_second.c) accepts the same archives and finds the same in them.
 */
#include <stdint.h>
#include <string.h>

#include "core/start/archive.h"
#include "tests/fuzz/archive_second.h"
#include "tests/support/require.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Bytes in front of a name: its header. */
#define HEADER_SIZE 110

static void check_name(const char *name)
{
	size_t length = strlen(name);

	REQUIRE(length > 0 && length < PANTHER_PATH_MAX);
	REQUIRE(name[0] != '/');
	REQUIRE(strcmp(name, "..") != 0 && strncmp(name, "../", 3) != 0 && strstr(name, "/../") == NULL);
	REQUIRE(length < 3 || strcmp(name + length - 3, "/..") != 0);
}

/* Returns where its file ends. */
static const uint8_t *check_program(const struct archive_program *program, const uint8_t *lowest, const uint8_t *end)
{
	const uint8_t *name = (const uint8_t *)program->name;

	REQUIRE(name >= lowest + HEADER_SIZE && name < end);
	REQUIRE(memchr(name, '\0', (size_t)(end - name)) != NULL);
	check_name(program->name);
	REQUIRE(program->file > name + strlen(program->name) && program->file <= end);
	REQUIRE(program->size <= (size_t)(end - program->file));
	return program->file + program->size;
}

static void check_archive(const struct archive *archive, const uint8_t *data, size_t size)
{
	const uint8_t *lowest = data;

	REQUIRE(archive->count <= ARCHIVE_PROGRAMS_MAX);
	for (size_t i = 0; i < archive->count; i++) {
		lowest = check_program(&archive->programs[i], lowest, data + size);
		/* The first of that name is this one: so no name is there twice. */
		REQUIRE(archive_find(archive, archive->programs[i].name) == &archive->programs[i]);
	}
	/* The trailer follows. */
	REQUIRE((size_t)(data + size - lowest) > HEADER_SIZE);
}

static void compare(const struct archive *archive, const struct second_archive *second, const uint8_t *data)
{
	REQUIRE(archive->count == second->count);
	for (size_t i = 0; i < second->count; i++) {
		REQUIRE((const uint8_t *)archive->programs[i].name == data + second->programs[i].name);
		REQUIRE(archive->programs[i].name_length == strlen(archive->programs[i].name));
		REQUIRE(archive->programs[i].file == data + second->programs[i].file);
		REQUIRE(archive->programs[i].size == second->programs[i].size);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct second_archive second;
	bool is_sound = second_read(&second, data, size);
	struct archive archive;
	static const char none[] = "";
	const char *reason = none;

	memset(&archive, 0xa7, sizeof(archive));
	if (archive_read(&archive, data, size, &reason)) {
		REQUIRE(is_sound && reason == none);
		check_archive(&archive, data, size);
		compare(&archive, &second, data);
	} else {
		REQUIRE(!is_sound && reason[0] != '\0');
	}
	return 0;
}
