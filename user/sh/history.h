/*
 * The lines that were entered before, newest first.
 */
#ifndef USER_SH_HISTORY_H
#define USER_SH_HISTORY_H

#include <stddef.h>

/* Keeps a copy of the line, unless it is empty or the same as the last one. */
void history_add(const char *line);

/* The line that was entered `age` lines ago (1: the last one), or NULL. */
const char *history_line(size_t age);

#endif
