/*
 * L01, L05: what a new process finds in its registers, after others have filled
 * them. L04, L08: neighbours that have patterns of their own in them.
 */
#include "tests/attack/programs/registers.h"
#include "tests/attack/programs/hostile.h"

#define ROUNDS 34000 /* of each of three */
#define SPINS 4000000
#define FLAG_SPINS 2000
#define FLAG_ROUNDS 2000
#define SECRET 0x5ec2e75ec2e75ec3
/* NZCV, DIT, SSBS and TCO where PSTATE has them, and all others the other way round. */
#define PATTERN 0xa3001000

static int role_yielding(uint64_t seed)
{
	registers_set_thread_pointer(seed);
	return registers_keep_fp(seed, ROUNDS, 0) == 0 && registers_thread_pointer() == seed ? 0 : 1;
}

static int role_spinning(uint64_t seed)
{
	registers_set_thread_pointer(~seed);
	return registers_keep_fp(seed, SPINS, 1) == 0 && registers_thread_pointer() == ~seed ? 0 : 1;
}

/* In between, one that does not use FP at all. */
static int role_plain(uint64_t argument)
{
	(void)argument;
	for (int i = 0; i < ROUNDS; i++) {
		(void)panther_yield();
	}
	return 0;
}

static void run_fp(uint64_t argument)
{
	int64_t pids[] = {start("yielding", SECRET), start("yielding", 0x1000), start("plain", 0),
			  start("spinning", 0x123456789), start("spinning", 0x2000)};

	(void)argument;
	for (size_t i = 0; i < sizeof(pids) / sizeof(pids[0]); i++) {
		(void)say_end(pids[i]);
	}
}

/* The low bits of the argument are the flags that the CPU has: those bits of PSTATE, shifted. */
static uint64_t also(uint64_t argument)
{
	return ((argument & 1) << 24) | ((argument >> 1 & 1) << 12) | ((argument >> 2 & 1) << 25);
}

static int role_flags(uint64_t argument)
{
	uint64_t pattern = (argument & 8) == 0 ? PATTERN : ~(uint64_t)PATTERN;

	return registers_keep_flags(pattern, ROUNDS, also(argument), 0) == 0 &&
			       registers_keep_flags(pattern, FLAG_ROUNDS, also(argument), FLAG_SPINS) == 0
		       ? 0
		       : 1;
}

static void run_flags(uint64_t argument)
{
	int64_t pids[] = {start("flags", argument), start("flags", argument | 8)};

	(void)say_end(pids[0]);
	(void)say_end(pids[1]);
}

/* Leaves its registers full of what nobody else should see. */
static int role_dirty(uint64_t seed)
{
	registers_set_thread_pointer(seed);
	(void)registers_keep_fp(seed, 100, 0);
	return role_idle(0);
}

static void run_first(uint64_t argument)
{
	int64_t dirty = start("dirty", SECRET);

	(void)argument;
	await_state(dirty, PANTHER_STATE_SLEEPING);
	registers_set_thread_pointer(SECRET);
	say_number("kept", (int64_t)registers_keep_fp(SECRET, 10, 0));
	(void)say_end(start_program("first"));
	say_number("dirty", end(dirty));
	/* Once more, in the place of one that used them and is gone. */
	(void)say_end(start_program("first"));
}

static const struct role roles[] = {{"yielding", role_yielding}, {"spinning", role_spinning}, {"plain", role_plain},
				    {"flags", role_flags},	 {"dirty", role_dirty},	      NO_ROLE};

const struct subject subjects_registers[] = {
	{"L01", run_first, roles}, {"L04", run_fp, roles}, {"L08", run_flags, roles}, {NULL, NULL, NULL}};
