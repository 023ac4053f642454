/*
 * What a register of a program holds is no pointer of the kernel.
 * Refused: incompatible integer to pointer conversion
 */
#include "core/syscall/handlers.h"
#include "lib/memory.h"

void integer_as_pointer(const struct process *process, uint8_t *bytes);

void integer_as_pointer(const struct process *process, uint8_t *bytes)
{
	const struct write_arguments in = write_arguments(process);

#ifdef WRONG
	k_memcpy(bytes, in.buf, 16);
#else
	k_memcpy(bytes, &in.buf, sizeof(in.buf));
#endif
}
