#include "core/process/process.h"

#include "abi/limits.h"
#include "core/process/loader.h"

/* The tag of the only address space; 0 is the parked one's. */
#define FIRST_ASID 1

static k_status fill_space(struct process *process, const uint8_t *file, size_t size)
{
	k_status status = loader_map_program(&process->space, file, size, &process->context.pc);

	if (status != K_OK) {
		return status;
	}
	process->context.sp = PANTHER_USER_STACK_TOP;
	return loader_map_stack(&process->space);
}

k_status process_create(struct heap *heap, struct frames *frames, uint32_t pid, const uint8_t *file, size_t size,
			struct process **process)
{
	struct process *fresh = heap_allocate(heap, sizeof(*fresh));
	k_status status;

	if (fresh == NULL) {
		return K_ENOMEM;
	}
	status = address_space_create(&fresh->space, frames, FIRST_ASID);
	if (status != K_OK) {
		heap_free(heap, fresh);
		return status;
	}
	fresh->pid = pid;
	fresh->state = PROCESS_RUNNABLE;
	status = fill_space(fresh, file, size);
	if (status != K_OK) {
		process_destroy(heap, fresh);
		return status;
	}
	*process = fresh;
	return K_OK;
}

void process_end(struct process *process, uint8_t exit_status)
{
	process->state = PROCESS_ENDED;
	process->exit_status = exit_status;
}

void process_destroy(struct heap *heap, struct process *process)
{
	address_space_destroy(&process->space);
	heap_free(heap, process);
}
