#include "core/process/program_arguments.h"

#include "hal/memory.h"
#include "lib/bits.h"
#include "lib/memory.h"

/* AAPCS64 section 6.4.5: sp is a multiple of 16. */
#define STACK_ALIGNMENT 16

_Static_assert(PANTHER_SPAWN_MAX + (PANTHER_ARGUMENTS_MAX + 1) * sizeof(uint64_t) + STACK_ALIGNMENT <=
		       PANTHER_PAGE_SIZE,
	       "the arguments fit the top page of the stack");

k_status program_arguments_read(struct program_arguments *arguments, const char *strings, size_t size)
{
	uint32_t count = 0;

	for (size_t i = 0; i < size; i++) {
		count += strings[i] == '\0' ? 1 : 0;
	}
	if (count > PANTHER_ARGUMENTS_MAX) {
		return K_E2BIG;
	}
	*arguments = (struct program_arguments){.strings = strings, .size = (uint32_t)size, .count = count};
	return K_OK;
}

/* Writes the address of each string, which start at `text` in the process. `vector` has room for count + 1. */
static void fill_vector(uint64_t *vector, const struct program_arguments *arguments, uint64_t text)
{
	uint32_t offset = 0;

	for (uint32_t i = 0; i < arguments->count; i++) {
		vector[i] = text + offset;
		while (arguments->strings[offset] != '\0') {
			offset++;
		}
		offset++;
	}
	vector[arguments->count] = 0;
}

k_status program_arguments_place(struct process *process, const struct program_arguments *arguments)
{
	uint64_t page = address_space_stack_top(&process->space) - PANTHER_PAGE_SIZE;
	uint64_t text = PANTHER_PAGE_SIZE - arguments->size;
	uint64_t vector_size = (arguments->count + 1) * sizeof(uint64_t);
	uint64_t vector = align_down(text - vector_size, STACK_ALIGNMENT);
	phys_addr frame;
	k_status status = address_space_map(&process->space, (user_addr){page}, PAGE_USER_READ_WRITE, &frame);

	if (status != K_OK) {
		return status;
	}
	k_memcpy(hal_phys_to_ptr((phys_addr){frame.value + text}, arguments->size), arguments->strings,
		 arguments->size);
	fill_vector(hal_phys_to_ptr((phys_addr){frame.value + vector}, vector_size), arguments, page + text);
	process->context.x[0] = arguments->count;
	process->context.x[1] = page + vector;
	process->context.sp = page + vector;
	return K_OK;
}
