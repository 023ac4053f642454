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
 * Program images end at or below PANTHER_USER_IMAGE_TOP. The stack ends where user addresses end: above it
 * lies the hole that no table can map, below it at least PANTHER_USER_STACK_GUARD bytes that nothing maps.
 */
#define PANTHER_USER_IMAGE_TOP 0x7f00000000
#define PANTHER_USER_STACK_TOP PANTHER_USER_TOP
#define PANTHER_USER_STACK_SIZE 0x10000
#define PANTHER_USER_STACK_GUARD 0x10000

/* Longest length a read or write call accepts, in bytes; more is -EINVAL. */
#define PANTHER_IO_MAX 0x100000

/* Most bytes that one write call takes, so that a call is bounded work. */
#define PANTHER_WRITE_CHUNK 4096

#endif
