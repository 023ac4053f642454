#include "core/syscall/dispatch.h"

/* A number beyond the count would not compile: the table has one row a number. */
syscall_handler *const syscall_handlers[syscall_count] = {
#define SYSCALL(number, name, since, summary, arguments, errors, result) [(number)] = sys_##name,
#include "abi/syscalls.def"
#undef SYSCALL
};
