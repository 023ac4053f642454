/*
 * Instruction fetch of the live program.
 */
#ifndef HAL_HOST_FETCH_H
#define HAL_HOST_FETCH_H

#include <stdbool.h>
#include <stdint.h>

#include "hal/context.h"

/* Fetches the instruction that the program stands at. Returns whether that traps; `word` is the instruction if not. */
bool fetch_traps(const struct hal_context *context, struct hal_trap *trap, uint32_t *word);

#endif
