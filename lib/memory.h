/*
 * Memory functions of the kernel. In the image the plain names (memcpy, memset,
 * memmove, memcmp) that the compiler calls are aliases of these
 * (boot/kernel.ld); in the twin the host's own stay, under ASan's eyes.
 */
#ifndef LIB_MEMORY_H
#define LIB_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/fortify.h"

void *k_memcpy(void *restrict destination, const void *restrict source, size_t size);
void *k_memmove(void *destination, const void *source, size_t size);
void *k_memset(void *destination, int byte, size_t size);
int k_memcmp(const void *left, const void *right, size_t size);
/* Are they all zeros? `size` is 32 or more. */
bool k_memory_is_zero(const void *memory, size_t size);
/* Fills with zeros in a way that the compiler may not leave out: for secrets. */
void k_memory_wipe(void *destination, size_t size);

#define k_memcpy(to, from, size) (k_memcpy)(to, from, k_fortified(size, K_ROOM(to), K_ROOM(from)))
#define k_memmove(to, from, size) (k_memmove)(to, from, k_fortified(size, K_ROOM(to), K_ROOM(from)))
#define k_memset(to, byte, size) (k_memset)(to, byte, k_fortified(size, K_ROOM(to), K_ROOM(to)))
#define k_memcmp(left, right, size) (k_memcmp)(left, right, k_fortified(size, K_ROOM(left), K_ROOM(right)))

#endif
