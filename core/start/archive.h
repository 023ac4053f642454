/*
 * The boot archive: programs in one file, in cpio's "new ASCII" format (newc,
 * magic 070701; cpio(5)). Hostile input when the boot loader brought it. Read
 * once at boot into an index; the archive's bytes stay where they are.
 */
#ifndef CORE_START_ARCHIVE_H
#define CORE_START_ARCHIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abi/limits.h"
#include "lib/compiler.h"

/* Most programs in an archive. */
#define ARCHIVE_PROGRAMS_MAX 64
/* Most entries of any kind that are looked at: so that a boot is bounded work. */
#define ARCHIVE_ENTRIES_MAX 1024

struct archive_program {
	const char *name; /* in the archive; NUL-terminated, shorter than PANTHER_PATH_MAX, never empty */
	size_t name_length;
	const uint8_t *file;
	size_t size;
};

struct archive {
	size_t count;
	struct archive_program programs[ARCHIVE_PROGRAMS_MAX]; /* in the archive's order */
};

/*
 * Reads the archive of `size` bytes and fills the index; the bytes must outlive it. Returns false and says why (a
 * static string) if it is malformed: a header that is cut off, has another magic or a digit that is none; a name
 * without its NUL, empty, or longer than the archive; a file longer than the archive; no trailer; more than
 * ARCHIVE_ENTRIES_MAX entries or ARCHIVE_PROGRAMS_MAX programs.
 *
 * A program is a regular file. Left out, with all else sound: other kinds of file; a name that is too long for
 * PANTHER_PATH_MAX, starts with '/' or has ".." as a part; a name that was there before. A leading "./" is not part of
 * a name. What follows the trailer is not looked at.
 */
K_MUST_USE bool archive_read(struct archive *archive, const uint8_t *bytes, size_t size, const char **reason);

/* The program of that name (NUL-terminated), or NULL. */
const struct archive_program *archive_find(const struct archive *archive, const char *name);

#endif
