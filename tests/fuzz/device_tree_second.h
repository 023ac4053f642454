/*
 * What libfdt makes of a device tree that our reader has judged. Without libfdt (MemorySanitizer would take what it
 * writes for uninitialised) nothing is compared.
 */
#ifndef TESTS_FUZZ_DEVICE_TREE_SECOND_H
#define TESTS_FUZZ_DEVICE_TREE_SECOND_H

#include <stddef.h>
#include <stdint.h>

#include "core/start/machine.h"

#ifdef PANTHER_FUZZ_LIBFDT
/* Aborts unless libfdt accepts and rejects what our reader does, but for what the latter is stricter about; and finds
 * the same nodes, properties and reservations. `blob` is aligned to 8. */
void second_tree_compare(const uint8_t *blob, size_t size);

/* Aborts unless libfdt finds the devices and ranges that machine_read took from the tree, which it has taken. */
void second_machine_compare(const struct machine *machine, const uint8_t *blob);
#else
static inline void second_tree_compare(const uint8_t *blob, size_t size)
{
	(void)blob;
	(void)size;
}

static inline void second_machine_compare(const struct machine *machine, const uint8_t *blob)
{
	(void)machine;
	(void)blob;
}
#endif

#endif
