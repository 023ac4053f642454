/*
 * A program that plays one process's steps of a script (tests/script/script.h), and writes a line for each:
 *
 *   PROCESS STEP RESULT [MEMORY]      all in hexadecimal; STEP is the place in the script
 *
 * MEMORY is there after a call that may have written memory, also if it failed, where the page is known to be there:
 * the FNV-1a of PLAYER_WINDOW bytes around the place.
 *
 * Then it lets others run. A step that is the process's last one, or that it is stopped at, has no line.
 */
#ifndef TESTS_DIFFERENTIAL_PLAYER_H
#define TESTS_DIFFERENTIAL_PLAYER_H

#include <stdint.h>

#include "tests/differential/play.h"
#include "tests/script/script.h"

/* What a player is given: the name of its file, "play00" and so on; the number of the script in the file, in two
 * digits; and which of the script's processes it is, in one. One that is given less, or nothing, exits. */
#define PLAYER_ARGUMENTS 3
#define PLAYER_NAME_DIGITS 4 /* where the two digits of the file stand in the name */
#define PLAYER_FILE_MASK 0xffff00000000UL

/* Bytes; a quarter of them lies before the place that a call was given, if that is in the same page. */
#define PLAYER_WINDOW 128

struct player_arguments {
	uint64_t count;			      /* argc; if it is less than PLAYER_ARGUMENTS nothing else counts */
	uint64_t stack;			      /* sp at the start */
	uint8_t file[PLAYER_NAME_DIGITS + 2]; /* the beginnings of the arguments; zeros behind their ends */
	uint8_t script[2];
	uint8_t process[1];
};

struct player {
	struct play play;
	struct play_line line;
	struct script_player script;
	uint64_t phase;
	uint64_t file;	 /* the digits of its name, where they stand in its first word */
	uint64_t step;	 /* place of the step that is being played */
	uint64_t shown;	 /* its result, as the line has it */
	uint64_t hidden; /* words of a record that are still to be zeroed, as bits */
	uint64_t record; /* address of the one after those that are done */
	uint64_t stored; /* words of a request that are */
	uint64_t window; /* where the memory that a call may have written is looked at; 0: not at all */
	uint64_t mapped; /* what the last successful map gave, in bytes, until something is unmapped */
	uint64_t mapped_size;
	uint64_t unmapped; /* not 0: has the process unmapped anything? */
};

/* The state of a program that is at its entry; `player` is all zeros. */
void player_begin(struct player *player, const struct player_arguments *arguments);

/* Says what is to be done next. The state lies at PLAYER_STATE. */
void player_next(struct player *player, const struct script *script);

#endif
