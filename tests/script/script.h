/*
 * Scripts: what up to four processes of one program do, step by step. They are the one format that the fuzzer of the
 * system calls, the twin and QEMU share: the fuzzer draws them from its inputs and plays them on the twin; a player at
 * EL0 reads the same bytes on QEMU. What both sides compute from a step is in script_resolve.c, which is freestanding.
 *
 * Each process plays its own steps in their order. Process 0 is there from the start; another one exists if a step
 * spawns the program again, with its number as argv[2]. A process that has no step left exits, with a status that
 * depends on the results of all its steps.
 *
 * Operands are symbolic: a value, and the base that it is added to when the step is played.
 */
#ifndef TESTS_SCRIPT_SCRIPT_H
#define TESTS_SCRIPT_SCRIPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SCRIPT_MAGIC 0x50524353u /* "SCRP" in memory */
#define SCRIPT_VERSION 1
#define SCRIPT_STEPS_MAX 56
#define SCRIPT_PROCESSES 4
#define SCRIPT_NO_PROCESS 9 /* a process that plays no step of a script; it may start any of them */
#define SCRIPT_OPERANDS 6

/*
 * What a step does. `values` and `bases` are its operands, in the order that is given here; what is not named is 0.
 * Kinds from SCRIPT_TWIN_ONLY on cannot be played on a machine.
 */
enum script_kind {
	SCRIPT_CALL = 0,	/* svc #immediate with x8 = number and x0 to x5 = the operands; a result: x0 */
	SCRIPT_LOAD = 1,	/* loads `size` bytes (1, 2, 4 or 8) at `address`; a result: they */
	SCRIPT_STORE = 2,	/* stores the low `size` bytes of the second operand at `address` */
	SCRIPT_BRANCH = 3,	/* goes to script_branch_target(address), which never goes well */
	SCRIPT_UNDEFINED = 4,	/* an undefined instruction */
	SCRIPT_HASH = 5,	/* loads the bytes at `address`, `length`, one by one; a result: their FNV-1a */
	SCRIPT_REQUEST = 6,	/* writes a spawn request at `address`: calls, frames, children, flags, strings */
	SCRIPT_FP_SET = 7,	/* sets both halves of V0 to the operand */
	SCRIPT_FP_GET = 8,	/* a result: the low half of V0 */
	SCRIPT_THREAD_SET = 9,	/* sets TPIDR_EL0 to the operand */
	SCRIPT_THREAD_GET = 10, /* a result: TPIDR_EL0 */
	SCRIPT_WAIT = 11,	/* wfi */
	SCRIPT_REPLAYABLE_KINDS = 12,

	/* Time that a program spends. */
	SCRIPT_TWIN_ONLY = 32,
	SCRIPT_PASS = 32, /* computes for that many ticks of the counter */
	SCRIPT_SPIN = 33, /* spins until an interrupt comes */

	/* What the world does right before the process's next step of a kind above. */
	SCRIPT_COPY_FAULT = 34,		/* the next user copy faults at that byte */
	SCRIPT_CHANGE_AFTER_FETCH = 35, /* not 0: all that the kernel copies in changes right after, from now on */
	SCRIPT_CHANGE_MEMORY = 36, /* the 8 bytes at the address become the value, if the process may write there */
	SCRIPT_SCARCE_FRAMES = 37, /* just so many frames are free during the next step */
	SCRIPT_SCARCE_HEAP = 38,   /* so many of the kernel's heap blocks can be had during the next step */
	SCRIPT_TYPE = 39,	   /* so many bytes are typed at the console */
	SCRIPT_NOISE = 40,	   /* so many bytes come in error */
	SCRIPT_INTERRUPT = 41,	   /* the interrupt of that number is raised, if no device here has it */
	SCRIPT_SPURIOUS = 42,	   /* an interrupt that is gone when the kernel asks for it */
	SCRIPT_ADVANCE = 43,	   /* so many ticks go by */
	SCRIPT_KINDS_END = 44,
};

/* What an operand's value is added to. */
enum script_base {
	SCRIPT_ABSOLUTE = 0,
	SCRIPT_CODE = 1, /* where the player's pages begin, see below */
	SCRIPT_CONST = 2,
	SCRIPT_DATA = 3,
	SCRIPT_STACK = 4,  /* the lowest byte of the process's stack */
	SCRIPT_MAP = 5,	   /* what the process's last successful map answered; 0 before */
	SCRIPT_RESULT = 6, /* what its last call answered; 0 before */
	SCRIPT_CHILD = 7,  /* what its last successful spawn answered; 0 before */
	SCRIPT_SELF = 8,   /* its process id */
	SCRIPT_NOW = 9,	   /* nanoseconds since boot; on the twin only */
	SCRIPT_BASES = 10,
};

