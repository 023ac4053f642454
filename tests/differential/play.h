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

#define PLAY_LINE_MAX 128
#define PLAY_PLACES 16

/*
 * The next instruction. All registers of the program have a value when it runs: operands, what scripts have set, or a
 * pattern of its own for each process and instruction. All that the instruction has no business with are looked at
 * afterwards, whatever trapped, interrupted or ran meanwhile.
 */
struct play {
	uint64_t script; /* address of the program's script; looked at after each instruction */
	uint64_t fp;	 /* bits PLAYER_FP_...: are FP registers loaded before, and saved after it? */
	uint64_t registers[PLAYER_REGISTERS];
	uint64_t expected[PLAYER_REGISTERS];

	uint64_t result;      /* what the last one left in x0 */
	uint64_t point;	      /* address of the instruction */
	uint64_t number;      /* x8 */
	uint64_t operands[6]; /* x0 to x5 */
	uint64_t salt;	      /* the process's own: what its patterns come from */
	uint64_t count;	      /* of instructions */
	uint64_t thread;      /* what TPIDR_EL0 has to have */
	uint64_t vector;      /* what both halves of V0 have to have, once FP registers are used */
	uint64_t uses_fp;
	uint64_t lost;	/* the first register that was not as it should be, and 1; 0: none since the last line */
	uint64_t found; /* what it had */
	uint64_t places[PLAY_PLACES][2]; /* SP points at one of them */
};

_Static_assert(offsetof(struct play, script) == PLAYER_SCRIPT_OFFSET, "player.S");
_Static_assert(offsetof(struct play, fp) == PLAYER_FP_OFFSET, "player.S");
_Static_assert(offsetof(struct play, registers) == PLAYER_REGISTERS_OFFSET, "player.S");

/* Before the program says what is next: judges the registers, and takes the result. */
void play_take(struct play *play);

/* After it: fills them. The state page is at PLAYER_STATE. */
void play_give(struct play *play);

/* A line under construction. */
struct play_line {
	uint64_t size;
	char text[PLAY_LINE_MAX];
};

/* Texts are given as bytes of a word, the first one lowest: a string would lie in another page. */
void play_line_text(struct play_line *line, uint64_t text);
void play_line_hex(struct play_line *line, uint64_t value);

/*
 * The instruction that writes the line, whose text lies at `address`; it is empty then. Before its end comes, if a
 * register was not as it should be since the last line, " lost REGISTER VALUE": the first one (layout.h), and what it
 * had.
 */
void play_write(struct play *play, struct play_line *line, uint64_t address);

/* The instruction at a point, with two operands. */
void play_at(struct play *play, enum script_point point, uint64_t first, uint64_t second);

/* A call, at the point of `svc #0`. */
void play_call(struct play *play, uint64_t number, uint64_t first, uint64_t second, uint64_t third);

#endif
