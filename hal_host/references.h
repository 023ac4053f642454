/*
 * Which descriptor leads to a frame: so that not all tables of all spaces have to be searched for each frame that is
 * cleared and each descriptor that changes. A shortcut, nothing more: where it does not know, it says so.
 */
#ifndef HAL_HOST_REFERENCES_H
#define HAL_HOST_REFERENCES_H

#include <stdbool.h>
#include <stdint.h>

/* For `frames` frames from TWIN_RAM_BASE on. */
void references_reset(uint64_t frames);

/* The number of blocks, which is all that undo.h does not bring back. */
void references_snapshot(void);
void references_restore(void);

/* The descriptor at physical address `where` changes. */
void references_change(uint64_t where, uint64_t before, uint64_t after);

/* The frame, the one table that leads to it, the one that leads to that, and so on: among these is the root of any
 * space that reaches the frame. */
#define REFERENCES_PATH_MAX 4

struct references_path {
	bool is_known; /* false: several tables lead to one of these, too long a way does, or there is a block that may
			*/
	unsigned count;
	uint64_t frames[REFERENCES_PATH_MAX];
	uint64_t descriptors[REFERENCES_PATH_MAX]; /* where the descriptor is that leads to each; 0: there is none */
};

struct references_path references_to(uint64_t frame);

/* May the tables of this root lead to the frame? */
bool references_may_come_from(const struct references_path *path, uint64_t root);

/* Where the frame is a table below this root, if the path is known: its level, and the first address that it serves, as
 * an address of the lower half. False if it is none. */
bool references_find_table(const struct references_path *path, uint64_t root, unsigned *level, uint64_t *address);

#endif
