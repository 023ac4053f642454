/*
 * A descriptor is not signed by accident.
 * Refused: implicit conversion changes signedness: 'const uint64_t'
 */
#include "core/syscall/handlers.h"

int64_t sign_changed(const struct process *process);

int64_t sign_changed(const struct process *process)
{
	const struct write_arguments in = write_arguments(process);

#ifdef WRONG
	return in.fd;
#else
	return (int64_t)in.fd;
#endif
}
