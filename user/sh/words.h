/*
 * A line as a command: words that spaces separate, and whether the shell should
 * wait for it.
 */
#ifndef USER_SH_WORDS_H
#define USER_SH_WORDS_H

#include <stdbool.h>
#include <stddef.h>

#include "abi/limits.h"

struct command {
	size_t count;
	const char *words[PANTHER_ARGUMENTS_MAX + 1]; /* the last one is followed by NULL, as in an argv */
	bool is_background;			      /* the line ended in & */
};

/* Cuts the line up, in place: the words stay in it. Returns false if there are too many. */
bool words_split(char *line, struct command *command);

/* The command without its first word. */
struct command words_rest(const struct command *command);

#endif
