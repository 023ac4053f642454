/*
 * Puts a program into an address space, a bounded number of pages a step.
 * Works on physical frames: the space need not be live, and no user copy is made.
 */
#ifndef CORE_PROCESS_LOADER_H
#define CORE_PROCESS_LOADER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/memory/address_space.h"
#include "core/random/random.h"
#include "lib/compiler.h"
#include "lib/status.h"

/* How far a program is loaded. The file is judged anew at each step, which costs less than keeping the judgement. */
struct loader {
	const uint8_t *file;
	size_t size;
	uint64_t bias;	     /* added to every address of the file: 0 unless it is position-independent */
	uint32_t pages_done; /* of the image's pages, counted in the order of its segments, then of the stack's */
};

/* Starts to load the ELF file, which must outlive the loading. A position-independent program gets a random bias.
 * K_ENOEXEC if it is not an acceptable program (core/process/elf.h), K_ENOMEM if the space's limit can never hold it.
 */
K_MUST_USE k_status loader_start(struct loader *loader, const struct address_space *space, const uint8_t *file,
				 size_t size, struct random *random);

/*
 * Maps and fills at most ADDRESS_SPACE_STEP pages more. K_OK: hands out whether all is done and, if so, the address
 * of the first instruction. K_ENOMEM: what was mapped is the space's, and goes with it. The top page of the
 * stack is mapped already when loading starts (it holds the arguments), so the loader leaves it out.
 */
K_MUST_USE k_status loader_step(struct loader *loader, struct address_space *space, bool *is_done, uint64_t *entry);

#endif