struct script_step {
	uint8_t kind;
	uint8_t process; /* whose step it is */
	uint8_t size;	 /* of SCRIPT_LOAD and SCRIPT_STORE, in bytes */
	uint8_t bases[SCRIPT_OPERANDS];
	uint8_t reserved;   /* 0 */
	uint16_t immediate; /* of SCRIPT_CALL: 0, 1, 2 or 65535 */
	uint32_t reserved2; /* 0 */
	uint64_t number;    /* of SCRIPT_CALL */
	uint64_t values[SCRIPT_OPERANDS];
};

/* Little-endian, without padding; no more than a page. A file holds the header and `count` steps. */
struct script {
	uint32_t magic;
	uint16_t version;
	uint16_t count;
	uint8_t pace;	     /* how long each step takes on the twin, see script_pace; on a machine, unless it is 0,
				until the process's slice is over */
	uint8_t reserved[7]; /* 0 */
	struct script_step steps[SCRIPT_STEPS_MAX];
};

_Static_assert(sizeof(struct script_step) == 72, "steps have no padding");
_Static_assert(offsetof(struct script, steps) == 16, "nor has their header");
_Static_assert(sizeof(struct script) <= 4096, "a script fits into a page");

/*
 * Where the player's pages are. It is a static program, linked for these addresses on both sides. The first
 * SCRIPT_BEND_SIZE bytes of its code are zeros, which are undefined instructions (UDF, Arm ARM C6.2.393); then come the
 * points, one every SCRIPT_POINT_SIZE bytes: the instruction of a step is the first one of its point.
 */
#define SCRIPT_CODE_ADDRESS 0x400000UL	/* 1 page, R-X */
#define SCRIPT_CONST_ADDRESS 0x401000UL /* 1 page, R--: all bytes are SCRIPT_CONST_BYTE */
#define SCRIPT_DATA_ADDRESS 0x402000UL	/* 4 pages, RW, for scripts to use; zeros at first */
#define SCRIPT_DATA_SIZE 0x4000UL
#define SCRIPT_STATE_ADDRESS 0x410000UL	  /* 1 page, RW: the player's own */
#define SCRIPT_SCRIPTS_ADDRESS 0x420000UL /* 16 pages, R--: a script each; argv[1] says which, in two digits */
#define SCRIPT_SCRIPTS_MAX 16
#define SCRIPT_CONST_BYTE 'c'
#define SCRIPT_BEND_SIZE 0x100UL
#define SCRIPT_POINT_SIZE 16UL

enum script_point {
	SCRIPT_POINT_SVC_0,
	SCRIPT_POINT_SVC_1,
	SCRIPT_POINT_SVC_2,
	SCRIPT_POINT_SVC_65535,
	SCRIPT_POINT_LOAD_1,
	SCRIPT_POINT_LOAD_2,
	SCRIPT_POINT_LOAD_4,
	SCRIPT_POINT_LOAD_8,
	SCRIPT_POINT_STORE_1,
	SCRIPT_POINT_STORE_2,
	SCRIPT_POINT_STORE_4,
	SCRIPT_POINT_STORE_8,
	SCRIPT_POINT_BRANCH,
	SCRIPT_POINT_UNDEFINED,
	SCRIPT_POINT_HASH,
	SCRIPT_POINT_FP_SET,
	SCRIPT_POINT_FP_GET,
	SCRIPT_POINT_THREAD_SET,
	SCRIPT_POINT_THREAD_GET,
	SCRIPT_POINT_WAIT,
	SCRIPT_POINT_PROBE_STATE,
	SCRIPT_POINT_LINE,
	SCRIPT_POINT_SPIN,
	SCRIPT_POINT_HASH_8,
	SCRIPT_POINTS,
};

#define SCRIPT_POINT_ADDRESS(point) (SCRIPT_CODE_ADDRESS + SCRIPT_BEND_SIZE + (point) * SCRIPT_POINT_SIZE)

/* The point of a step: REQUEST stores at STORE_8, what cannot be played on a machine has BRANCH. */
enum script_point script_point(const struct script_step *step);

/* What a process that plays remembers from step to step. */
struct script_player {
	uint64_t script;  /* which one of the player's scripts: argv[1] */
	uint64_t process; /* which one of its processes: argv[2] */
	uint64_t stack;	  /* the lowest byte of its stack */
	uint64_t pid;
	uint64_t now; /* set by whoever knows the time, before operands are resolved */
	uint64_t map;
	uint64_t result;
	uint64_t child;
	uint64_t hash; /* over all results */
	uint64_t next; /* the place in the script where to look for its next step */
};

