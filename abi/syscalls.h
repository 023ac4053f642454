/*
 * Numbers of the system calls, SYS_NAME, from the table in abi/syscalls.def.
 */
#ifndef ABI_SYSCALLS_H
#define ABI_SYSCALLS_H

/* Grows by one whenever a call is added; what is there keeps its number and its meaning. */
#define PANTHER_ABI_VERSION 1

enum panther_syscall {
#define SYSCALL(number, name, since, summary, arguments, errors, result) SYS_##name = (number),
#include "abi/syscalls.def"
#undef SYSCALL
};

#endif
