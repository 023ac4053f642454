/*
 * The kernel command line: words separated by spaces, `key` or `key=value`.
 * Unknown words are ignored; there is no word that turns a protection off.
 *
 *   verbose    more boot lines: CPU features, memory, mitigations
 *   nonce=N    verdict lines end in " #N" (decimal, 64 bits), so that no program can forge them
 */
#ifndef CORE_START_COMMAND_LINE_H
#define CORE_START_COMMAND_LINE_H

#include "core/log/log.h"

/* Reads the NUL-terminated `text` into the log's settings. A malformed value is as if the word were not there. */
void command_line_apply(const char *text, struct log *log);

#endif
