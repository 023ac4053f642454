/*
 * A process: its registers, its address space, its end.
 */
#ifndef CORE_PROCESS_PROCESS_H
#define CORE_PROCESS_PROCESS_H

#include <stddef.h>
#include <stdint.h>

#include "core/memory/address_space.h"
#include "core/memory/heap.h"
#include "hal/context.h"
#include "lib/compiler.h"
#include "lib/status.h"

enum process_state {
	PROCESS_RUNNABLE,
	PROCESS_ENDED, /* its memory goes back before anything else runs */
};

struct process {
	struct hal_context context;
	struct address_space space;
	uint32_t pid;
	enum process_state state;
	uint8_t exit_status; /* of a process that ended by itself */
};

/*
 * Makes a process from a static ELF program, ready to run: image and stack mapped, all registers zero but pc and
 * sp. Owned by the caller until process_destroy. K_ENOEXEC if the file is not an acceptable program, K_ENOMEM if
 * memory is short; nothing is left behind then.
 */
K_MUST_USE k_status process_create(struct heap *heap, struct frames *frames, uint32_t pid, const uint8_t *file,
				   size_t size, struct process **process);

/* Ends a process: it never runs again. */
void process_end(struct process *process, uint8_t exit_status);

/* Gives everything a process had back. */
void process_destroy(struct heap *heap, struct process *process);

#endif
