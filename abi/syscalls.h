/*
 * Numbers of the system calls, SYS_NAME, from the table in abi/syscalls.def.
 */
#ifndef ABI_SYSCALLS_H
#define ABI_SYSCALLS_H

/* Grows by one whenever a call is added or takes other arguments. 2: spawn takes one request. */
#define PANTHER_ABI_VERSION 2

enum panther_syscall {
#define SYSCALL(number, name, since, summary, arguments, errors, result) SYS_##name = (number),
#include "abi/syscalls.def"
#undef SYSCALL
};

#endif
