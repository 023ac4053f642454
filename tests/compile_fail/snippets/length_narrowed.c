/*
 * A length keeps all its bits.
 * Refused: implicit conversion loses integer precision: 'const uint64_t'
 */
#include "core/syscall/handlers.h"

uint32_t length_narrowed(const struct process *process);

uint32_t length_narrowed(const struct process *process)
{
	const struct write_arguments in = write_arguments(process);

#ifdef WRONG
	return in.len;
#else
	return in.len > UINT32_MAX ? UINT32_MAX : (uint32_t)in.len;
#endif
}
