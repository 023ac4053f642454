/*
 * What libelf reads in a program that our reader has judged. Without libelf (MemorySanitizer would take what it writes
 * for uninitialised) nothing is compared.
 */
#ifndef TESTS_FUZZ_ELF_SECOND_H
#define TESTS_FUZZ_ELF_SECOND_H

#include <stddef.h>
#include <stdint.h>

#include "core/process/elf.h"

#ifdef PANTHER_FUZZ_LIBELF
/* Aborts unless the file that was accepted as `image` (or refused: NULL) is accepted, by the rules of
 * core/process/elf.h, from what libelf says of it too, and with the same content. */
void second_elf_compare(const struct elf_image *image, const uint8_t *data, size_t size);
#else
static inline void second_elf_compare(const struct elf_image *image, const uint8_t *data, size_t size)
{
	(void)image;
	(void)data;
	(void)size;
}
#endif

#endif
