/*
 * What a hostile program does, step by step: the wire format between the table
 * (rows.py, which writes it) and its players, user_player.c at EL0 and
 * twin_player.c in the twin. script.py reads the numbers from this file.
 *
 * A player does one step after the other, prints one line for each, and then
 * calls exit(0). Steps that should end the program print nothing if they do.
 */
#ifndef TESTS_ATTACK_SCRIPT_H
#define TESTS_ATTACK_SCRIPT_H

#include <stdint.h>

#define STEP_END 0
#define STEP_CALL 1	     /* svc #immediate with number and arguments: "call RESULT lost MASK" */
#define STEP_SWEEP 2	     /* calls address..value, one after the other: "sweep WRONG", how many were not -ENOSYS */
#define STEP_RANDOM 3	     /* calls `value` random numbers that no call has: "random WRONG" */
#define STEP_FILL 4	     /* sets `size` bytes at address to value, says nothing; both multiples of 8 */
#define STEP_LOAD 5	     /* reads `size` (1 or 8) bytes at address: "load VALUE" */
#define STEP_STORE 6	     /* writes 8 bytes at address: "store" */
#define STEP_BRANCH 7	     /* br to address: "back", should it return */
#define STEP_BRANCH_LINK 8   /* blr */
#define STEP_RETURN 9	     /* ret */
#define STEP_RECURSE 10	     /* recurses on the process's stack without end */
#define STEP_LDXR 11	     /* ldxr, 8 bytes at address: "ldxr VALUE" */
#define STEP_LDAR 12	     /* ldar, 8 bytes at address: "ldar VALUE" */
#define STEP_STLR 13	     /* stlr, 8 bytes at address: "stlr" */
#define STEP_PREFETCH 14     /* prfm at address: "prefetch" */
#define STEP_CALL_SP 15	     /* svc #0 with a number that no call has and SP at address: "sp kept" */
#define STEP_LOAD_NULL_SP 16 /* reads address 0 with SP at address */
#define STEP_STACK 17	     /* where the process's stack begins: "stack BOTTOM" */
#define STEP_POKE 18	     /* writes 8 bytes at address, says nothing */
#define STEP_BITS 19	     /* a call for each bit of `value`, added to argument `address`: "bits WRONG", not `size` */
#define STEP_CALL_GOOD 20    /* a call whose result is not known: "good lost MASK", or as STEP_CALL if it is negative */
#define STEP_SVE 21	     /* an SVE instruction */
#define STEP_SME 22	     /* an SME instruction */
#define STEP_UNDEFINED_SP 23 /* an undefined instruction with SP at address */

#define SCRIPT_STEPS_MAX 128

/* `relative` has a bit for each argument, and this one for the address: it counts from the stack's lowest byte. */
#define RELATIVE_ADDRESS 6

struct step {
	uint64_t kind;
	uint64_t number;       /* of a call: x8 */
	uint64_t arguments[6]; /* of a call: x0 to x5 */
	uint64_t immediate;    /* of a call: the svc's */
	uint64_t seed;	       /* of a call: what all other registers hold; 0: zeros */
	uint64_t address;
	uint64_t value;
	uint64_t size;
	uint64_t relative;
};

/*
 * Bits of the mask of what a call did not leave as it was: x1 to x30 their
 * own number, SP and the condition flags these.
 */
#define LOST_SP 31
#define LOST_FLAGS 32

/* A step with its addresses in place, for a process whose stack begins there. */
static inline struct step script_step(const struct step *step, uint64_t stack)
{
	struct step placed = *step;

	for (uint64_t i = 0; i < 6; i++) {
		placed.arguments[i] += (step->relative >> i & 1) * stack;
	}
	placed.address += (step->relative >> RELATIVE_ADDRESS & 1) * stack;
	return placed;
}

/* xorshift64: the same numbers in every player (Marsaglia 2003, "Xorshift RNGs"). */
static inline uint64_t script_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

/* Numbers of calls are drawn with the bits of a random number from a random position up. */
static inline uint64_t script_random_number(uint64_t *state)
{
	uint64_t number = script_random(state);

	return number >> (script_random(state) & 63);
}

#endif
