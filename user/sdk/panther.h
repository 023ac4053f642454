/*
 * The system calls, as a program sees them. The functions come from the same
 * table as the kernel's: panther_NAME for each row of abi/syscalls.def. A call
 * returns its result, or a negated error number (abi/errno.h).
 */
#ifndef PANTHER_H
#define PANTHER_H

#include <stddef.h>
#include <stdint.h>

#include "abi/errno.h"
#include "abi/limits.h"
#include "abi/process.h"
#include "abi/syscalls.h"

/* Native tests of a program's parts bring the calls themselves. */
#ifdef __aarch64__
/*
 * Any call, with full 64-bit values: number in x8, arguments in x0 to x5, result in x0.
 *
 * SAFETY: the kernel keeps every register but x0; memory is the program's own.
 * Audited: 2026-11-22
 */
static inline int64_t panther_syscall(uint64_t number, uint64_t a0, uint64_t a1, uint64_t a2, uint64_t a3, uint64_t a4,
				      uint64_t a5)
{
	register uint64_t x0 __asm__("x0") = a0;
	register uint64_t x1 __asm__("x1") = a1;
	register uint64_t x2 __asm__("x2") = a2;
	register uint64_t x3 __asm__("x3") = a3;
	register uint64_t x4 __asm__("x4") = a4;
	register uint64_t x5 __asm__("x5") = a5;
	register uint64_t x8 __asm__("x8") = number;

	__asm__ volatile("svc #0" : "+r"(x0) : "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5), "r"(x8) : "memory");
	return (int64_t)x0;
}
#endif

/* What each kind of argument is in C. All have 64 bits: the kernel judges whole registers. */
typedef int64_t panther_kind_STATUS;
typedef int64_t panther_kind_FD;
typedef const void *panther_kind_IN;
typedef void *panther_kind_OUT;
typedef size_t panther_kind_LENGTH;
typedef const struct panther_spawn_request *panther_kind_REQUEST;
typedef struct panther_exit *panther_kind_EXIT;
typedef uint64_t panther_kind_PID;
typedef uint64_t panther_kind_TIME;
typedef void *panther_kind_PAGES;
typedef uint64_t panther_kind_ACCESS;
typedef uint64_t panther_kind_CALLS;
typedef uint64_t panther_kind_FLAGS;
typedef uint64_t panther_kind_TOPIC;
typedef uint64_t panther_kind_INDEX;

/* The prototypes; syscalls.S has the functions. */
#define ARGUMENTS(...) __VA_ARGS__
#define NO_ARGUMENTS void
#define ARGUMENT(register_number, kind, name, text) panther_kind_##kind name
#define SYSCALL(number, name, since, summary, arguments, errors, result) int64_t panther_##name(arguments);
#include "abi/syscalls.def"
#undef SYSCALL
#undef ARGUMENT
#undef NO_ARGUMENTS
#undef ARGUMENTS

/*
 * The address in the result of a map that succeeded.
 *
 * SAFETY: the kernel has just mapped it for this program.
 * Audited: 2026-11-22
 */
static inline void *panther_mapped(int64_t result)
{
	return (void *)result;
}

/* Writes all `size` bytes, in as many calls as it takes. Returns 0, or the negated error of the call that failed. */
int64_t panther_write_all(int64_t fd, const void *bytes, size_t size);

/* Writes a NUL-terminated text to the console; returns as panther_write_all does. */
int64_t panther_print(const char *text);

/*
 * Starts the program of that name with these arguments, by custom its name first, NULL behind the last one. `options`
 * are the child's calls and limits; NULL: the caller's own. Returns the child's process id or a negated error, as spawn
 * does; -PANTHER_E2BIG if that is more than a request has room for.
 */
int64_t panther_spawn_program(const char *name, const char *const *argv, const struct panther_spawn_request *options);

/* Sleeps for so long. Returns 0, or -PANTHER_EINVAL if that is beyond 2^63 - 1 nanoseconds since boot. */
int64_t panther_sleep_for(uint64_t nanoseconds);

#endif
