/*
 * A second reader of boot archives, written from cpio(5) and core/start/archive.h: as simple as can be, for the archive
 * fuzzer to compare with.
 */
#ifndef TESTS_FUZZ_ARCHIVE_SECOND_H
#define TESTS_FUZZ_ARCHIVE_SECOND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SECOND_PROGRAMS_MAX 64

struct second_program {
	size_t name; /* offsets in the archive */
	size_t file;
	size_t size;
};

struct second_archive {
	size_t count;
	struct second_program programs[SECOND_PROGRAMS_MAX];
};

/* Is it an acceptable archive? Then `archive` is filled in. */
bool second_read(struct second_archive *archive, const uint8_t *bytes, size_t size);

#endif
