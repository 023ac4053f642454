/*
 * What the tests of copies of a machine look at frames by.
 */
#ifndef TESTS_UNIT_SNAPSHOT_FIXTURE_H
#define TESTS_UNIT_SNAPSHOT_FIXTURE_H

#include "hal_host/ram.h"
#include "tests/unit/tlb_fixture.h"

/* Frames that nobody has looked at when the snapshot is taken, far from all others and from one another. */
#define NEW_FRAME FRAME(100)
#define LONELY_FRAME FRAME(200)

static inline uint8_t *bytes_of(uint64_t frame)
{
	return hal_phys_to_ptr((phys_addr){frame}, 4096);
}

static inline bool is_filled_with(uint64_t frame, uint8_t value)
{
	const uint8_t *bytes = bytes_of(frame);

	for (size_t i = 0; i < 4096; i++) {
		if (bytes[i] != value) {
			return false;
		}
	}
	return true;
}

#endif
