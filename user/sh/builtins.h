/*
 * The commands that the shell knows itself.
 */
#ifndef USER_SH_BUILTINS_H
#define USER_SH_BUILTINS_H

#include "user/sh/words.h"

/* Runs a command: one of the shell's own, or else a program. */
void builtins_run(const struct command *command);

#endif
