/*
 * L01, L05: what a new process finds in its registers, after others have filled
 * them. L04, L08: neighbours that have patterns of their own in them. M20:
 * processes that lose the CPU with any stack pointer.
 */
#include "tests/attack/programs/registers.h"
#include "tests/attack/programs/hostile.h"

#define ROUNDS 34000 /* of each of three */
/* Some of these each ends with a line: in between the others must have had theirs. */
#define MARKS 5
#define ROUNDS_PER_MARK 300
#define ROUNDS_BEFORE 1000 /* longer than all the others take to start, and the spinning ones to end */
#define SPINS 4000000
#define FLAG_SPINS 2000
#define FLAG_ROUNDS 2000
#define STACK_SPINS 1500000 /* hundreds of turns */
#define SECRET 0x5ec2e75ec2e75ec3
/* NZCV, DIT, SSBS and TCO where PSTATE has them, and all others the other way round. */
#define PATTERN 0xa3001000

static void yield_often(int rounds)
{
	for (int i = 0; i < rounds; i++) {
		(void)panther_yield();
	}
}

/* They come one after the other, a third of a mark apart. */
static uint64_t keep_fp(uint64_t seed, const char *mark, int thirds)
{
	uint64_t lost = registers_keep_fp(seed, ROUNDS_BEFORE + (uint64_t)thirds * ROUNDS_PER_MARK / 3, 0);

	for (int i = 0; i < MARKS; i++) {
		lost += registers_keep_fp(seed, ROUNDS_PER_MARK, 0);
		say(mark);
	}
	return lost + registers_keep_fp(seed, ROUNDS - ROUNDS_BEFORE - MARKS * ROUNDS_PER_MARK, 0);
}

static int role_yielding(uint64_t seed)
{
	bool is_first = seed == SECRET;
	uint64_t lost;

	registers_set_thread_pointer(seed);
	lost = keep_fp(seed, is_first ? "first" : "second", is_first ? 0 : 1);
	return lost == 0 && registers_thread_pointer() == seed ? 0 : 1;
}

static int role_spinning(uint64_t seed)
{
	uint64_t lost;

	registers_set_thread_pointer(~seed);
	say("spins");
	lost = registers_keep_fp(seed, SPINS, 1);
	say("has spun");
	return lost == 0 && registers_thread_pointer() == ~seed ? 0 : 1;
}

/* In between, one that does not use FP at all. */
static int role_plain(uint64_t argument)
{
	(void)argument;
	yield_often(ROUNDS_BEFORE + 2 * ROUNDS_PER_MARK / 3);
	for (int i = 0; i < MARKS; i++) {
		yield_often(ROUNDS_PER_MARK);
		say("third");
	}
	yield_often(ROUNDS - ROUNDS_BEFORE - MARKS * ROUNDS_PER_MARK);
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
	bool is_first = (argument & 8) == 0;
	uint64_t pattern = is_first ? PATTERN : ~(uint64_t)PATTERN;
	uint64_t lost;

	yield_often(is_first ? 0 : ROUNDS_PER_MARK / 2);
	lost = registers_keep_flags(pattern, ROUNDS_BEFORE, also(argument), 0);
	for (int i = 0; i < MARKS; i++) {
		lost += registers_keep_flags(pattern, ROUNDS_PER_MARK, also(argument), 0);
		say(is_first ? "first" : "second");
	}
	lost += registers_keep_flags(pattern, ROUNDS - ROUNDS_BEFORE - MARKS * ROUNDS_PER_MARK, also(argument), 0);
	lost += registers_keep_flags(pattern, FLAG_ROUNDS, also(argument), FLAG_SPINS);
	return lost == 0 ? 0 : 1;
}

static void run_flags(uint64_t argument)
{
	int64_t pids[] = {start("flags", argument), start("flags", argument | 8)};

	(void)say_end(pids[0]);
	(void)say_end(pids[1]);
}

static int role_stack(uint64_t pointer)
{
	uint64_t after;

	say("spins");
	after = registers_keep_sp(pointer, STACK_SPINS);
	say("has spun");
	return after == pointer ? 0 : 1;
}

/* Each loses the CPU to the others, with a stack pointer that is none; the last one with that of the argument. */
static void run_stacks(uint64_t argument)
{
	int64_t pids[] = {start("stack", 0), start("stack", 1), start("stack", UINT64_MAX), start("stack", argument)};
	int64_t lost = 0;

	for (size_t i = 0; i < sizeof(pids) / sizeof(pids[0]); i++) {
		lost += status_of(pids[i]) != 0;
	}
	say_number("lost", lost);
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

static const struct role roles[] = {{"yielding", role_yielding},
				    {"spinning", role_spinning},
				    {"plain", role_plain},
				    {"flags", role_flags},
				    {"dirty", role_dirty},
				    {"stack", role_stack},
				    NO_ROLE};

const struct subject subjects_registers[] = {{"L01", run_first, roles},
					     {"L04", run_fp, roles},
					     {"L08", run_flags, roles},
					     {"M20", run_stacks, roles},
					     {NULL, NULL, NULL}};
