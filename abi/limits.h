/*
 * Sizes and bounds that the kernel and its programs agree on.
 */
#ifndef ABI_LIMITS_H
#define ABI_LIMITS_H

/* Translation granule: 4 KiB (VMSAv8-64, TCR_EL1.TG0 = 0b00). */
#define PANTHER_PAGE_SHIFT 12
#define PANTHER_PAGE_SIZE 4096

/* User addresses have 39 bits (TCR_EL1.T0SZ = 25); PANTHER_USER_TOP is the first that is not one. */
#define PANTHER_USER_BITS 39
#define PANTHER_USER_TOP 0x8000000000

/* Nothing is ever mapped below this address, so that a null pointer plus a field offset faults. */
#define PANTHER_USER_BOTTOM 0x10000

/*
 * Where things lie in a process, each zone with addresses of its own:
 *
 *   PANTHER_USER_BOTTOM .. IMAGE_TOP   the program: where its file says, or, if it is position-independent, at a
 *                                      random place from IMAGE_RANDOM_BASE up
 *   MAP_BASE .. MAP_TOP                where `map` chooses addresses, from a random place upward
 *   STACK_BASE .. PANTHER_USER_TOP     the stack, at a random place
 *
 * At least PANTHER_USER_GUARD bytes that nothing maps lie between any two things that the kernel places (until `map`
 * has gone through all of its zone once). A program may map pages of its own anywhere but in the guard below its stack.
 */
#define PANTHER_USER_IMAGE_RANDOM_BASE 0x100000000
#define PANTHER_USER_IMAGE_TOP 0x1fffff0000
#define PANTHER_USER_MAP_BASE 0x2000000000
#define PANTHER_USER_MAP_TOP 0x6000000000
#define PANTHER_USER_STACK_BASE 0x6000100000
#define PANTHER_USER_STACK_SIZE 0x8000
#define PANTHER_USER_GUARD 0x10000

/* Longest length a read, write or random call accepts, in bytes; more is -EINVAL. */
#define PANTHER_IO_MAX 0x100000

/* Most bytes that one write, read or random call takes, so that a call is bounded work. */
#define PANTHER_WRITE_CHUNK 4096
#define PANTHER_READ_CHUNK 256
#define PANTHER_RANDOM_CHUNK 256

/* Most bytes that one map, unmap or protect call deals with; more is -EINVAL. */
#define PANTHER_MAP_MAX 0x40000

/* Room for the name of a program, its NUL counted; a longer one is -ENAMETOOLONG. */
#define PANTHER_PATH_MAX 64

/* Most arguments of a program, and most bytes of a whole spawn request; more is -E2BIG. */
#define PANTHER_ARGUMENTS_MAX 32
#define PANTHER_SPAWN_MAX 2048

/* Most processes at a time, ended ones that nobody has waited for counted. */
#define PANTHER_PROCESSES_MAX 120

#endif
