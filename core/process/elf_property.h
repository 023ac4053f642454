/*
 * What a program says about itself in its GNU property note (Linux Extensions
 * to gABI, "Program Property"; ELF for the Arm 64-bit Architecture, "Program
 * Property"). The file is hostile input.
 */
#ifndef CORE_PROCESS_ELF_PROPERTY_H
#define CORE_PROCESS_ELF_PROPERTY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/compiler.h"

/* Most bytes of a note that is read, so that reading it is bounded work: linkers make 32. */
#define ELF_PROPERTY_MAX 1024

/*
 * Reads a note of `size` bytes; hands out whether all of the program's code has landing pads (BTI in
 * GNU_PROPERTY_AARCH64_FEATURE_1_AND). False if it is odd: too large, not one GNU property note that fills it, a
 * property that leaves it, properties out of order or twice, a set of features that is not 32 bits; nothing is handed
 * out then.
 */
K_MUST_USE bool elf_property_read(const uint8_t *note, size_t size, bool *is_guarded);

#endif
