/*
 * Puts a program into an address space. Works on physical frames: the space
 * need not be live, and no user copy is made.
 */
#ifndef CORE_PROCESS_LOADER_H
#define CORE_PROCESS_LOADER_H

#include <stddef.h>
#include <stdint.h>

#include "core/memory/address_space.h"
#include "lib/compiler.h"
#include "lib/status.h"

/* Maps the segments of the ELF file and says where it starts. K_ENOEXEC or K_ENOMEM; what was mapped until then is
 * the space's, and goes with it. */
K_MUST_USE k_status loader_map_program(struct address_space *space, const uint8_t *file, size_t size, uint64_t *entry);

/* Maps PANTHER_USER_STACK_SIZE bytes of zeros below PANTHER_USER_STACK_TOP. K_ENOMEM as above. */
K_MUST_USE k_status loader_map_stack(struct address_space *space);

#endif
