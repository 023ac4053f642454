/*
 * The first program of a differential boot. It starts one script after the other, lets everything come to rest, ends
 * and buries whatever is left, says how each of its children ended, and by how much the free frames and the heap's used
 * bytes have changed since the first script began: "left FRAMES BYTES".
 */
#ifndef TESTS_DIFFERENTIAL_DIRECTOR_H
#define TESTS_DIFFERENTIAL_DIRECTOR_H

#include <stdint.h>

#include "abi/process.h"
#include "tests/differential/play.h"

/*
 * Time that a script has, in nanoseconds: script N begins at (N + 1) * DIRECTOR_TURN since boot. All that it computes
 * takes a few milliseconds on QEMU and nothing in the twin; so that every other time is long past or far off on both.
 * Half way all that can move has come to rest.
 */
#define DIRECTOR_TURN 1000000000000

/* What a process that a script starts with may use: pages, and children of its own. */
#define DIRECTOR_FRAMES_MAX 256
#define DIRECTOR_CHILDREN_MAX 6

/* What is to be done, in the first page of the director's scripts (make_archive in archives.py). */
struct director_plan {
	uint64_t count; /* of scripts */
	uint64_t types; /* not 0: somebody types without end, and the kernel's buffer is to be full when a script begins
			 */
};

struct director_request {
	struct panther_spawn_request request;
	uint64_t strings[3]; /* "play07", "play07", the script's place in two digits, "0" */
};
#define DIRECTOR_STRINGS_SIZE 19

struct director {
	struct play play;
	struct play_line line;
	uint64_t phase;
	uint64_t script; /* which one it is */
	uint64_t index;	 /* of the next process to look at */
	uint64_t found;	 /* processes since the first one was looked at, the director not counted */
	uint64_t lost;	 /* input, when the script before began */
	struct director_request request;
	struct panther_process_info process;
	struct panther_memory_info memory;
	struct panther_memory_info first; /* what it was before the first script */
	struct panther_exit exit;
};

/* Says what is to be done next. The state is all zeros at first, and lies at PLAYER_STATE. */
void director_next(struct director *director, const struct director_plan *plan);

#endif
