#include "core/process/process.h"

#include "hal/memory.h"

_Static_assert(sizeof(struct process) + HEAP_REDZONE <= 512, "as many processes as there are slots fit the heap");

k_status process_create(struct process **process, const struct process_memory *memory, uint32_t frames_max)
{
	struct process *fresh = heap_allocate(memory->heap, sizeof(*fresh));
	k_status status;

	if (fresh == NULL) {
		return K_ENOMEM;
	}
	status = address_space_create(&fresh->space, memory->frames, frames_max, memory->random);
	if (status != K_OK) {
		heap_free(memory->heap, fresh);
		return status;
	}
	status = address_space_take_frame(&fresh->space, &fresh->register_frame);
	if (status != K_OK) {
		address_space_destroy(&fresh->space);
		heap_free(memory->heap, fresh);
		return status;
	}
	*process = fresh;
	return K_OK;
}

static void give_back_register_frame(struct process *process)
{
	if (process->register_frame.value != 0) {
		address_space_give_back_frame(&process->space, process->register_frame);
		process->register_frame.value = 0;
	}
}

struct process_registers *process_registers(struct process *process)
{
	process->more = hal_phys_to_ptr(process->register_frame, sizeof(*process->more));
	return process->more;
}

void process_draw_keys(struct process *process, struct random *random)
{
	random_bytes(random, &process_registers(process)->keys, sizeof(struct hal_keys));
	process->has_keys = true;
}

bool process_clear(struct process *process)
{
	give_back_register_frame(process);
	if (!address_space_clear(&process->space)) {
		return false;
	}
	address_space_destroy(&process->space);
	return true;
}
