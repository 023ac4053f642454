/*
 * Programs that the shell has started.
 */
#ifndef USER_SH_JOBS_H
#define USER_SH_JOBS_H

#include <stdint.h>

#include "user/sh/words.h"

/* Starts a program, the command's first word, and waits for it unless it is for the background. Says what went wrong,
 * and how the program ended if not by exit(0). */
void jobs_run(const struct command *command);

/* Says which background programs have ended, and how. */
void jobs_report(void);

/* Ends one of them, and says so when it is gone. Returns a negated error if there is no such program. */
int64_t jobs_kill(uint64_t pid);

/* Lists those that run. */
void jobs_list(void);

/* Ends all of them. */
void jobs_kill_all(void);

#endif
