/*
 * The boot archive of the system call fuzzer: the director first, then what scripts name (tests/script/script.h).
 */
#ifndef TESTS_FUZZ_SYSCALL_ARCHIVE_H
#define TESTS_FUZZ_SYSCALL_ARCHIVE_H

#include <stddef.h>
#include <stdint.h>

/* Freed with free(). */
uint8_t *syscall_archive(size_t *size);

#endif
