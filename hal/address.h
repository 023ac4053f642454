/*
 * Three kinds of address, three types: none converts to another by accident,
 * and none is a C pointer. Source: docs/decisions/0003-address-types.md.
 */
#ifndef HAL_ADDRESS_H
#define HAL_ADDRESS_H

#include <stdint.h>

/* A physical address. Becomes a pointer only through hal_phys_to_ptr. */
typedef struct phys_addr {
	uint64_t value;
} phys_addr;

/* A virtual address in a process's half. An allegation: only the user copy functions reach its bytes. */
typedef struct user_addr {
	uint64_t value;
} user_addr;

/* A virtual address in the kernel's half (TTBR1), as page-table code handles it. */
typedef struct kernel_addr {
	uint64_t value;
} kernel_addr;

/* A range of physical memory, [base, base + size), in bytes. */
struct phys_range {
	uint64_t base;
	uint64_t size;
};

#endif
