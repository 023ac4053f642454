/*
 * A program that plays one process's steps of a script (tests/script/script.h), and writes a line for each:
 *
 *   PROCESS STEP RESULT [MEMORY] [lost REGISTER VALUE]
 *
 * all in hexadecimal; STEP is the place in the script. For "lost" see play.h: no line of a right kernel has it.
 *
 * MEMORY is there after a call that may have written memory, also if it failed, where the page is known to be there:
 * the FNV-1a, word by word, of PLAYER_WINDOW bytes around the place.
 *
 * Then it lets others run. A step that is the process's last one, or that it is stopped at, has no line. If something
 * is lost behind the last line, that one comes again.
 */
#ifndef TESTS_DIFFERENTIAL_PLAYER_H
#define TESTS_DIFFERENTIAL_PLAYER_H

#include <stdint.h>

#include "abi/process.h"
#include "tests/differential/play.h"
#include "tests/script/script.h"

/* What a player is given: the name of its file, "play00" and so on; the number of the script in the file, in two
 * digits; and which of the script's processes it is, in one. One that is given less, or nothing, exits. */
#define PLAYER_ARGUMENTS 3
#define PLAYER_NAME_DIGITS 4 /* where the two digits of the file stand in the name */
#define PLAYER_FILE_MASK 0xffff00000000UL

/* Bytes; a quarter of them lies before the place that a call was given, if that is in the same page. No call writes
 * more than the rest of them. */
#define PLAYER_WINDOW 512

#define PLAYER_MEMORY_WORDS (sizeof(struct panther_memory_info) / sizeof(uint64_t))

struct player_arguments {
	uint64_t count;			      /* argc; if it is less than PLAYER_ARGUMENTS nothing else counts */
	uint64_t stack;			      /* sp at the start */
	uint8_t file[PLAYER_NAME_DIGITS + 2]; /* the beginnings of the arguments; zeros behind their ends */
	uint8_t script[2];
	uint8_t process[1];
};

/* Pages that the process has mapped or unmapped, in bytes. */
struct player_change {
	uint64_t address;
	uint64_t size;
	uint64_t is_mapped;
};
#define PLAYER_CHANGES 16

struct player {
	struct play play;
	struct play_line line;
	struct script_player script;
	uint64_t phase;
	uint64_t file;	    /* the digits of its name, where they stand in its first word */
	uint64_t step;	    /* place of the step that is being played */
	uint64_t shown;	    /* its result, as the line has it */
	uint64_t is_ending; /* its last line has come again */
	uint64_t hidden;    /* words of a record that are still to be zeroed, as bits */
	uint64_t relative;  /* those that are still to be made differences to `memory` */
	uint64_t word;	    /* the next one of the record */
	uint64_t record;    /* where that is */
	uint64_t stored;    /* words of a request that are */
	uint64_t window;    /* where the memory that a call may have written is looked at; 0: not at all */
	uint64_t changes;   /* how many there were; the last ones are known */
	struct player_change changed[PLAYER_CHANGES];
	uint64_t memory[PLAYER_MEMORY_WORDS]; /* a struct panther_memory_info, from when the process began */
};

/* The state of a program that is at its entry; `player` is all zeros. */
void player_begin(struct player *player, const struct player_arguments *arguments);

/* Says what is to be done next. The state lies at PLAYER_STATE. */
void player_next(struct player *player, const struct script *script);

#endif
