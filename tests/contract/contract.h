/*
 * The HAL's contract, checked on every backend by one source. This is what the checks are written with: it runs in the
 * image as well as on the host, so it needs nothing but the kernel's own log.
 */
#ifndef TESTS_CONTRACT_CONTRACT_H
#define TESTS_CONTRACT_CONTRACT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Counts a check, and prints it if it fails. The group goes on. */
#define CHECK(condition) contract_check((condition), #condition, __FILE__, __LINE__)
#define CHECK_EQUAL(actual, expected) contract_check_equal((actual), (expected), #actual, __FILE__, __LINE__)

void contract_check(bool holds, const char *text, const char *file, unsigned line);
void contract_check_equal(uint64_t actual, uint64_t expected, const char *text, const char *file, unsigned line);

/* The groups. Each leaves the machine as it found it. */
void contract_memory(void);
void contract_tags(void);
void contract_mmu(void);
void contract_copy(void);
void contract_user(void);
void contract_code(void);
void contract_cpu(void);
void contract_console(void);
void contract_interrupts(void);
void contract_fp(void);

#endif
