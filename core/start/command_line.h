/*
 * The kernel command line: words separated by spaces, `key` or `key=value`.
 * Unknown words are ignored; there is no word that turns a protection off.
 *
 *   verbose    more boot lines: CPU features, memory, mitigations
 *   init=NAME  the first program, one of the archive; else the archive's first one
 *   nonce=N    verdict lines end in " #N" (decimal, 64 bits), so that no program can forge them
 */
#ifndef CORE_START_COMMAND_LINE_H
#define CORE_START_COMMAND_LINE_H

#include <stdbool.h>
#include <stdint.h>

#include "abi/limits.h"
#include "core/log/log.h"
#include "lib/compiler.h"

/* Reads the NUL-terminated `text` into the log's settings, and the first program's name, NUL-terminated, into `init`:
 * "" if there is none. A malformed value is as if the word were not there, and so is a name that is empty or finds no
 * room. Of words said twice the last one counts. */
void command_line_apply(const char *text, struct log *log, char init[PANTHER_PATH_MAX]);

/* The number of the word `key=N` (decimal, 64 bits), of the last one if there are several. False, and nothing handed
 * out, if there is none that is well formed. */
K_MUST_USE bool command_line_number(const char *text, const char *key, uint64_t *number);

#endif
