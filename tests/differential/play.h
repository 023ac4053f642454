/*
 * What the programs of the differential tests have in common. Each is a function that says, instruction by instruction,
 * what is to be done next: director.c and player.c. At EL0 a loop of assembly (player.S) does it; in the twin a driver
 * makes steps of it (twin_driver.c). All that a program remembers is in one page of its own memory, on both.
 */
#ifndef TESTS_DIFFERENTIAL_PLAY_H
#define TESTS_DIFFERENTIAL_PLAY_H

#include <stddef.h>
#include <stdint.h>

#include "tests/differential/layout.h"
#include "tests/script/script.h"

#define PLAY_LINE_MAX 64

/* The next instruction. */
struct play {
	uint64_t result;      /* what the last one left in x0 */
	uint64_t script;      /* address of the program's script; looked at after each instruction */
	uint64_t point;	      /* address of the instruction */
	uint64_t number;      /* x8 */
	uint64_t operands[6]; /* x0 to x5 */
};

_Static_assert(offsetof(struct play, script) == PLAYER_SCRIPT_OFFSET, "player.S");
_Static_assert(offsetof(struct play, point) == PLAYER_POINT_OFFSET, "player.S");
_Static_assert(offsetof(struct play, number) == PLAYER_NUMBER_OFFSET, "player.S");
_Static_assert(offsetof(struct play, operands) == PLAYER_OPERANDS_OFFSET, "player.S");

/* A line under construction. */
struct play_line {
	uint64_t size;
	char text[PLAY_LINE_MAX];
};

/* Texts are given as bytes of a word, the first one lowest: a string would lie in another page. */
void play_line_text(struct play_line *line, uint64_t text);
void play_line_hex(struct play_line *line, uint64_t value);

/* The instruction that writes the line, whose text lies at `address`; it is empty then. */
void play_write(struct play *play, struct play_line *line, uint64_t address);

/* The instruction at a point, with two operands. */
void play_at(struct play *play, enum script_point point, uint64_t first, uint64_t second);

/* A call, at the point of `svc #0`. */
void play_call(struct play *play, uint64_t number, uint64_t first, uint64_t second, uint64_t third);

#endif