void script_player_begin(struct script_player *player, uint64_t script, uint64_t process, uint64_t stack, uint64_t pid);

/* Its next step, or NULL if it has none left. */
const struct script_step *script_next_step(struct script_player *player, const struct script *script);

/* Operand `index` of a step, resolved; for SCRIPT_BRANCH see script_branch_target. */
uint64_t script_operand(const struct script_player *player, const struct script_step *step, unsigned index);

/* Where a branch goes: a target in the player's code page is bent into the zeros at its start, so that no backend can
 * run more of the player than the step. A multiple of 4 stays one. */
uint64_t script_branch_target(uint64_t address);

/* How many bytes SCRIPT_HASH really looks at: no more than SCRIPT_HASH_MAX. */
#define SCRIPT_HASH_MAX 0x4000UL
uint64_t script_hash_length(uint64_t length);

/* FNV-1a with 64 bits (draft-eastlake-fnv, section 6). */
#define SCRIPT_HASH_BASIS 0xcbf29ce484222325UL
#define SCRIPT_HASH_PRIME 0x100000001b3UL
static inline uint64_t script_hash_byte(uint64_t hash, uint8_t byte)
{
	return (hash ^ byte) * SCRIPT_HASH_PRIME;
}

/*
 * The words that SCRIPT_REQUEST stores, in this order, at `address` and upward: a struct panther_spawn_request of
 * operands 1 to 4, then strings. Operand 5 says which: its low byte names the program (SCRIPT_NAME_...), the next one
 * is the process that it is to be (argv[2], one digit; SCRIPT_NO_PROCESS where one of a script asks for itself or one
 * before it, or they would never end), the third is how the strings look.
 * The strings fill their room, so that the whole request, of SCRIPT_REQUEST_SIZE bytes, is a right one.
 */
#define SCRIPT_REQUEST_WORDS 9
#define SCRIPT_REQUEST_SIZE (SCRIPT_REQUEST_WORDS * 8UL)
void script_request_words(const struct script_player *player, const struct script_step *step,
			  uint64_t words[SCRIPT_REQUEST_WORDS]);

/* Programs by their names in the archive. */
enum script_name {
	SCRIPT_NAME_PLAYER, /* "player" */
	SCRIPT_NAME_BIG,    /* "big": needs SCRIPT_BIG_PAGES of memory, and exits with 0 */
	SCRIPT_NAME_BAD,    /* "bad": not an ELF file */
	SCRIPT_NAME_NONE,   /* "none": not in the archive */
	SCRIPT_NAME_EMPTY,  /* "" */
	SCRIPT_NAMES,
};
#define SCRIPT_BIG_PAGES 80

/* How the strings of a request look. */
enum script_strings {
	SCRIPT_STRINGS_RIGHT,	/* name, name, two digits, a digit, and a long last argument */
	SCRIPT_STRINGS_UNENDED, /* the same, but the last byte is not a NUL */
	SCRIPT_STRINGS_MANY,	/* as many arguments as fit: all but the name are empty */
	SCRIPT_STRINGS_LETTERS, /* letters only: a part of a long name */
	SCRIPT_STRINGS_SHAPES,
};

/* How a result counts: the time is 0, which no two machines agree on; all else is as it is. */
uint64_t script_result(const struct script_step *step, uint64_t result);

/* What the process has learnt from a step that it went on after. `result` as it was; 0 if the kind has none. */
void script_record(struct script_player *player, const struct script_step *step, uint64_t result);

/* The words of 8 bytes, as bits from the first one up, that the player zeroes in the record of a successful info: those
 * that depend on time. */
uint64_t script_info_hidden(uint64_t topic);

/* Those of which it leaves how much they have changed since its process began: they depend on the machine as well. */
uint64_t script_info_relative(uint64_t topic);

/* What a process exits with when it has no step left. */
uint64_t script_exit_status(const struct script_player *player);

/* Can the step be played on a machine? True for no step that script_is_valid would not have. */
bool script_is_replayable(const struct script_step *step);

/* Is a whole script of the format above, with every field in its bounds? `size` is how many bytes there are. */
bool script_is_valid(const struct script *script, size_t size);

/* How many bytes of a script count. */
static inline size_t script_size(const struct script *script)
{
	return offsetof(struct script, steps) + script->count * sizeof(struct script_step);
}

/* What `pace` means: the ticks that each step takes on the twin. */
#define SCRIPT_PACES 8
uint64_t script_pace(const struct script *script);

#endif
