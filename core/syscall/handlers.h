/*
 * The system calls, sys_NAME, and their arguments, from the table in
 * abi/syscalls.def.
 *
 * All handlers are of one type, so that the table needs no cast. A handler
 * fetches its arguments with NAME_arguments(process): full 64-bit values that
 * nobody has judged yet. It hands its result out through `result`. Whatever can
 * fail comes before the first effect.
 */
#ifndef CORE_SYSCALL_HANDLERS_H
#define CORE_SYSCALL_HANDLERS_H

#include <stdint.h>

#include "core/process/process.h"
#include "lib/compiler.h"
#include "lib/status.h"

typedef k_status syscall_handler(struct process *process, uint64_t *result);

#define SYSCALL(number, name, since, summary, arguments, errors, result) syscall_handler sys_##name;
#include "abi/syscalls.def"
#undef SYSCALL

/* struct write_arguments { uint64_t fd, buf, len; }; and so on. C has no empty struct: a call without arguments gets
 * `none`. */
#define NO_ARGUMENTS none
#define ARGUMENTS(...) __VA_ARGS__
#define ARGUMENT(register_number, kind, name, text) name
#define SYSCALL(number, name, since, summary, arguments, errors, result) \
	struct name##_arguments {                                        \
		uint64_t arguments;                                      \
	};
#include "abi/syscalls.def"
#undef SYSCALL
#undef ARGUMENT
#undef NO_ARGUMENTS

/* Each argument from the register that the table names. */
#define ARGUMENT(register_number, kind, name, text) .name = process->context.x[register_number]
#define NO_ARGUMENTS .none = 0
#define SYSCALL(number, name, since, summary, arguments, errors, result)                                 \
	K_ALWAYS_INLINE struct name##_arguments name##_arguments(K_UNUSED const struct process *process) \
	{                                                                                                \
		return (struct name##_arguments){arguments};                                             \
	}
#include "abi/syscalls.def"
#undef SYSCALL
#undef NO_ARGUMENTS
#undef ARGUMENT
#undef ARGUMENTS

#endif
