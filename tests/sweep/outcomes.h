/*
 * Outcomes on the console: lines of characters, one a word (docs/SECURITY.md, "The sweep").
 *
 *   .        it ended as an instruction ends that does nothing: at the SVC behind it
 *   *        it did not end
 *   0-9a-zA-Z@_   it trapped with this exception class (0 to 63); where the class has a syndrome that follows from the
 *            word, with that
 *   [esr]    it trapped with another one
 *   !        what may never be: another vector, or a bit of PSTATE that no program may have
 *   ~        before any of these: it trapped as FP instruction, and then, with FP on
 */
#ifndef TESTS_SWEEP_OUTCOMES_H
#define TESTS_SWEEP_OUTCOMES_H

#include <stdint.h>

#include "tests/sweep/el0.h"

void outcomes_print(uint32_t word, const struct el0_outcome *outcome);

/* Prints what is left. */
void outcomes_flush(void);

#endif
